//! Plans in files: checked, shown, and exchanged with other programs.

use crate::args::{ExportFormat, ImportFormat, PlanFileCommand};
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use crate::output::{PlanLine, plan_map, plan_table};
use boxoffice_load::escape::escape;
use boxoffice_plan::limits::MAX_PLAN_BYTES;
use boxoffice_plan::{PlanError, PlanFormat, PlanSummary, SourcePlan, plan_digest};
use boxoffice_plan::{pretix, read_file, svg};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Runs a command, without a server.
///
/// # Errors
/// [`Failure`] for a file that is no plan, or cannot be read or written.
pub(crate) fn plan(command: PlanFileCommand, console: &Console) -> Result<CommandExit, Failure> {
    match command {
        PlanFileCommand::Check { file } => check(&file, console)?,
        PlanFileCommand::Show { file, section } => show(&file, section.as_deref(), console)?,
        PlanFileCommand::Import { file, format: ImportFormat::Pretix, out } => {
            import(&file, out.as_deref(), console)?;
        }
        PlanFileCommand::Export { file, format, out } => {
            export(&file, format, out.as_deref(), console)?;
        }
    }
    Ok(CommandExit::Done)
}

fn check(file: &Path, console: &Console) -> Result<(), Failure> {
    let source = read(file)?;
    let canonical = source.file.canonical();
    if canonical.len() > MAX_PLAN_BYTES {
        let why = format!("has {} bytes as JSON, of {MAX_PLAN_BYTES} at most", canonical.len());
        return Err(wrong(file, &why));
    }
    let line = PlanLine::new(&source, plan_digest(&canonical));
    if console.is_json() {
        return Ok(console.json(&line)?);
    }
    Ok(console.data(&format!("{}: {line}", file.display()))?)
}

fn show(file: &Path, section: Option<&str>, console: &Console) -> Result<(), Failure> {
    let source = read(file)?;
    let summary = PlanSummary::of(&source.plan);
    if let Some(name) = section
        && !source.plan.sections.iter().any(|section| section.name == name)
    {
        let names: Vec<_> = source.plan.sections.iter().map(|it| it.name.as_str()).collect();
        let why = format!("there is no section {name:?}; there are {}", names.join(", "));
        return Err(wrong(file, &why));
    }
    if console.is_json() {
        let digest = plan_digest(&source.file.canonical());
        return Ok(console.json(&PlanLine::new(&source, digest))?);
    }
    console.data(&escape(&source.plan.name))?;
    console.table(&plan_table(&summary))?;
    let map = plan_map(&source.plan, section, console.width(), console.colors);
    Ok(console.data(map.trim_end())?)
}

fn import(file: &Path, out: Option<&Path>, console: &Console) -> Result<(), Failure> {
    let bytes = bytes_of(file)?;
    let text = String::from_utf8(bytes).map_err(|_| wrong(file, "is not UTF-8"))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let imported = pretix::import(text).map_err(|error| refused(file, &error))?;
    imported.notes.iter().for_each(|note| console.note(&format!("note: {note}")));
    let plan = &imported.source.file;
    let written = match out.map(format_of) {
        Some(PlanFormat::Json) => plan.to_json(),
        _ => plan.to_toml(),
    };
    write(out, &written, console)
}

fn export(
    file: &Path,
    format: ExportFormat,
    out: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let source = read(file)?;
    let written = match format {
        ExportFormat::Svg => svg::draw(&source),
        ExportFormat::Toml => source.file.to_toml(),
        ExportFormat::Json => source.file.to_json(),
        ExportFormat::Pretix => {
            let export = pretix::export(&source);
            for note in &export.notes {
                console.note(&format!("pretix cannot say: {note}"));
            }
            format!("{:#}", export.json)
        }
    };
    write(out, &written, console)
}

pub(super) fn format_of(file: &Path) -> PlanFormat {
    let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if is_json { PlanFormat::Json } else { PlanFormat::Toml }
}

pub(super) fn read(file: &Path) -> Result<SourcePlan, Failure> {
    read_file(&bytes_of(file)?, format_of(file)).map_err(|error| refused(file, &error))
}

/// The content of a file, up to a byte more than a plan may have.
fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(file)
        .and_then(|file| file.take(MAX_PLAN_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| wrong(file, &error.to_string()))?;
    Ok(bytes)
}

pub(super) fn write(out: Option<&Path>, text: &str, console: &Console) -> Result<(), Failure> {
    let Some(out) = out else { return Ok(console.data(text.trim_end())?) };
    let ended = format!("{}\n", text.trim_end());
    let written: io::Result<()> = std::fs::write(out, ended);
    written.map_err(|error| wrong(out, &error.to_string()))
}

pub(super) fn wrong(file: &Path, why: &str) -> Failure {
    Failure::File(format!("{}: {why}", file.display()))
}

fn refused(file: &Path, error: &PlanError) -> Failure {
    wrong(file, &error.to_string())
}
