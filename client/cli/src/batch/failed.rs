//! The file of failed rows: those that were refused or bad, in the shape of the input, each with its
//! reason. Corrected there, it is the input of a batch of its own.

use super::input::{Input, RowCopies, RowFingerprint};
use super::job::BatchJob;
use super::log::folder_of;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, Write as _};
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

    /// Gives the file its name, if there are any. `known` is what an earlier run wrote: that may be
    /// replaced, and anything else may have corrections. Returns the fingerprint of what is written.
    pub(super) fn keep(
        self,
        job: &BatchJob,
        known: Option<RowFingerprint>,
    ) -> io::Result<(FailedFile, Option<RowFingerprint>)> {
        let path = job.failed.as_path();
        let there = match File::open(path) {
            Ok(file) => Some(RowFingerprint::of_all(BufReader::new(file))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let is_ours = there.is_some() && there == known;
        if !self.any {
            if is_ours {
                std::fs::remove_file(path)?;
            }
            return Ok((FailedFile::NotNeeded, None));
        }
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.rewind()?;
        let written = Some(RowFingerprint::of_all(BufReader::new(file.as_file()))?);
        if there == written {
            return Ok((FailedFile::Written, written));
        }
        let kept = if is_ours { file.persist(path) } else { file.persist_noclobber(path) };
        match kept {
            Ok(_) => Ok((FailedFile::Written, written)),
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                Ok((FailedFile::LeftAlone, None))
            }
            Err(refused) => Err(refused.error),
        }
    }
}

/// A file that is nothing until it is kept.
pub(super) fn beside(path: &Path) -> io::Result<BufWriter<NamedTempFile>> {
    NamedTempFile::new_in(folder_of(path)).map(BufWriter::new)
}
