//! The journal: makes batches of changes durable before anybody is told about them.
//!
//! A folder of append-only segments, prepared ahead and filled with `blank` space, so that
//! making a batch durable is one write and one `fdatasync` that need not touch metadata.
//! - [`Draft`] collects a batch; [`Journal::append`] makes it durable (`batch` has its bytes).
//! - [`Journal::preparation`] gives the work of preparing the next `segment` to another thread,
//!   [`Journal::forget_through`] that of removing those whose changes the rows have.
//! - [`Journal::reader`] reads durable batches again, for those who follow at their own pace.
//! - [`Journal::open`] recovers: `scan` reads everything and decides what it means,
//!   `settle` makes the folder fit to be written again. [`JournalInspection`] only reads, also while somebody
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

mod aligned;
mod batch;
mod blank;
mod block;
mod checksum;
pub mod disk;
mod draft;
mod error;
mod head;
mod inspection;
mod mark;
mod options;
mod place;
mod poison;
mod preparation;
mod reader;
mod removal;
mod scan;
mod segment;
mod settle;
mod tail;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "simulated"))]
#[expect(clippy::unwrap_used, reason = "test-only: a failure is to be seen")]
pub mod trials;
mod writer;

pub use batch::Batch;
pub use draft::Draft;
pub use error::JournalError;
pub use head::is_journal;
pub use inspection::{JournalInspection, Motion, inspect};
pub use mark::BatchMark;
pub use options::{JournalOptions, Writing};
pub use place::BatchPlace;
pub use preparation::{Preparation, PreparationStep, Prepared};
pub use reader::JournalReader;
pub use removal::Removal;
pub use scan::Applied;
pub use settle::{Recovered, TornTail};
pub use writer::{Appended, Journal, JournalRoom};
