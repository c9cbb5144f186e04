//! A reservation in memory: 64 bytes, one cache line, because there are millions.

use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;

/// No slot: the end of a list, or the holder of a free seat.
pub(crate) const NO_SLOT: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: ReservationId,
    pub(crate) fingerprint: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) customer: u32,
    /// The next older reservation of the same customer.
    pub(crate) older: u32,
    /// The next newer one.
    pub(crate) newer: u32,
    pub(crate) places: Stored,
    pub(crate) epoch: Epoch,
    pub(crate) status: Status,
}

const _: () = assert!(size_of::<Option<Record>>() == 64, "a record is one cache line");

/// The places of a reservation; the one seat that most have is kept in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    One(Seat),
    /// The slot of a list of seats.
    Several(u32),
    /// Places of a standing section.
    Standing {
        section: u8,
        places: u32,
    },
}

/// Which of the event's price lists holds for a reservation. 24 bits, so that a [`Record`] stays
/// within its cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch([u8; 3]);

impl Epoch {
    /// How many price lists an event can have had.
    pub(crate) const COUNT: usize = 1 << 16;

    /// The price list `index`, below [`COUNT`](Self::COUNT).
    pub(crate) fn new(index: usize) -> Self {
        debug_assert!(index < Self::COUNT, "an update that makes one more is refused");
        let [low, middle, high, ..] = (index as u64).to_le_bytes();
        Self([low, middle, high])
    }

    pub(crate) fn index(self) -> usize {
        let [low, middle, high] = self.0.map(usize::from);
        low | middle << 8 | high << 16
    }
}

/// The state of a live reservation's seats.
pub(crate) const fn place_state(status: Status) -> PlaceState {
    if matches!(status, Status::Confirmed) { PlaceState::Sold } else { PlaceState::Held }
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
