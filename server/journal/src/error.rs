//! Errors of a journal, each with what to do about it.

use crate::mark::BatchMark;
use std::error::Error;
use std::io;
use thiserror::Error;

/// Why the journal cannot be opened or written. File names are those in the journal's folder.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The disk refused or failed.
    #[error("journal/{file}: cannot {operation}: {source}")]
    Disk {
        operation: &'static str,
        /// The file; empty for the folder itself.
        file: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file is of a later version of Boxoffice.
    #[error(
        "journal/{file} has format {found}, and this server knows formats up to {supported}: start \
         the newer server that wrote it"
    )]
    NewerFormat {
        file: String,
        found: u32,
        /// The newest that this server knows.
        supported: u32,
    },
    /// Something that was durable is no longer what it was. Nothing was changed.
    #[error(
        "journal/{file} is damaged at byte {offset}: {why}. Nothing was changed: restore the data \
         folder from a backup, or have the disk's owner look at it"
    )]
    Damaged {
        file: String,
        /// Where the damage begins.
        offset: u64,
        /// How it was noticed.
        why: String,
    },
    /// The rows have applied more than the journal holds.
    #[error(
        "the state file has applied batch {} but the journal ends with batch {}: it was written \
         with --sync other than always and power was lost, or the two do not belong together. To \
         go on from the state file, move the folder journal away: the next start says how",
        rows.sequence,
        journal.sequence
    )]
    BehindRows {
        /// The last batch that the rows have applied.
        rows: BatchMark,
        /// Where the journal ends.
        journal: BatchMark,
    },
    /// The batch after the rows' mark is not there any more.
    #[error(
        "the state file has applied batch {} but the journal begins with batch {first}: restore \
         the state file that belongs to it", rows.sequence
    )]
    AheadOfRows {
        /// The last batch that the rows have applied.
        rows: BatchMark,
        /// The first batch of the journal.
        first: u64,
    },
    /// Rows and journal have a different batch under the same number.
    #[error(
        "the state file and the journal do not belong together: batch {} is another one in \
         journal/{file}. Restore both from the same backup", rows.sequence
    )]
    OtherRows {
        /// The last batch that the rows have applied.
        rows: BatchMark,
        /// The segment that has the other batch.
        file: String,
    },
    /// A batch is whole, but its reader does not accept it.
    #[error("the batch in journal/{file} at byte {offset} cannot be applied: {source}")]
    Unreadable {
        file: String,
        /// Where the batch begins.
        offset: u64,
        source: Box<dyn Error + Send + Sync>,
    },
    /// The options contradict each other or the format's bounds.
    #[error("the journal cannot be laid out: {0}")]
    Options(&'static str),
    /// A batch is larger than a batch may be; nothing was written.
    #[error("a batch of {bytes} bytes is too large, {most} are the most: write it in parts")]
    TooLarge {
        /// Bytes of its body.
        bytes: usize,
        /// The most that a body may have.
        most: u64,
    },
    /// The segment is full and the next one is not prepared; nothing was written.
    #[error("the journal has no room: prepare the next segment first")]
    NoRoom,
    /// A write or a barrier failed earlier; nothing can become durable through this journal.
    #[error("the journal has failed before: stop the server and look at its disk")]
    Poisoned,
}

impl JournalError {
    /// Whether it may succeed later, when there is space again. Everything else is final.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Disk { source, .. } => crate::disk::is_full(source),
            Self::NoRoom => true,
            _ => false,
        }
    }
}

impl JournalError {
    /// Whether the next start will find it just so.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Disk { .. } | Self::TooLarge { .. } | Self::NoRoom | Self::Poisoned => false,
            Self::NewerFormat { .. }
            | Self::Damaged { .. }
            | Self::BehindRows { .. }
            | Self::AheadOfRows { .. }
            | Self::OtherRows { .. }
            | Self::Unreadable { .. }
            | Self::Options(_) => true,
        }
    }
}

/// Adds what was tried, and on which file, to an I/O error.
pub(crate) trait Tried<T> {
    fn tried(self, operation: &'static str, file: &str) -> Result<T, JournalError>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, operation: &'static str, file: &str) -> Result<T, JournalError> {
        self.map_err(|source| JournalError::Disk { operation, file: file.to_owned(), source })
    }
}
