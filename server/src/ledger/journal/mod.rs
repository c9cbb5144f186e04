//! The journal: makes batches of changes durable before anybody is told about them.
//!
//! A folder of append-only segments, prepared ahead and filled with `blank` space, so that
//! making a batch durable is one write and one `fdatasync` that need not touch metadata.
//! - [`Draft`] collects a batch; [`Journal::append`] makes it durable (`batch` has its bytes).
//! - [`Journal::preparation`] gives the work of preparing the next `segment` to another thread,
//!   [`Journal::forget_through`] that of removing those whose changes the rows have.
//! - [`Journal::reader`] reads durable batches again, for those who follow at their own pace.
//! - [`Journal::open`] recovers: `scan` reads everything and decides what it means,
//!   `settle` makes the folder fit to be written again. [`Look`] only reads, also while somebody
//!   writes.
//!
//! # What it rests on
//! - No write touches a block that holds a durable batch (but for rewriting the last one with the
//!   bytes it has), and one batch is in flight. So a crash leaves at most one torn batch, and it is
//!   the last: anything else is damage, and refused.
//! - A batch is chained to the one before it, and everything has a checksum that needs the folder's
//!   random key (`head`): neither stale bytes nor what a client sent can pose as a batch.
//! - Unused space is known byte for byte: space that was erased, cut off or overwritten is noticed.
//! - A segment that is over says so, and its successor must be there: none can get lost.
//! - What an error left behind is never trusted. After the first failed write or barrier nothing
//!   becomes durable any more, and the next start writes again what it read: after a failed
//!   `fsync` the page cache shows what the disk may not have
//!   (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
//!
//! # What one disk cannot promise
//! Whether the very last batch was torn by a crash before it was acknowledged, or rotted after it,
//! nobody can see: it is taken for torn, and kept beside. Behind a clean stop's closing batch, or
//! any other batch, rot is found.

mod batch;
mod blank;
mod checksum;
mod draft;
mod error;
mod head;
mod look;
mod preparation;
mod reader;
mod removal;
mod scan;
mod segment;
mod settle;
mod tail;
#[cfg(test)]
pub(crate) mod tests;
mod writer;

pub use batch::{Batch, BatchMark};
pub use draft::Draft;
pub use error::JournalError;
pub use look::{Look, Motion, inspect};
pub use preparation::{Preparation, Prepared, Step};
pub use reader::{Place, Reader};
pub use removal::Removal;
pub use scan::Applied;
pub use settle::{Recovered, TornTail};
pub use writer::{Appended, Journal, Room};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The version of all files of a journal.
const FORMAT: u32 = 1;

/// Batches begin at multiples of it: no disk writes less than this and hurts its neighbours.
const BLOCK: usize = 4096;

/// What a disk writes wholly or not at all.
const SECTOR: usize = 512;

/// How a journal is laid out. What was written with other options is read all the same.
#[derive(Debug, Clone, Copy)]
pub struct JournalOptions {
    /// Bytes of a segment: a multiple of 4 KiB, at most 1 GiB, with room for the largest batch and
    /// 16 KiB more.
    pub segment_bytes: u64,
    /// Bytes that a batch's body may have.
    pub max_body_bytes: u64,
    /// When a batch counts as written.
    pub writing: Writing,
    /// A random number, used where the journal is created: whoever knows it can forge batches.
    pub new_key: u64,
}

impl JournalOptions {
    /// Segments of 64 MiB, batches of up to 8 MiB, every one durable before it is acknowledged.
    pub const fn new(new_key: u64) -> Self {
        Self {
            segment_bytes: 64 << 20,
            max_body_bytes: 8 << 20,
            writing: Writing::Durable,
            new_key,
        }
    }
}

/// When a batch counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// When it is durable: `--sync always`, the promise.
    Durable = 0,
    /// When the operating system has it; it becomes durable by [`Journal::sync`], whenever somebody
    /// calls it. A loss of power may take everything since then, and recovery accepts that.
    Lax = 1,
}

/// Whether a folder with these files has a journal. What else may be there, such as the ballast or
/// what was left unfinished, has no changes.
pub fn is_journal(files: &[String]) -> bool {
    files.iter().any(|name| name == head::FILE || segment::number(name).is_some())
}

/// Whether a write or a barrier has failed, ever: shared with the work that was given away.
#[derive(Debug, Clone, Default)]
struct Poison(Arc<AtomicBool>);

impl Poison {
    fn check(&self) -> Result<(), JournalError> {
        if self.0.load(Ordering::Acquire) { Err(JournalError::Poisoned) } else { Ok(()) }
    }

    /// Poisons on an error.
    fn on_error<T>(&self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if result.is_err() {
            self.0.store(true, Ordering::Release);
        }
        result
    }
}
