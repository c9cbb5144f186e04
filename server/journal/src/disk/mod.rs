//! The file layer under the journal: as narrow as the journal's needs, so that tests can put a
//! lying, failing, tearing disk under it.
//!
//! A [`Disk`] is one folder of plain files. [`RealDisk`] is a folder of the operating system,
//! `simulated` one in memory that does everything that a real one may do when power goes.
//! [`FolderLock`] keeps a second server out of a data folder.
//!
//! Nothing here decides anything: which writes need which barrier is the journal's business.

mod interface;
mod lock;
mod real;
#[cfg(any(test, feature = "simulated"))]
pub mod simulated;

pub use interface::{Access, Disk, DiskFile, is_full};
pub use lock::{FolderLock, LockError};
pub use real::{Caching, RealDisk};
