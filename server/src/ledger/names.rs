//! The names of what a data folder has.

/// The state file's name, in a data folder and in a backup.
pub const STATE_FILE: &str = "boxoffice.db";

/// A state file that a copy writes and has not finished.
pub(crate) const UNFINISHED_COPY: &str = "boxoffice.db.copying";

/// The folder of the journal.
pub(super) const JOURNAL: &str = "journal";
