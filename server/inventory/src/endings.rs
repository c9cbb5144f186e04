//! Reservations that end: how they are remembered, revived and forgotten.
//!
//! One that was released had no effect, and of such there may be many: once the change that ended it
//! is sealed, it has no allotment, and its record says what is left to be told. One that expired
//! keeps its allotment, because it can be paid late.

use crate::book::Book;
use crate::ended_lately::Ending;
use crate::forgetting::remembered_until;
use crate::record::{end_of, minute};
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::num::NonZeroU32;

/// Changes that are so old are not taken back.
const OLD: Duration = Duration::from_millis(MAX_ID_AGE_MS);

impl Book {
    /// Whether a reservation is forgotten at `now`: so long after its end that it cannot be looked
    /// up any more, though it may be in memory still. It ended more than a day ago, and a new
    /// reservation with its id would be refused, because that is older than a day too.
    pub(crate) fn is_forgotten(&self, slot: u32, now: Timestamp) -> bool {
        self.last_minute(slot).is_some_and(|minute| end_of(minute) < now)
    }

    /// The last minute of an ended reservation's memory.
    pub(crate) fn last_minute(&self, slot: u32) -> Option<u32> {
        let record = &self.records[slot];
        if record.status().is_live() {
            return None;
        }
        match self.allotment(slot) {
            Some(allotment) => Some(allotment.last_minute.get()),
            None => record.ended().map(|(_, minute)| minute),
        }
    }

    /// Ends a live reservation. A cancelled one keeps the places that it had at last, to be shown;
    /// any other keeps them for as long as the change can be taken back.
    pub(crate) fn end(&mut self, slot: u32, status: Status, ending: Ending) {
        let record = &mut self.records[slot];
        let (allotment, kind) = record.allotment().expect("a live one has places");
        let before = record.status();
        record.set_status(status);
        let (id, customer) = (record.id, record.customer);
        let last_minute = minute(remembered_until(id, ending.at));
        let last_minute = NonZeroU32::new(last_minute).unwrap_or(NonZeroU32::MIN);
        let allotment = &mut self.allotments[allotment];
        allotment.last_minute = last_minute;
        let (places, expires_at) = (allotment.places(kind), allotment.expires_at.get());
        if before == Status::Held {
            self.deadlines.remove(expires_at, slot);
        }
        self.customers.get_mut(customer).taken -= self.count(places);
        self.live -= 1;
        self.forgetting.insert(last_minute.get(), slot);
        if !status.keeps_places() {
            self.lately.push(ending, slot);
        }
    }

    /// Makes an expired one forfeited, and remembers that from now on.
    pub(crate) fn forfeit(&mut self, slot: u32, at: Timestamp) {
        let last_minute = minute(remembered_until(self.records[slot].id, at));
        self.end_anew(slot, Status::Forfeited, last_minute);
    }

    /// Has an ended one end in another way, that is remembered until another minute.
    pub(crate) fn end_anew(&mut self, slot: u32, status: Status, last_minute: u32) {
        let before = self.last_minute(slot).expect("it had ended");
        self.forgetting.remove(before, slot);
        self.records[slot].set_status(status);
        let in_memory = NonZeroU32::new(last_minute).unwrap_or(NonZeroU32::MIN);
        self.allotment_mut(slot).last_minute = in_memory;
        self.forgetting.insert(in_memory.get(), slot);
    }

    /// The inverse of reviving an expired one that was paid late.
    pub(crate) fn expire_again(&mut self, slot: u32, until: Timestamp) {
        let places = self.places(slot).count();
        let last_minute = NonZeroU32::new(minute(until)).unwrap_or(NonZeroU32::MIN);
        let record = &mut self.records[slot];
        record.set_status(Status::Expired);
        self.customers.get_mut(record.customer).taken -= places;
        self.live -= 1;
        self.allotment_mut(slot).last_minute = last_minute;
        self.forgetting.insert(last_minute.get(), slot);
    }

    /// The inverse of [`end`](Self::end).
    pub(crate) fn revive(&mut self, slot: u32, status: Status) {
        let taken = self.places(slot).count();
        if !self.records[slot].status().keeps_places() {
            self.lately.take_back(slot);
        }
        let last_minute = self.last_minute(slot).expect("it had ended");
        let record = &mut self.records[slot];
        record.set_status(status);
        self.customers.get_mut(record.customer).taken += taken;
        if status == Status::Held {
            self.deadlines.insert(self.expires_at(slot), slot);
        }
        self.live += 1;
        self.forgetting.remove(last_minute, slot);
    }

    /// Drops up to `most` reservations that are forgotten at `now`. None of them can be revived, so
    /// their places go before.
    pub(crate) fn forget(&mut self, now: Timestamp, most: usize) {
        for _ in 0..most {
            if self.seal_oldest(|ending| ending.at.plus(OLD) <= now) {
                continue;
            }
            let Some(slot) = self.forgetting.pop(now) else { return };
            self.drop(slot);
        }
    }

    /// No change up to `version` is taken back: what ended by them without effect has no places.
    pub(crate) fn seal(&mut self, version: u64) {
        while self.seal_oldest(|ending| ending.version <= version) {}
    }

    /// Takes the places of the reservation that ended first of all that have them, if it ended so
    /// long ago. Returns whether it did.
    fn seal_oldest(&mut self, is_old: impl FnOnce(Ending) -> bool) -> bool {
        let Some(slot) = self.lately.pop(is_old) else { return false };
        let record = &mut self.records[slot];
        if let Some((allotment, kind)) = record.allotment() {
            let of = &self.allotments[allotment];
            if record.pack(of.expires_at.get(), of.last_minute.get()) {
                self.drop_allotment(allotment, kind);
                self.particulars.set_tickets(&{ self.records[slot].id }, &[], &[]);
            }
        }
        true
    }
}
