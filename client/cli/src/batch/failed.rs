//! The file of failed rows: those that were refused or bad, in the shape of the input, each with its
//! reason. Corrected there, it is the input of a batch of its own.

use super::input::RowCopies;
use super::job::{BatchError, BatchJob};
use super::results::{BatchResults, ResultsDisk, folder_of};
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

/// Writes the failed rows of a batch, once all its rows have an outcome.
pub(super) fn write<D: ResultsDisk>(
    job: &BatchJob,
    results: &mut BatchResults<D>,
) -> Result<FailedFile, BatchError> {
    let counts = results.counts();
    if counts.done() < results.rows() || counts.failed() == 0 {
        return Ok(FailedFile::NotNeeded);
    }
    let reasons = results.failures().map_err(|source| job.not_usable(source))?;
    let not_written = |error| BatchError::NotWritten { path: job.failed.clone(), error };
    let mut input = job.open_input()?;
    let mut copies = RowCopies::of(&input);
    let mut file = beside(&job.failed).map_err(not_written)?;
    while let Some(row) = job.next_row(&mut input)? {
        if let Some(reason) = reasons.get(&row.number) {
            copies.push(&input, reason);
            file.write_all(&copies.take()).map_err(not_written)?;
        }
    }
    let written = file.into_inner().map_err(io::IntoInnerError::into_error);
    written.and_then(|file| keep(file, &job.failed)).map_err(not_written)
}

/// A file that is nothing until it is kept.
fn beside(path: &Path) -> io::Result<BufWriter<NamedTempFile>> {
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
