//! Files with plans: read, checked, and their faults placed.

use crate::build::build;
use crate::fault::{PlanError, PlanFault};
use crate::file::PlanFile;
use crate::limits::MAX_PLAN_BYTES;
use crate::locate::Lines;
use crate::plan::Plan;

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFormat {
    Toml,
    Json,
}

/// A plan, and the file that says it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePlan {
    pub file: PlanFile,
    pub plan: Plan,
}

impl SourcePlan {
    /// Checks a file that is read already.
    ///
    /// # Errors
    /// [`PlanError`] with everything that is wrong.
    pub fn new(file: PlanFile) -> Result<Self, PlanError> {
        let plan = build(&file)?;
        Ok(Self { file, plan })
    }
}

/// Reads the bytes of a file, in UTF-8 with or without its mark.
///
/// # Errors
/// [`PlanError`] as for [`read_plan`].
pub fn read_file(bytes: &[u8], format: PlanFormat) -> Result<SourcePlan, PlanError> {
    check_size(bytes.len())?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        PlanFault::new("", format!("line {line} is not UTF-8; save the file as UTF-8"))
    })?;
    read_plan(text.strip_prefix('\u{FEFF}').unwrap_or(text), format)
}

/// Reads a plan.
///
/// # Errors
/// [`PlanError`] says where the text is no plan, why, and what would be right.
pub fn read_plan(text: &str, format: PlanFormat) -> Result<SourcePlan, PlanError> {
    check_size(text.len())?;
    match format {
        PlanFormat::Toml => read_toml(text),
        PlanFormat::Json => SourcePlan::new(read_json(text)?),
    }
}

fn check_size(bytes: usize) -> Result<(), PlanError> {
    if bytes <= MAX_PLAN_BYTES {
        return Ok(());
    }
    let why = format!("a plan has at most {MAX_PLAN_BYTES} bytes, this has {bytes}");
    Err(PlanFault::new("", why).into())
}

fn read_toml(text: &str) -> Result<SourcePlan, PlanError> {
    let lines = Lines::new(text);
    let file: PlanFile = toml::from_str(text).map_err(|error| {
        let mut fault = PlanFault::new("", error.message());
        if let Some(span) = error.span() {
            lines.put(&mut fault, span.start);
        }
        PlanError::from(fault)
    })?;
    SourcePlan::new(file).map_err(|mut error| {
        lines.locate(&mut error);
        error
    })
}

fn read_json(text: &str) -> Result<PlanFile, PlanError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let file = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let path = if [".", "?"].contains(&path.as_str()) { String::new() } else { path };
        PlanFault::new(path, error.into_inner().to_string())
    })?;
    deserializer.end().map_err(|error| PlanFault::new("", error.to_string()))?;
    Ok(file)
}
