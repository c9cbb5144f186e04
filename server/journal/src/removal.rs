//! Removal of segments whose changes the rows have, away from the hot path.

use crate::disk::Disk;
use crate::error::{JournalError, Tried};
use crate::head;
use crate::poison::Poison;
use crate::segment;

/// The work of removing segments; for a thread of its own. Dropping it leaves them until the next
/// start of the server, which is only a waste of space.
#[derive(Debug)]
pub struct Removal<D: Disk> {
    pub(crate) disk: D,
    pub(crate) numbers: Vec<u64>,
    pub(crate) poison: Poison,
}

impl<D: Disk> Removal<D> {
    /// Removes them, and what was kept beside them.
    ///
    /// # Errors
    /// The disk's error; it poisons the journal.
    pub fn run(self) -> Result<(), JournalError> {
        self.poison.on_error(self.remove())
    }

    /// In any order: what a loss of power brings back is either before a gap, or good.
    fn remove(&self) -> Result<(), JournalError> {
        let names = self.disk.list().tried("list", "")?;
        for &number in &self.numbers {
            let kept = names.iter().filter(|name| segment::is_torn_of(name, number));
            for name in kept.chain([&segment::name(number)]) {
                self.disk.remove(name).tried("remove", name)?;
            }
        }
        self.disk.sync_folder().tried("sync the folder of", head::FILE)
    }
}
