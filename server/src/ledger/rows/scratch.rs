//! A temporary copy of the rows, to see what changes come to.

use super::error::{RowsError, Tried};
use super::file;
use super::reader::RowsReader;
use super::rows::Rows;
use super::snapshot::Snapshot;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

impl RowsReader {
    /// A copy of the rows as they are now, or as they were when this was frozen. It is gone when it
    /// is dropped; what does not fit into memory is in SQLite's temporary files, below `TMPDIR`.
    ///
    /// # Errors
    /// It cannot be made: there is no space for it, or the rows are not to be read.
    pub fn scratch(&self) -> Result<Rows, RowsError> {
        let snapshot = Snapshot::of(&self.connection)?;
        // No name: SQLite makes a file of its own, and removes it.
        let mut copy = Connection::open("").tried(MAKING)?;
        let backup = Backup::new(&snapshot, &mut copy).tried(MAKING)?;
        // All at once: in steps it would begin again at every write.
        let step = backup.step(-1).map_err(no_room)?;
        drop(backup);
        if !matches!(step, StepResult::Done) {
            return Err(RowsError::Busy);
        }
        file::keep_statements(&copy)?;
        let file::Head { identity, mark, stands_alone, .. } = file::head(&copy)?;
        Ok(Rows { reader: Self { connection: copy }, mark, identity, stands_alone, cache: None })
    }
}

const MAKING: &str = "make a temporary copy of it; TMPDIR names a folder that has room for one";

/// A full disk is not the state file's.
fn no_room(source: rusqlite::Error) -> RowsError {
    RowsError::Failed { doing: MAKING, source }
}
