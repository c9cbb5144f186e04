//! Space that is kept back for the moment when the disk is full: a file that is given up then, and
//! taken again when there is room.
//!
//! Space in the journal's folder is freed when the rows catch up, for which they need some
//! themselves, and that the journal goes on in another segment, so that the one before it can go.
//! So the ballast is as large as two segments: one for the journal, and as much for the rows, which
//! take about as much space for changes as the journal does. With it, confirmations, releases and
//! expiries go on on a full disk; no ballast helps where another program takes the space that
//! is given up.
//!
//! Nothing rests on it: that it is not there, or cannot be taken, is a warning. Where a file system
//! cannot reserve space (`fallocate`), it is an empty promise, and does no harm.

use boxoffice_journal::disk::{Access, Disk, DiskFile};
use parking_lot::Mutex;
use std::io;

/// The file's name, in the journal's folder.
const FILE: &str = "ballast";

/// The ballast of a folder. Shared by the threads that may find the disk full.
#[derive(Debug)]
pub(super) struct Ballast<D: Disk> {
    segment_bytes: u64,
    state: Mutex<BallastState<D>>,
}

#[derive(Debug)]
struct BallastState<D: Disk> {
    disk: D,
    held: Held,
}

/// Whether the space is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    /// It is not, and others can have it.
    No,
}

impl<D: Disk> Ballast<D> {
    /// None yet; for a journal of such segments.
    pub(super) const fn new(disk: D, segment_bytes: u64) -> Self {
        Self { segment_bytes, state: Mutex::new(BallastState { disk, held: Held::No }) }
    }

    /// Bytes that it takes.
    pub(super) const fn bytes(&self) -> u64 {
        self.segment_bytes.saturating_mul(2)
    }

    /// Whether it is held.
    pub(super) fn held(&self) -> Held {
        self.state.lock().held
    }

    /// Whether there is so much room besides.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        self.state.lock().disk.free_bytes().is_ok_and(|free| free >= bytes)
    }

    /// Takes the space, if there is as much and a segment's more: what is left must do for a while,
    /// or it would be given up again at once.
    ///
    /// # Errors
    /// The operating system's error. It is not held then.
    pub(super) fn take(&self) -> io::Result<Held> {
        let mut state = self.state.lock();
        let BallastState { disk, held } = &mut *state;
        if *held == Held::No && (self.is_there(disk) || self.create(disk)?) {
            *held = Held::Yes;
        }
        Ok(*held)
    }

    /// Takes the space, or tells people why it is not taken.
    pub(super) fn take_or_tell(&self) {
        let megabytes = self.bytes() >> 20;
        match self.take() {
            Ok(Held::Yes) => {}
            Ok(Held::No) => {
                tracing::warn!(megabytes, "there is no room for the ballast: make some");
            }
            Err(error) => tracing::warn!(megabytes, %error, "the ballast cannot be taken"),
        }
    }

    /// Gives the space up. Says whether there was any to give.
    pub(super) fn give_up(&self) -> bool {
        let mut state = self.state.lock();
        let was_held = std::mem::replace(&mut state.held, Held::No) == Held::Yes;
        was_held && give_up(&state.disk)
    }

    /// Whether the file is there as it should be, from a run before.
    fn is_there(&self, disk: &D) -> bool {
        let file = disk.open(FILE, Access::Recover);
        file.and_then(|file| file.length()).is_ok_and(|length| length == self.bytes())
    }

    /// Says whether there was room for it.
    fn create(&self, disk: &D) -> io::Result<bool> {
        // One of another size, or that a crash cut short.
        give_up(disk);
        if disk.free_bytes()? < self.bytes().saturating_add(self.segment_bytes) {
            return Ok(false);
        }
        let allocated = disk.create(FILE).and_then(|mut file| file.allocate(self.bytes()));
        if allocated.is_err() {
            give_up(disk);
        }
        allocated.map(|()| true)
    }
}

/// Removes the ballast of a folder, also of an earlier run. Says whether there was one.
pub(super) fn give_up(disk: &impl Disk) -> bool {
    disk.remove(FILE).is_ok()
}

#[cfg(feature = "simulation")]
#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_journal::disk::simulated::{Fault, FaultError, Lasting, SimulatedDisk};

    const SEGMENT: u64 = 40_960;

    fn used(disk: &SimulatedDisk) -> u64 {
        disk.files().iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    #[test]
    fn it_is_taken_given_up_once_and_taken_again() {
        let disk = SimulatedDisk::new(1);
        let ballast = Ballast::new(disk.clone(), SEGMENT);
        assert_eq!((ballast.held(), ballast.give_up()), (Held::No, false));
        for _ in 0..2 {
            assert_eq!(ballast.take().unwrap(), Held::Yes);
            assert_eq!(used(&disk), 2 * SEGMENT);
            assert_eq!((ballast.give_up(), ballast.give_up()), (true, false));
            assert_eq!((ballast.held(), used(&disk)), (Held::No, 0));
        }
    }

    #[test]
    fn it_is_taken_only_where_a_segment_more_is_free() {
        let disk = SimulatedDisk::new(1);
        let ballast = Ballast::new(disk.clone(), SEGMENT);
        disk.set_capacity(3 * SEGMENT - 1);
        assert_eq!((ballast.take().unwrap(), used(&disk)), (Held::No, 0));
        disk.set_capacity(3 * SEGMENT);
        assert_eq!((ballast.take().unwrap(), used(&disk)), (Held::Yes, 2 * SEGMENT));
    }

    #[test]
    fn what_a_run_before_left_is_its_own_if_it_is_of_its_size() {
        let disk = SimulatedDisk::new(1);
        for segment in [SEGMENT, 2 * SEGMENT, SEGMENT] {
            let ballast = Ballast::new(disk.clone(), segment);
            disk.set_capacity(3 * segment);
            assert_eq!(ballast.take().unwrap(), Held::Yes);
            assert_eq!(used(&disk), 2 * segment);
            // No more than what there is: another one of this size needs nothing.
            disk.set_capacity(2 * segment);
            assert_eq!(Ballast::new(disk.clone(), segment).take().unwrap(), Held::Yes);
        }
        assert!(give_up(&disk) && !give_up(&disk));
    }

    #[test]
    fn a_disk_that_fails_is_no_reason_to_hold_anything() {
        let operations = {
            let disk = SimulatedDisk::new(1);
            Ballast::new(disk.clone(), SEGMENT).take().unwrap();
            disk.operations()
        };
        for at in 0..operations {
            let disk = SimulatedDisk::new(1);
            let ballast = Ballast::new(disk.clone(), SEGMENT);
            let (error, lasting) = (FaultError::Broken, Lasting::Once);
            disk.fail(Fault { operation: at, error, lasting });
            let taken = ballast.take().is_ok_and(|held| held == Held::Yes);
            assert_eq!(taken, used(&disk) == 2 * SEGMENT, "operation {at}");
            disk.repair();
            assert_eq!(ballast.take().unwrap(), Held::Yes, "operation {at}");
        }
    }
}
