//! A reservation in memory: as small as it can be, because there are millions.

use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::num::NonZeroU8;

/// No slot: the end of a list, or the holder of a free seat.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// A reservation, and what became of it. While it has places, or had an effect, the rest of it is its
/// [`Allotment`]. One that was released needs less: that is packed into the record.
#[derive(Debug, Clone, Copy)]
#[repr(Rust, packed)]
pub(crate) struct Record {
    pub(crate) id: ReservationId,
    fingerprint: Bits48,
    pub(crate) customer: u32,
    /// The next one in its customer's list: made before, if none was transferred.
    pub(crate) older: u32,
    /// The one before it in the list.
    pub(crate) newer: u32,
    /// The event's version that the reservation's beginning made.
    pub(crate) version: Bits48,
    /// From the lowest bit: how long after its id it was made, in milliseconds; with an allotment, the
    /// slot of that; without one, how long its hold was to last, and the last minute of its memory.
    rest: u64,
    /// The status and the kind of places; without an allotment, the status and more of that minute.
    tag: NonZeroU8,
}

const _: () = assert!(size_of::<Option<Record>>() == 49, "most are records of ended holds");

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

/// Added to the time after the id, so that one from a clock that is ahead makes no negative number.
/// An id is accepted as new until 24 h after its time, and from 5 min before it on.
const AHEAD_MS: u64 = 1 << 26;

/// The bits of a time that the record of an ended one has: three days.
const SPAN_BITS: u32 = 28;

/// The bits of the last minute of its memory, after the one it was made in: almost three days.
const MINUTE_BITS: u32 = 12;

/// The bits of those that are not in the tag.
const LOW_MINUTE_BITS: u32 = u64::BITS - 2 * SPAN_BITS;

impl Record {
    /// A reservation that is its customer's newest, with its allotment's slot.
    pub(crate) fn new(
        begun: &Begun,
        customer: u32,
        older: u32,
        (allotment, places): (u32, PlaceKind),
    ) -> Self {
        let made = begun.created_at.as_ms().saturating_add(AHEAD_MS);
        let made = made.saturating_sub(begun.id.time().as_ms());
        let made = u32::try_from(made).unwrap_or(u32::MAX);
        Self {
            id: begun.id,
            fingerprint: Bits48::lowest_of(begun.fingerprint),
            customer,
            older,
            newer: NO_SLOT,
            version: Bits48::new(begun.version),
            rest: u64::from(allotment) << 32 | u64::from(made),
            tag: allotted(begun.status, places),
        }
    }

    /// Whether its request had this fingerprint.
    pub(crate) fn is_of(&self, fingerprint: u64) -> bool {
        self.fingerprint == Bits48::lowest_of(fingerprint)
    }

    /// The fingerprint of its request, as far as it is kept.
    pub(crate) const fn fingerprint(&self) -> u64 {
        self.fingerprint.get()
    }

    pub(crate) const fn status(&self) -> Status {
        match self.tag.get() {
            RELEASED.. => Status::Released,
            tag => match tag / PlaceKind::COUNT {
                0 => Status::Held,
                1 => Status::Confirmed,
                2 => Status::Released,
                3 => Status::Expired,
                4 => Status::Cancelled,
                _ => Status::Forfeited,
            },
        }
    }

    /// The slot of its allotment, and the kind of places there, if it has one.
    pub(crate) const fn allotment(&self) -> Option<(u32, PlaceKind)> {
        let kind = match self.tag.get() {
            RELEASED.. => return None,
            tag => PlaceKind::of(tag % PlaceKind::COUNT),
        };
        Some(((self.rest >> 32) as u32, kind))
    }

    pub(crate) fn set_status(&mut self, status: Status) {
        if let Some((_, places)) = self.allotment() {
            self.tag = allotted(status, places);
        }
    }

    pub(crate) fn set_kind(&mut self, places: PlaceKind) {
        self.tag = allotted(self.status(), places);
    }

    pub(crate) fn created_at(&self) -> Timestamp {
        let bits = if self.allotment().is_some() { u32::BITS } else { SPAN_BITS };
        let made = self.rest & ((1 << bits) - 1);
        let ms = self.id.time().as_ms().saturating_add(made);
        Timestamp::from_ms(ms.saturating_sub(AHEAD_MS))
    }

    /// Of one that was released: until when it was held, and the last minute of its
    /// memory. Otherwise its allotment has these.
    pub(crate) fn ended(&self) -> Option<(Timestamp, u32)> {
        let tag = self.tag.get().checked_sub(RELEASED)?;
        let created_at = self.created_at();
        let held = self.rest >> SPAN_BITS & ((1 << SPAN_BITS) - 1);
        let high = u32::from(tag % HIGH_MINUTES) << LOW_MINUTE_BITS;
        let minutes = (self.rest >> (2 * SPAN_BITS)) as u32 | high;
        let expires_at = Timestamp::from_ms(created_at.as_ms() + held);
        Some((expires_at, minute(created_at) + minutes))
    }

    /// Packs what is kept of one that was released, which has no allotment then. Returns
    /// whether it fits: a hold of many days does not.
    pub(crate) fn pack(&mut self, expires_at: Timestamp, last_minute: u32) -> bool {
        if self.status() != Status::Released {
            return false;
        }
        let created_at = self.created_at();
        let made = self.rest & u64::from(u32::MAX);
        let Some(held) = expires_at.as_ms().checked_sub(created_at.as_ms()) else { return false };
        let Some(minutes) = last_minute.checked_sub(minute(created_at)) else { return false };
        let Ok(high @ ..HIGH_MINUTES) = u8::try_from(minutes >> LOW_MINUTE_BITS) else {
            return false;
        };
        if made.max(held) >> SPAN_BITS > 0 {
            return false;
        }
        let low = minutes & ((1 << LOW_MINUTE_BITS) - 1);
        self.rest = made | held << SPAN_BITS | u64::from(low) << (2 * SPAN_BITS);
        self.tag = NonZeroU8::new(RELEASED + high).expect("that is not zero");
        true
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

/// The first tag of records without an allotment.
const RELEASED: u8 = 32;

/// How many numbers the bits of the last minute make that are in the tag.
const HIGH_MINUTES: u8 = 1 << (MINUTE_BITS - LOW_MINUTE_BITS);

const fn allotted(status: Status, places: PlaceKind) -> NonZeroU8 {
    let status = match status {
        Status::Held => 0,
        Status::Confirmed => 1,
        Status::Released => 2,
        Status::Expired => 3,
        Status::Cancelled => 4,
        Status::Forfeited => 5,
    };
    NonZeroU8::new(status * PlaceKind::COUNT + places as u8).expect("no kind is zero")
}

/// Kinds of places in an allotment, as numbers from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PlaceKind {
    One = 1,
    Several,
    Standing,
}

impl PlaceKind {
    /// One more than the highest number.
    pub(crate) const COUNT: u8 = 4;

    /// The kind with this number.
    pub(crate) const fn of(number: u8) -> Self {
        match number {
            1 => Self::One,
            2 => Self::Several,
            _ => Self::Standing,
        }
    }
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

    /// The lowest bits of a number.
    pub(crate) const fn lowest_of(number: u64) -> Self {
        Self::new(number & Self::MAX)
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
    use core::time::Duration;

    #[test]
    fn everything_that_is_packed_reads_back() {
        for index in [0, 255, 256, Epoch::COUNT - 1] {
            assert_eq!(Epoch::new(index).index(), index);
        }
        for number in [0, 1, 0xFFFF, 0x1_0000, 0x1234_5678_9ABC, Bits48::MAX] {
            assert_eq!(Bits48::new(number).get(), number);
            assert_eq!(ShortTime::new(Timestamp::from_ms(number)).get().as_ms(), number);
        }
        let kinds = [PlaceKind::One, PlaceKind::Several, PlaceKind::Standing];
        for (status, kind) in
            Status::ALL.into_iter().flat_map(|status| kinds.map(|kind| (status, kind)))
        {
            let mut record = record(MADE_AT, MADE_AT);
            record.set_kind(kind);
            record.set_status(status);
            assert_eq!((record.status(), record.allotment()), (status, Some((u32::MAX, kind))));
            assert_eq!((record.created_at(), record.ended()), (MADE_AT, None));
            assert!(record.is_of(u64::MAX) && !record.is_of(1));
        }
    }

    const MADE_AT: Timestamp = Timestamp::from_ms(1_800_000_059_999);

    /// The record of a hold whose id is of another time than it is.
    fn record(id_at: Timestamp, created_at: Timestamp) -> Record {
        let begun = Begun {
            id: ReservationId::new(id_at, [7; 10]),
            fingerprint: u64::MAX,
            created_at,
            expires_at: created_at,
            version: 2,
            epoch: Epoch::new(3),
            status: Status::Held,
        };
        Record::new(&begun, 4, NO_SLOT, (u32::MAX, PlaceKind::Several))
    }

    #[test]
    fn what_is_kept_of_one_that_ended_without_effect_reads_back() {
        let later = |ms| MADE_AT.plus(Duration::from_millis(ms));
        let made = minute(MADE_AT);
        for created_at in
            [MADE_AT, later(24 * 60 * MINUTE_MS), Timestamp::from_ms(1_799_999_759_999)]
        {
            for status in [Status::Released] {
                for (held, minute) in [(0, 0), (7_200_000, 1_560), ((1 << SPAN_BITS) - 1, 2_600)] {
                    let mut record = record(MADE_AT, created_at);
                    record.set_status(status);
                    let (until, last) =
                        (created_at.plus(Duration::from_millis(held)), made + minute);
                    let fits = last >= super::minute(created_at);
                    assert_eq!(record.pack(until, last), fits);
                    assert_eq!(record.ended(), fits.then_some((until, last)));
                    assert_eq!(record.allotment().is_none(), fits);
                    assert_eq!((record.status(), record.created_at()), (status, created_at));
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_into_a_record_stays_beside_it() {
        for (status, held, minutes) in [
            (Status::Cancelled, 0, 1_440),
            (Status::Held, 0, 1_440),
            (Status::Expired, 0, 1_440),
            (Status::Released, 1 << SPAN_BITS, 1_440),
            (Status::Released, 0, 1 << MINUTE_BITS),
        ] {
            let mut record = record(MADE_AT, MADE_AT);
            record.set_status(status);
            let until = MADE_AT.plus(Duration::from_millis(held));
            assert!(!record.pack(until, minute(MADE_AT) + minutes), "{status}");
            assert_eq!((record.status(), record.created_at()), (status, MADE_AT));
            assert!(record.allotment().is_some() && record.ended().is_none());
        }
    }
}
