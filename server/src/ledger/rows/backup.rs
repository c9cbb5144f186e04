//! A copy of the file as it is at one moment, made while a server writes it.
//!
//! The copy is made by SQLite's own backup, page by page, within one read transaction: what is
//! committed meanwhile goes to the WAL behind it and is not in the copy. So the copy never begins
//! again, however much is written, and the only price is that the WAL cannot begin again either: it
//! grows by what is written while the copy is made. (`VACUUM INTO` would pay the same price for
//! longer, as it writes every row anew, and cannot be stopped.)

use super::error::{RowsError, Tried};
use super::file;
use super::mark::RowsMark;
use super::reader::RowsReader;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Pages of a step: 16 MiB. After each one it is asked whether the copy is still wanted, and what
/// there is of it is written out: so other syncs of the disk wait for so much at most.
const STEP_PAGES: i32 = 4_096;

/// Whether a copy that is being made is still wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StillWanted {
    Yes,
    /// Leave nothing of it.
    No,
}

/// A copy that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// Everything up to here is in it, and nothing else.
    pub mark: RowsMark,
    pub bytes: u64,
}

impl RowsReader {
    /// Copies the file to `to`, which must not be there yet. The copy is whole and durable when it
    /// has its name; until then it is called `.part`. It is asked again and again whether it is
    /// `wanted`.
    ///
    /// The copy needs no journal to go on from it, and is one file, which can be read from a medium
    /// that cannot be written.
    ///
    /// Writing goes on meanwhile over other connections; over this one nothing does.
    ///
    /// # Errors
    /// The copy cannot be made, or is no longer wanted. Nothing is left of it.
    pub fn backup_to(
        &self,
        to: &Path,
        wanted: impl Fn() -> StillWanted,
    ) -> Result<BackedUp, RowsError> {
        let part = part_of(to);
        // A file that is there would be written over.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        let file = file.tried("create the backup")?;
        let copied = self.copy_to(&part, &file, wanted).and_then(|mark| {
            file.sync_all().tried("sync the backup")?;
            let bytes = file.metadata().tried("look at the backup")?.len();
            publish(&part, to)?;
            Ok(BackedUp { mark, bytes })
        });
        if copied.is_err() {
            // A part of a backup is of no use; a failure to remove it says nothing new.
            let _ = fs::remove_file(&part);
        }
        copied
    }

    fn copy_to(
        &self,
        part: &Path,
        file: &File,
        wanted: impl Fn() -> StillWanted,
    ) -> Result<RowsMark, RowsError> {
        let snapshot = self.connection.unchecked_transaction().tried("begin to read")?;
        let mark = file::head(&snapshot)?.mark;
        let mut copy = Connection::open(part).tried("create the backup")?;
        // An unfinished copy is thrown away: no rollback is needed, nor any order of writes. And no
        // other process uses it: no memory has to be shared, which would be a file beside it.
        copy.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;",
        )
        .tried("create the backup")?;
        let backup = Backup::new(&snapshot, &mut copy).tried("copy it")?;
        loop {
            if wanted() == StillWanted::No {
                return Err(RowsError::Stopped);
            }
            match backup.step(STEP_PAGES).tried("copy it")? {
                StepResult::Done => break,
                StepResult::More => file.sync_data().tried("sync the backup")?,
                _ => return Err(RowsError::Busy),
            }
        }
        drop(backup);
        drop(snapshot);
        finish(copy)?;
        Ok(mark)
    }
}

/// Makes of a plain copy one that can be gone on from.
fn finish(copy: Connection) -> Result<(), RowsError> {
    // That it is written through a WAL is in the file, and was copied with it.
    copy.execute_batch("PRAGMA journal_mode = OFF").tried("finish the backup")?;
    file::set_stands_alone(&copy, true)?;
    copy.close().map_err(|(_, source)| source).tried("close the backup")
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Gives the copy its name, if nothing has it.
fn publish(part: &Path, to: &Path) -> Result<(), RowsError> {
    fs::hard_link(part, to).tried("name the backup")?;
    fs::remove_file(part).tried("name the backup")?;
    file::sync_folder(to)
}
