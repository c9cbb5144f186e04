//! What is saved of an inventory: the way back of [`Restoration`](crate::Restoration).

use crate::inventory::Inventory;
use crate::record::end_of;
use crate::restore::{SavedEvent, SavedReservation};
use boxoffice_protocol::event::{PlaceState, numbered};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::limits::REMEMBERED_MS;
use boxoffice_protocol::time::Timestamp;

impl Inventory {
    /// The event without its reservations; `last_at` is the time of its last change.
    pub fn saved(&self, last_at: Timestamp) -> SavedEvent {
        let (customers, _) = self.book.customers.counts();
        SavedEvent {
            id: self.event.clone(),
            version: self.version,
            last_at,
            created_as: self.created.clone(),
            terms: self.terms.clone(),
            price_lists: self.epochs.clone(),
            blocked: self.blocked(),
            customers: u32::try_from(customers).unwrap_or(u32::MAX),
        }
    }

    /// Its reservations in memory, live and ended, in the order in which they were made.
    pub fn saved_reservations(&self) -> impl Iterator<Item = SavedReservation> {
        self.book.created.since(0, &self.book.records).map(|slot| self.saved_reservation(slot))
    }

    /// When the event was deleted.
    pub const fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }

    fn saved_reservation(&self, slot: u32) -> SavedReservation {
        let record = &self.book.records[slot];
        let (kept, price_list, expires_at) = self.book.kept(slot);
        let is_kept = record.status().keeps_places();
        SavedReservation {
            version: record.version.get(),
            id: record.id,
            fingerprint: record.fingerprint(),
            customer: self.book.customers.name(record.customer),
            places: if is_kept { self.book.taken(slot) } else { kept.to_taken() },
            status: record.status(),
            created_at: record.created_at(),
            expires_at,
            changed_at: self.book.last_minute(slot).map_or(record.created_at(), ended_at),
            price_list: u32::try_from(price_list).unwrap_or(u32::MAX),
            revision: self.book.particulars.revision(&record.id),
            order: self.book.particulars.order(&record.id).cloned(),
        }
    }

    fn blocked(&self) -> Vec<Seat> {
        let grids = numbered(&self.sections);
        let grids = grids.filter_map(|(index, section)| Some((index, section.grid.as_ref()?)));
        let seats = grids.flat_map(|(index, grid)| {
            grid.seats(index).filter(|&seat| grid.state(seat) == PlaceState::Blocked)
        });
        seats.collect()
    }
}

/// A time at which a reservation may have ended whose memory has this last minute: it is remembered as
/// long as after its own.
fn ended_at(last_minute: u32) -> Timestamp {
    Timestamp::from_ms(end_of(last_minute).as_ms().saturating_sub(REMEMBERED_MS))
}
