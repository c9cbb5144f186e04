//! A copy of the file as it is at one moment, made while a server writes it.

use super::error::{RowsError, Tried};
use super::{RowsMark, RowsReader, file};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

impl RowsReader {
    /// Copies the file to `to`, which must not be there yet, and says which mark the copy has. The
    /// copy is whole and durable when it has its name; until then it is called `.part`.
    ///
    /// Writing goes on meanwhile over other connections; over this one nothing does.
    ///
    /// # Errors
    /// The copy cannot be made.
    pub fn backup_to(&self, to: &Path) -> Result<RowsMark, RowsError> {
        let part = part_of(to);
        let copied = self.copy_to(&part).and_then(|mark| {
            File::open(&part).and_then(|file| file.sync_all()).tried("sync the backup")?;
            publish(&part, to)?;
            Ok(mark)
        });
        if copied.is_err() {
            // What is left of it helps nobody; that it cannot be removed says nothing new.
            let _ = fs::remove_file(&part);
        }
        copied
    }

    fn copy_to(&self, part: &Path) -> Result<RowsMark, RowsError> {
        // A file that is there would be written over.
        File::create_new(part).tried("create the backup")?;
        let snapshot = self.connection.unchecked_transaction().tried("begin to read")?;
        let (_, mark) = file::head(&snapshot)?;
        let mut copy = Connection::open(part).tried("create the backup")?;
        let backup = Backup::new(&snapshot, &mut copy).tried("copy it")?;
        // All at once: in steps it would begin again whenever somebody writes.
        let step = backup.step(-1).tried("copy it")?;
        drop(backup);
        match step {
            StepResult::Done => {}
            _ => return Err(RowsError::Busy),
        }
        copy.close().map_err(|(_, source)| source).tried("close the backup")?;
        Ok(mark)
    }
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
