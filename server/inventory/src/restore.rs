//! An inventory, made again of the rows that were saved of it.
//!
//! The saved parts come from a disk, so nothing about them is believed: a part that contradicts
//! itself is refused with what is wrong, and never makes a state in which law 1 does
//! not hold. What comes out answers like the inventory that was saved, for ever.

use crate::allotment::Stored;
use crate::book::Book;
use crate::ended_lately::Ending;
use crate::hall::free_sections;
use crate::inventory::{Inventory, prices};
use crate::places_of::PlacesOf;
use crate::record::{Begun, Bits48, Epoch, NO_SLOT, ShortTime, place_state};
use crate::sales_window::SalesWindow;
use crate::secrets::EventSecrets;
use crate::section_index::SectionIndex;
use crate::sections::{self, Section, put};
use boxoffice_plan::Hall;
use boxoffice_protocol::change::{EventTerms, TakenPlaces};
use boxoffice_protocol::event::{EventSpec, PlaceState};
use boxoffice_protocol::id::{CustomerId, EventId, OrderNumber, ReservationId, Seat};
use boxoffice_protocol::limits::MAX_PRICE_MINOR;
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;
use thiserror::Error;

/// An event as it was saved, without its reservations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedEvent {
    pub id: EventId,
    /// How many changes it has had.
    pub version: u64,
    /// The time of the last one.
    pub last_at: Timestamp,
    /// The event as it was created.
    pub created_as: EventSpec,
    /// The event as it is now.
    pub terms: EventTerms,
    /// The prices of all sections, as they were and, in the last list, as they are now.
    pub price_lists: Vec<PriceList>,
    /// The seats that are blocked, ascending.
    pub blocked: Vec<Seat>,
    /// About how many customers its reservations have, at most.
    pub customers: u32,
}

/// A reservation as it was saved: a live one, or an ended one that was in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReservation {
    /// The event's version that its beginning made, by which lists are ordered.
    pub version: u64,
    /// Chosen by the client.
    pub id: ReservationId,
    /// A keyed hash of the request that made it.
    pub fingerprint: u64,
    pub customer: CustomerId,
    /// Its places; of an ended one, those that it had at last. What a released one had is of no
    /// consequence.
    pub places: TakenPlaces,
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is or was held.
    pub expires_at: Timestamp,
    /// When it was changed last; of an ended one, when it ended.
    pub changed_at: Timestamp,
    /// Which of the event's price lists holds for it, from 0.
    pub price_list: u32,
    /// How often it was transferred or exchanged.
    pub revision: u64,
    /// The order that it belongs to.
    pub order: Option<OrderNumber>,
}

/// Saved data that cannot have been saved by us: it contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Contradiction(String);

impl Contradiction {
    /// A contradiction, in words.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// Refuses with `what`, unless something is so.
fn ensure(is_so: bool, what: impl FnOnce() -> String) -> Result<(), Contradiction> {
    if is_so { Ok(()) } else { Err(Contradiction(what())) }
}

/// An inventory that is being restored: first the event, then its reservations.
#[derive(Debug)]
pub struct Restoration {
    inventory: Inventory,
    /// The version of the last reservation so far.
    last: u64,
    /// The places of all reservations so far.
    places: u64,
}

impl Restoration {
    /// The event without its reservations, in its hall. `secrets` are as in [`Inventory::create`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(
        saved: SavedEvent,
        secrets: EventSecrets,
        hall: Hall,
    ) -> Result<Self, Contradiction> {
        let SavedEvent { id, version, last_at, created_as, terms, price_lists, blocked, .. } =
            saved;
        ensure(version > 0, || "it has no version".into())?;
        ensure(version <= Bits48::MAX, || format!("version {version} is beyond all"))?;
        check_price_lists(&terms, &price_lists)?;
        terms.spec.check().map_err(|wrong| Contradiction(wrong.to_string()))?;
        hall.check(&terms.spec).map_err(|wrong| Contradiction(wrong.to_string()))?;
        let mut sections = free_sections(&hall, &terms.spec.sections);
        check_seats(&sections, &blocked, PlaceState::Free)?;
        let (from, to) = (PlaceState::Free, PlaceState::Blocked);
        put(&mut sections, PlacesOf::Seats(&blocked), from, to, NO_SLOT);
        let mut book = Book::new(secrets.seed);
        book.customers.expect(saved.customers as usize);
        let inventory = Inventory {
            codes: secrets.codes.codes(&id),
            event: id,
            version,
            deleted_at: None,
            created: created_as,
            by_name: SectionIndex::new(&terms.spec.sections),
            window: SalesWindow::at(&terms.spec, last_at),
            terms,
            hall,
            epochs: price_lists,
            sections,
            book,
            predecessors: Arc::default(),
        };
        Ok(Self { inventory, last: 0, places: 0 })
    }

    /// Adds a reservation. They come in the order in which they were made.
    ///
    /// # Errors
    /// What is wrong with it; the restoration is of no use then.
    pub fn reservation(&mut self, saved: &SavedReservation) -> Result<(), Contradiction> {
        let SavedReservation { status, customer, places, .. } = saved;
        self.places += u64::from(places.count());
        let epoch = self.check(saved)?;
        self.last = saved.version;
        let begun = Begun {
            id: saved.id,
            fingerprint: saved.fingerprint,
            created_at: saved.created_at,
            expires_at: saved.expires_at,
            version: saved.version,
            epoch,
            status: if status.is_live() { *status } else { Status::Confirmed },
        };
        let Inventory { book, sections, .. } = &mut self.inventory;
        let slot = book.insert(&begun, customer.borrowed(), places);
        if saved.revision > 0 {
            book.particulars.set_revision(&saved.id, saved.revision);
        }
        if let Some(order) = &saved.order {
            book.particulars.set_order(&saved.id, order);
        }
        if status.is_live() {
            put(sections, PlacesOf::of(places), PlaceState::Free, place_state(*status), slot);
        } else {
            book.end(slot, *status, Ending { version: saved.version, at: saved.changed_at });
            book.seal(saved.version);
        }
        Ok(())
    }

    /// The inventory, when all its reservations are there.
    pub fn finish(self) -> Inventory {
        self.inventory
    }

    /// The same, where the event was deleted since.
    pub fn finish_deleted(mut self, at: Timestamp) -> Inventory {
        self.inventory.deleted_at = Some(at);
        self.inventory
    }

    /// Checks everything that the inventory relies on, and returns the price list.
    fn check(&self, saved: &SavedReservation) -> Result<Epoch, Contradiction> {
        let Inventory { book, sections, epochs, .. } = &self.inventory;
        let SavedReservation { version, places, price_list, .. } = saved;
        ensure(self.last < *version, || {
            format!("version {version} does not come after version {}", self.last)
        })?;
        ensure(*version <= self.inventory.version, || {
            format!("version {version} is beyond its event's")
        })?;
        ensure(saved.created_at.max(saved.expires_at) < ShortTime::LAST, || {
            "it was made or expires after the end of time".into()
        })?;
        ensure(book.find(&saved.id).is_none(), || "its id is there twice".into())?;
        let epoch = *price_list as usize;
        let prices = epochs
            .get(epoch)
            .ok_or_else(|| Contradiction(format!("there is no price list {price_list}")))?;
        let has_own = !places.prices().is_empty();
        let priced = if has_own { usize::MAX } else { prices.sections() };
        check_priced(places, sections.len().min(priced))?;
        check_tickets(places, prices)?;
        let fewest = u32::from(saved.status.keeps_places());
        ensure((fewest..=Stored::MOST_STANDING).contains(&places.count()), || {
            format!("it has {} places", places.count())
        })?;
        if saved.status.is_live() {
            check_free(sections, places)?;
        }
        if self.places > u32::MAX.into() {
            let customer = book.customer(saved.customer.borrowed());
            let have = customer.map_or(0, |slot| book.customers.get(slot).taken);
            ensure(have.checked_add(places.count()).is_some(), || {
                format!("{} has more places than can be counted", saved.customer)
            })?;
        }
        Ok(Epoch::new(epoch))
    }
}

fn check_price_lists(terms: &EventTerms, lists: &[PriceList]) -> Result<(), Contradiction> {
    let types = terms.spec.tickets.types().len();
    ensure(lists.iter().all(|list| list.named_types() == types), || {
        "its price lists are not of its ticket types".into()
    })?;
    ensure(lists.last() == Some(&prices(&terms.spec)), || {
        "its last price list is not what its sections cost".into()
    })?;
    ensure(lists.len() <= Epoch::COUNT, || format!("it has {} price lists", lists.len()))
}

/// All places are of sections that have prices.
fn check_priced(places: &TakenPlaces, priced: usize) -> Result<(), Contradiction> {
    let beyond = |section: &u8| usize::from(*section) >= priced;
    let unknown = match PlacesOf::of(places) {
        PlacesOf::Seats(seats) => seats.iter().map(|seat| seat.section()).find(beyond),
        PlacesOf::Standing { section, .. } => Some(section).filter(beyond),
    };
    match unknown {
        Some(section) => Err(Contradiction(format!("there is no section {section} with a price"))),
        None => Ok(()),
    }
}

/// Each place has a ticket that was sold.
fn check_tickets(places: &TakenPlaces, prices: &PriceList) -> Result<(), Contradiction> {
    let (types, own, count) = (places.types(), places.prices(), places.count() as usize);
    if types.is_empty() && own.is_empty() && prices.sells_all() {
        return Ok(());
    }
    let named = prices.named_types().max(1);
    let are_there = types.iter().all(|&of| usize::from(of) < named);
    let fits = types.is_empty() || types.len() == count && types.iter().any(|&of| of > 0);
    ensure(fits && are_there && prices.total(places).is_some(), || {
        format!("{count} places had no tickets of the types {types:?}")
    })?;
    ensure(own.is_empty() || own.len() == count, || {
        format!("{count} places do not have {} prices", own.len())
    })?;
    let beyond = own.iter().find(|price| **price > MAX_PRICE_MINOR);
    ensure(beyond.is_none(), || format!("no place costs {}", own.iter().max().unwrap_or(&0)))
}

/// All places are there to be taken.
fn check_free(sections: &[Section], places: &TakenPlaces) -> Result<(), Contradiction> {
    match PlacesOf::of(places) {
        PlacesOf::Seats(seats) => check_seats(sections, seats, PlaceState::Free),
        PlacesOf::Standing { section, places } => {
            let of = &sections[usize::from(section)];
            ensure(of.grid.is_none(), || format!("section {section} has seats"))?;
            ensure(of.counts.free >= u64::from(places), || {
                let free = of.counts.free;
                format!("{places} places of section {section} are taken, and {free} were free")
            })
        }
    }
}

/// The seats ascend, exist, and are in a state.
fn check_seats(
    sections: &[Section],
    seats: &[Seat],
    wanted: PlaceState,
) -> Result<(), Contradiction> {
    ensure(seats.is_sorted_by(|a, b| a < b), || "its seats do not ascend".into())?;
    for &seat in seats {
        let state = sections::state(sections, seat)
            .ok_or_else(|| Contradiction(format!("there is no seat {seat:?}")))?;
        ensure(state == wanted, || format!("the seat {seat:?} is {state:?} already"))?;
    }
    Ok(())
}
