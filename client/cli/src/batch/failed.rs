//! The file of failed rows: those that were refused or bad, in the shape of the input, each with its
//! reason. Corrected there, it is the input of a batch of its own.

use super::input::RowCopies;
use super::job::{BatchError, BatchJob};
use super::results::{BatchResults, ResultsDisk};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use tempfile::NamedTempFile;

/// What became of the file of failed rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailedFile {
    /// No row failed.
    NotNeeded,
    /// It is there, with all failed rows.
    Written,
    /// A file of that name was there already, with other content: somebody may be correcting it.
    LeftAlone,
}

/// Writes the failed rows of a batch whose rows all have an outcome.
pub(super) fn write<D: ResultsDisk>(
    job: &BatchJob,
    results: &mut BatchResults<D>,
) -> Result<FailedFile, BatchError> {
    let not_written = |error| BatchError::NotWritten { path: job.failed.clone(), error };
    let reasons = results.failures().map_err(|source| job.not_usable(source))?;
    if reasons.is_empty() {
        return Ok(FailedFile::NotNeeded);
    }
    let mut input = job.open_input()?;
    let mut copies = RowCopies::of(&input);
    while let Some(row) = job.next_row(&mut input)? {
        if let Some(reason) = reasons.get(&row.number) {
            copies.push(&input, reason);
        }
    }
    put(&job.failed, &copies.into_bytes()).map_err(not_written)
}

/// Writes a whole file or none; one with other content stays as it is.
fn put(path: &Path, bytes: &[u8]) -> io::Result<FailedFile> {
    match fs::read(path) {
        Ok(there) if there == bytes => return Ok(FailedFile::Written),
        Ok(_) => return Ok(FailedFile::LeftAlone),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(FailedFile::Written)
}
