//! What a section of the report is, and how hard it is measured.

use boxoffice_load::table::Table;
use std::path::Path;

/// How it is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort<'a> {
    /// Where everything is, but for a moment.
    pub(crate) folder: &'a Path,
    /// Whether what takes minutes is measured.
    pub(crate) large: Large,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Large {
    No,
    Yes,
}

/// A heading, a table, and what it shows.
pub(crate) type Section = (&'static str, Table, String);
