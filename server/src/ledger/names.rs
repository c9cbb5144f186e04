//! The names of what a data folder has.

/// The state file's name, in a data folder and in a backup.
pub const STATE_FILE: &str = "boxoffice.db";

/// The folder of the journal.
pub(super) const JOURNAL: &str = "journal";
