//! A reservation in memory: 64 bytes, one cache line, because there are millions.

use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::num::NonZeroU8;

/// No slot: the end of a list, or the holder of a free seat.
pub(crate) const NO_SLOT: u32 = u32::MAX;

#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: ReservationId,
    pub(crate) fingerprint: u64,
    pub(crate) customer: u32,
    /// The next one in its customer's list: made before, if none was transferred.
    pub(crate) older: u32,
    /// The one before it in the list.
    pub(crate) newer: u32,
    /// Its one seat; with other kinds of places, their bits in one.
    place: Seat,
    pub(crate) created_at: ShortTime,
    pub(crate) expires_at: ShortTime,
    /// The event's version that the reservation's beginning made.
    pub(crate) version: Bits48,
    pub(crate) epoch: Epoch,
    /// Of an ended one, how many minutes after the one it was made in is the last of its memory.
    remembered: [u8; 3],
    status_and_kind: NonZeroU8,
}

const _: () = assert!(size_of::<Option<Record>>() == 64, "a record is one cache line");

/// A reservation as it begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) id: ReservationId,
    pub(crate) fingerprint: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) version: u64,
    pub(crate) epoch: Epoch,
    pub(crate) status: Status,
}

impl Record {
    /// A reservation that is its customer's newest.
    pub(crate) fn new(begun: &Begun, customer: u32, older: u32, places: Stored) -> Self {
        let (kind, place) = places.packed();
        Self {
            id: begun.id,
            fingerprint: begun.fingerprint,
            customer,
            older,
            newer: NO_SLOT,
            place,
            created_at: ShortTime::new(begun.created_at),
            expires_at: ShortTime::new(begun.expires_at),
            version: Bits48::new(begun.version),
            epoch: begun.epoch,
            remembered: [0; 3],
            status_and_kind: packed(begun.status, kind),
        }
    }

    pub(crate) const fn status(&self) -> Status {
        match self.status_and_kind.get() / KINDS {
            0 => Status::Held,
            1 => Status::Confirmed,
            2 => Status::Released,
            3 => Status::Expired,
            _ => Status::Cancelled,
        }
    }

    pub(crate) fn set_status(&mut self, status: Status) {
        self.status_and_kind = packed(status, self.status_and_kind.get() % KINDS);
    }

    pub(crate) fn places(&self) -> Stored {
        match self.status_and_kind.get() % KINDS {
            ONE => Stored::One(self.place),
            SEVERAL => {
                Stored::Several(u32::from(self.place.section()) << 24 | low_bits(self.place))
            }
            _ => Stored::Standing { section: self.place.section(), places: low_bits(self.place) },
        }
    }

    /// The seat of [`Stored::One`], where it lies.
    pub(crate) const fn one_seat(&self) -> &Seat {
        &self.place
    }

    pub(crate) fn set_places(&mut self, places: Stored) {
        let (kind, place) = places.packed();
        self.place = place;
        self.status_and_kind = packed(self.status(), kind);
    }

    /// The last minute of an ended one's memory.
    pub(crate) fn last_minute(&self) -> Option<u32> {
        if self.status().is_live() {
            return None;
        }
        let [low, middle, high] = self.remembered.map(u32::from);
        let made = minute(self.created_at.get());
        Some(made.saturating_add(low | middle << 8 | high << 16))
    }

    /// Says until when an ended one is remembered, and returns the last minute of its memory.
    pub(crate) fn remember_until(&mut self, until: Timestamp) -> u32 {
        let made = minute(self.created_at.get());
        let after = minute(until).saturating_sub(made).min(0xFF_FFFF);
        let [low, middle, high, _] = after.to_le_bytes();
        self.remembered = [low, middle, high];
        made.saturating_add(after)
    }
}

const MINUTE_MS: u64 = 60_000;

/// The minute that a time is in.
pub(crate) fn minute(time: Timestamp) -> u32 {
    u32::try_from(time.as_ms() / MINUTE_MS).unwrap_or(u32::MAX)
}

/// The last moment of a minute.
pub(crate) fn end_of(minute: u32) -> Timestamp {
    Timestamp::from_ms(u64::from(minute) * MINUTE_MS + (MINUTE_MS - 1))
}

/// The kinds of places, as numbers from 1 on: with them no status makes a zero.
const KINDS: u8 = 4;
const ONE: u8 = 1;
const SEVERAL: u8 = 2;
const STANDING: u8 = 3;

const fn packed(status: Status, kind: u8) -> NonZeroU8 {
    let status = match status {
        Status::Held => 0,
        Status::Confirmed => 1,
        Status::Released => 2,
        Status::Expired => 3,
        Status::Cancelled => 4,
    };
    NonZeroU8::new(status * KINDS + kind).expect("no kind is zero")
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
    /// Standing places that a record can count. A reservation asks for a hundred at most.
    pub(crate) const MOST_STANDING: u32 = 0xFF_FFFF;

    fn packed(self) -> (u8, Seat) {
        let seat = |section: u8, low: u32| {
            Seat::new(section, (low >> 12 & 0xFFF) as u16, (low & 0xFFF) as u16)
        };
        match self {
            Self::One(seat) => (ONE, seat),
            Self::Several(group) => (SEVERAL, seat((group >> 24) as u8, group)),
            Self::Standing { section, places } => {
                debug_assert!(places <= Self::MOST_STANDING, "{places} standing places");
                (STANDING, seat(section, places))
            }
        }
    }
}

/// The 24 bits that are below the section of a seat.
const fn low_bits(seat: Seat) -> u32 {
    (seat.row() as u32) << 12 | seat.number() as u32
}

/// A number of 48 bits: enough for every version, and for milliseconds until the year 10,000.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bits48([u8; 6]);

impl Bits48 {
    /// The largest.
    pub(crate) const MAX: u64 = (1 << 48) - 1;

    /// The number, which is [`MAX`](Self::MAX) at most.
    pub(crate) const fn new(number: u64) -> Self {
        debug_assert!(number <= Self::MAX, "a number of 48 bits");
        let [a, b, c, d, e, f, _, _] = number.to_le_bytes();
        Self([a, b, c, d, e, f])
    }

    pub(crate) const fn get(self) -> u64 {
        let [a, b, c, d, e, f] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
    }
}

impl std::fmt::Debug for Bits48 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

/// A time in 48 bits; the last one stands for all later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShortTime(Bits48);

impl ShortTime {
    /// The last one.
    pub(crate) const LAST: Timestamp = Timestamp::from_ms(Bits48::MAX);

    pub(crate) const fn new(time: Timestamp) -> Self {
        let ms = time.as_ms();
        Self(Bits48::new(if ms < Bits48::MAX { ms } else { Bits48::MAX }))
    }

    pub(crate) const fn get(self) -> Timestamp {
        Timestamp::from_ms(self.0.get())
    }
}

/// Which of the event's price lists holds for a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch(u16);

impl Epoch {
    /// How many price lists an event can have had.
    pub(crate) const COUNT: usize = 1 << 16;

    /// The price list `index`, below [`COUNT`](Self::COUNT).
    pub(crate) const fn new(index: usize) -> Self {
        debug_assert!(index < Self::COUNT, "an update that makes one more is refused");
        let [low, high, ..] = index.to_le_bytes();
        Self(u16::from_le_bytes([low, high]))
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
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
    fn everything_that_is_packed_reads_back() {
        for index in [0, 255, 256, Epoch::COUNT - 1] {
            assert_eq!(Epoch::new(index).index(), index);
        }
        for number in [0, 1, 0xFFFF, 0x1_0000, 0x1234_5678_9ABC, Bits48::MAX] {
            assert_eq!(Bits48::new(number).get(), number);
            assert_eq!(ShortTime::new(Timestamp::from_ms(number)).get().as_ms(), number);
        }
        let statuses =
            [Status::Held, Status::Confirmed, Status::Released, Status::Expired, Status::Cancelled];
        let places = [
            Stored::One(Seat::new(255, 4_095, 4_095)),
            Stored::One(Seat::new(0, 0, 0)),
            Stored::Several(u32::MAX),
            Stored::Standing { section: 255, places: Stored::MOST_STANDING },
        ];
        for (status, places) in statuses.into_iter().flat_map(|s| places.map(|p| (s, p))) {
            let begun = Begun {
                id: ReservationId::new(Timestamp::default(), [7; 10]),
                fingerprint: 1,
                created_at: Timestamp::from_ms(59_999),
                expires_at: ShortTime::LAST,
                version: 2,
                epoch: Epoch::new(3),
                status: Status::Held,
            };
            let mut record = Record::new(&begun, 4, NO_SLOT, Stored::Several(5));
            record.set_places(places);
            record.set_status(status);
            assert_eq!((record.status(), record.places()), (status, places));
            let last = record.remember_until(Timestamp::from_ms(60_000_000_000));
            assert_eq!(last, 1_000_000);
            assert_eq!(record.last_minute(), Some(last).filter(|_| !status.is_live()));
        }
    }
}
