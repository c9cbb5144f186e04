//! A reservation in memory: 64 bytes, one cache line, because there are millions.

use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;

/// No slot: the end of a list, or nobody's.
pub(super) const NOBODY: u32 = u32::MAX;

/// One reservation.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: ReservationId,
    pub(super) fingerprint: u64,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// Its customer's slot.
    pub(super) customer: u32,
    /// The next older reservation of the same customer.
    pub(super) older: u32,
    /// The next newer one.
    pub(super) newer: u32,
    pub(super) places: Stored,
    pub(super) epoch: Epoch,
    pub(super) status: Status,
}

const _: () = assert!(size_of::<Option<Record>>() == 64, "a record is one cache line");

/// The places of a reservation; the one seat that most have is kept in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// A seat.
    One(Seat),
    /// The slot of a list of seats.
    Several(u32),
    /// Places of a standing section.
    Standing { section: u8, places: u32 },
}

/// Which of the event's price lists holds for a reservation. 24 bits, so that a [`Record`] stays
/// within its cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch([u8; 3]);

impl Epoch {
    /// How many price lists an event can have had.
    pub(super) const COUNT: usize = 1 << 16;

    /// The price list `index`, below [`COUNT`](Self::COUNT).
    pub(super) fn new(index: usize) -> Self {
        debug_assert!(index < Self::COUNT, "an update that makes one more is refused");
        let [low, middle, high, ..] = (index as u64).to_le_bytes();
        Self([low, middle, high])
    }

    /// Its index.
    pub(super) fn index(self) -> usize {
        let [low, middle, high] = self.0.map(usize::from);
        low | middle << 8 | high << 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_reads_back() {
        for index in [0, 255, 256, Epoch::COUNT - 1] {
            assert_eq!(Epoch::new(index).index(), index);
        }
    }
}
