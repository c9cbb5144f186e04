//! The names of what a data folder has.

/// The state file's name, in a data folder and in a backup.
pub const STATE_FILE: &str = "boxoffice.db";

/// The name of a file of rows for reports, which follow a store that servers share.
pub(crate) const REPORTS_FILE: &str = "reports.db";

/// A state file that a copy writes and has not finished.
pub(crate) const UNFINISHED_COPY: &str = "boxoffice.db.copying";

/// The folder of the journal.
pub(super) const JOURNAL: &str = "journal";
