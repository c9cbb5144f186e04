//! What a reservation has besides its record while it has places, or had an effect.

use crate::record::{Epoch, PlaceKind, ShortTime};
use boxoffice_protocol::id::Seat;
use std::num::NonZeroU32;

/// The places of a reservation, until when it is held, and what it costs.
#[derive(Debug, Clone)]
pub(crate) struct Allotment {
    /// Its one seat; with other kinds of places, their bits in one.
    place: Seat,
    pub(crate) expires_at: ShortTime,
    pub(crate) epoch: Epoch,
    /// Of an ended one, the last minute of its memory; the last of all minutes of a live one.
    pub(crate) last_minute: NonZeroU32,
}

const _: () = assert!(size_of::<Option<Allotment>>() == 16, "as many as live reservations");

impl Allotment {
    pub(crate) fn new(places: Stored, expires_at: ShortTime, epoch: Epoch) -> Self {
        Self { place: places.packed(), expires_at, epoch, last_minute: NonZeroU32::MAX }
    }

    /// Its places, which are of this kind.
    pub(crate) fn places(&self, kind: PlaceKind) -> Stored {
        let section = self.place.section();
        match kind {
            PlaceKind::One => Stored::One(self.place),
            PlaceKind::Several => Stored::Several(u32::from(section) << 24 | low_bits(self.place)),
            PlaceKind::Standing => Stored::Standing { section, places: low_bits(self.place) },
        }
    }

    /// The seat of [`Stored::One`], where it lies.
    pub(crate) const fn one_seat(&self) -> &Seat {
        &self.place
    }

    pub(crate) fn set_places(&mut self, places: Stored) {
        self.place = places.packed();
    }
}

/// The places of a reservation; the one seat that most have is kept in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    One(Seat),
    /// The slot of a list of seats.
    Several(u32),
    /// Places of a standing section, [`MOST_STANDING`](Self::MOST_STANDING) at most.
    Standing {
        section: u8,
        places: u32,
    },
}

impl Stored {
    /// Standing places that an allotment can count. A reservation asks for a hundred at most.
    pub(crate) const MOST_STANDING: u32 = 0xFF_FFFF;

    pub(crate) const fn kind(self) -> PlaceKind {
        match self {
            Self::One(_) => PlaceKind::One,
            Self::Several(_) => PlaceKind::Several,
            Self::Standing { .. } => PlaceKind::Standing,
        }
    }

    fn packed(self) -> Seat {
        let seat = |section: u8, low: u32| {
            Seat::new(section, (low >> 12 & 0xFFF) as u16, (low & 0xFFF) as u16)
        };
        match self {
            Self::One(seat) => seat,
            Self::Several(group) => seat((group >> 24) as u8, group),
            Self::Standing { section, places } => {
                debug_assert!(places <= Self::MOST_STANDING, "{places} standing places");
                seat(section, places)
            }
        }
    }
}

/// The 24 bits that are below the section of a seat.
const fn low_bits(seat: Seat) -> u32 {
    (seat.row() as u32) << 12 | seat.number() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_every_kind_read_back() {
        for places in [
            Stored::One(Seat::new(255, 4_095, 4_095)),
            Stored::One(Seat::new(0, 0, 0)),
            Stored::Several(u32::MAX),
            Stored::Standing { section: 255, places: Stored::MOST_STANDING },
        ] {
            let mut allotment =
                Allotment::new(Stored::Several(5), ShortTime::new(ShortTime::LAST), Epoch::new(3));
            allotment.set_places(places);
            assert_eq!(allotment.places(places.kind()), places);
            assert_eq!(allotment.epoch.index(), 3);
        }
    }
}
