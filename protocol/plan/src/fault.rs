//! What is wrong with a plan: where, why, and what to do.

use crate::limits::MAX_FAULTS;
use std::fmt;
use thiserror::Error;

/// A value of a plan that cannot be what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFault {
    /// The value, like `section[0].row[2].seats`.
    pub path: String,
    /// Where in the value's text, in bytes; 0 for all of it.
    pub offset: usize,
    /// What is wrong, and what would be right.
    pub why: String,
    /// The line and column in a TOML file, both from 1.
    pub line_column: Option<(usize, usize)>,
    /// The line of a TOML file, with a caret below the place.
    pub excerpt: Option<String>,
}

impl PlanFault {
    pub(crate) fn new(path: impl Into<String>, why: impl Into<String>) -> Self {
        let (path, why) = (path.into(), why.into());
        Self { path, offset: 0, why, line_column: None, excerpt: None }
    }
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.line_column {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.why)?;
        self.excerpt.as_ref().map_or(Ok(()), |excerpt| write!(f, "\n{excerpt}"))
    }
}

/// Why a plan was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PlanError {
    /// The first faults, in the order of the file; at least one.
    pub faults: Vec<PlanFault>,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl From<PlanFault> for PlanError {
    fn from(fault: PlanFault) -> Self {
        Self { faults: vec![fault], more: 0 }
    }
}

/// Collects faults, so that a person mends all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<PlanFault>,
    more: usize,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: PlanFault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn add(&mut self, path: impl Into<String>, why: impl Into<String>) {
        self.push(PlanFault::new(path, why));
    }

    /// Notes a failure and goes on without the value.
    pub(crate) fn ok<T>(&mut self, path: &str, found: Result<T, String>) -> Option<T> {
        found.map_err(|why| self.add(path, why)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    pub(crate) fn result<T>(self, found: T) -> Result<T, PlanError> {
        if self.faults.is_empty() {
            return Ok(found);
        }
        Err(PlanError { faults: self.faults, more: self.more })
    }
}
