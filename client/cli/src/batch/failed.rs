//! The file of failed rows: those that were refused or bad, in the shape of the input, each with its
//! reason. Corrected there, it is the input of a batch of its own.

use super::input::{Input, RowCopies};
use super::job::BatchJob;
use super::log::folder_of;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek as _, Write as _};
use std::path::Path;
use tempfile::NamedTempFile;

/// What became of the file of failed rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailedFile {
    /// No row failed, or not every row has an outcome.
    NotNeeded,
    /// It is there, with all failed rows.
    Written,
    /// A file of that name was there already, with other content: perhaps corrections.
    LeftAlone,
}

/// The copies of failed rows, while they are gathered.
pub(super) struct FailedRows {
    copies: RowCopies,
    file: BufWriter<NamedTempFile>,
    any: bool,
}

impl FailedRows {
    pub(super) fn of(job: &BatchJob, input: &Input) -> io::Result<Self> {
        Ok(Self { copies: RowCopies::of(input), file: beside(&job.failed)?, any: false })
    }

    /// Copies the row that the input yielded last.
    pub(super) fn push(&mut self, input: &Input, reason: &str) -> io::Result<()> {
        self.any = true;
        self.copies.push(input, reason);
        self.file.write_all(&self.copies.take())
    }

    /// Gives the file its name, if there are any.
    pub(super) fn keep(self, job: &BatchJob) -> io::Result<FailedFile> {
        if !self.any {
            return Ok(FailedFile::NotNeeded);
        }
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        keep(file, &job.failed)
    }
}

/// A file that is nothing until it is kept.
pub(super) fn beside(path: &Path) -> io::Result<BufWriter<NamedTempFile>> {
    NamedTempFile::new_in(folder_of(path)).map(BufWriter::new)
}

/// Gives the file its name, unless one with other content has it.
fn keep(file: NamedTempFile, path: &Path) -> io::Result<FailedFile> {
    file.as_file().sync_all()?;
    let mut taken = match file.persist_noclobber(path) {
        Ok(_) => return Ok(FailedFile::Written),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => refused.file,
        Err(refused) => return Err(refused.error),
    };
    taken.rewind()?;
    let is_same = are_equal(BufReader::new(taken.as_file()), BufReader::new(File::open(path)?))?;
    Ok(if is_same { FailedFile::Written } else { FailedFile::LeftAlone })
}

fn are_equal(mut one: impl BufRead, mut other: impl BufRead) -> io::Result<bool> {
    loop {
        let (some, same) = (one.fill_buf()?, other.fill_buf()?);
        let length = some.len().min(same.len());
        if length == 0 {
            return Ok(some.len() == same.len());
        }
        if some[..length] != same[..length] {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}
