//! One event's state: what there is, who has it, and until when. Nothing here does any work but
//! thinking: there is no runtime, no file and no lock, and what time it is comes as an argument.
//!
//! - [`Inventory::decide`] looks at a command and says which change it comes to, if any. The
//!   commands about one reservation are in `decide`, new reservations in `begin`, which seats they
//!   get in `best` and `scatter`, commands about the event itself in `update`.
//! - [`Inventory::apply`] makes a change, [`Inventory::revert`] takes it back, both in `apply`.
//! - What can be seen of it is made in `render`; what was saved of it becomes one again in `restore`,
//!   and `compare` says whether that is another one.
//!
//! Below that, two halves that know nothing of each other: the `book` has the reservations
//! (`record`, found by `ids` and by
//! `customers`, whose `index` grows a little at a time), the `sections` have the places (`grid`, whose `rows`
//! are bits, found by `row_tree`). A change that gives a reservation places is made in both, and
//! [`Inventory::invariants`] checks that they agree.

mod apply;
mod begin;
mod best;
mod book;
mod compare;
mod customers;
mod decide;
mod grid;
mod hashing;
mod ids;
mod index;
mod invariants;
mod record;
mod render;
mod restore;
mod row_tree;
mod rows;
mod scatter;
mod sections;
mod slab;
#[cfg(test)]
pub(crate) mod tests;
mod update;

pub(crate) use apply::FORGET_A_CHANGE;
use book::Book;
pub(crate) use book::remembered_until;
use boxoffice_protocol::change::{Change, EventTerms, PlacesChanged, Recorded};
use boxoffice_protocol::event::{EventSpec, EventUpdate, Sales};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Force;
use boxoffice_protocol::reservation::{Keep, Selection};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
pub use restore::{Contradiction, Restoration, SavedEvent, SavedReservation};
use sections::Section;

/// Holds that one decision expires at most.
pub const EXPIRY_CHUNK: usize = 1_024;

/// Bounds on holds, from the server's configuration.
#[derive(Debug, Clone, Copy)]
pub struct HoldRules {
    /// How long a hold lasts that says nothing.
    pub default: Duration,
    /// The shortest.
    pub min: Duration,
    /// The longest, and the furthest from now that an extension reaches.
    pub max: Duration,
    /// How long a hold can live with all its extensions.
    pub life: Duration,
}

/// What a request wants of an event.
#[derive(Debug, Clone, Copy)]
pub enum Command<'a> {
    /// Hold places.
    Hold {
        /// The new reservation's id.
        id: ReservationId,
        /// Tells the same request from another one.
        fingerprint: u64,
        /// For whom.
        customer: &'a CustomerId,
        /// Which places.
        selection: &'a Selection,
        /// For how long; [`HoldRules::default`] if left out.
        ttl: Option<Duration>,
    },
    /// Hold and confirm places.
    Reserve {
        /// The new reservation's id.
        id: ReservationId,
        /// Tells the same request from another one.
        fingerprint: u64,
        /// For whom.
        customer: &'a CustomerId,
        /// Which places.
        selection: &'a Selection,
    },
    /// Confirm a held reservation.
    Confirm {
        /// Which.
        id: ReservationId,
        /// Whose.
        customer: &'a CustomerId,
        /// Only these places; all if left out.
        keep: Option<&'a Keep>,
    },
    /// Let a held reservation go.
    Release {
        /// Which.
        id: ReservationId,
        /// Whose.
        customer: &'a CustomerId,
        /// But not these places; none kept if left out.
        keep: Option<&'a Keep>,
    },
    /// Hold a held reservation at least until a time.
    Extend {
        /// Which.
        id: ReservationId,
        /// Whose.
        customer: &'a CustomerId,
        /// Until when.
        until: Timestamp,
    },
    /// Give a confirmed reservation back.
    Cancel {
        /// Which.
        id: ReservationId,
        /// Whose.
        customer: &'a CustomerId,
        /// But not these places; none kept if left out.
        keep: Option<&'a Keep>,
    },
    /// Look at a reservation. If it is a hold that is due, that it expired is recorded first.
    Look {
        /// Which.
        id: ReservationId,
        /// Whose.
        customer: &'a CustomerId,
    },
    /// Change the event's terms.
    Update {
        /// Only if the event is at this version.
        if_version: Option<u64>,
        /// How.
        update: &'a EventUpdate,
    },
    /// Delete the event.
    Delete {
        /// Whether to do it while there are live reservations.
        force: Force,
    },
}

impl<'a> Command<'a> {
    /// Whose reservation it is about, if it is about one.
    pub const fn customer(&self) -> Option<&'a CustomerId> {
        match *self {
            Self::Hold { customer, .. }
            | Self::Reserve { customer, .. }
            | Self::Confirm { customer, .. }
            | Self::Release { customer, .. }
            | Self::Extend { customer, .. }
            | Self::Cancel { customer, .. }
            | Self::Look { customer, .. } => Some(customer),
            Self::Update { .. } | Self::Delete { .. } => None,
        }
    }
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Holds are due, and the answer depends on them: record and apply these (at least one, at most
    /// [`EXPIRY_CHUNK`]), then decide again.
    ExpireFirst(Vec<Change>),
    /// The answer: record and apply this change, which is the command's effect; or nothing is to be
    /// done, it is so already; or no.
    Answer(Result<Option<Change>, Refusal>),
}

/// What a watcher sees of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Places came into other states.
    Places(PlacesChanged),
    /// The event has other terms: everything is to be looked at anew.
    Terms,
    /// The event is gone.
    Deleted,
    /// Nothing.
    Nothing,
}

/// One event's state.
///
/// Two inventories to which the same changes were applied answer alike for ever.
#[derive(Debug)]
pub struct Inventory {
    event: EventId,
    version: u64,
    deleted: bool,
    created: EventSpec,
    terms: EventTerms,
    /// The prices of all sections, as they are now and as they were; the last list is today's.
    epochs: Vec<Box<[u64]>>,
    sections: Vec<Section>,
    book: Book,
}

impl Inventory {
    /// The state after an event's first change; none if that is no creation. `seed` keys the hash
    /// tables of names that clients choose: it must be a secret, and nothing else depends on it.
    pub fn create(event: EventId, seed: u64, created: &Recorded) -> Option<Self> {
        let Change::Created(spec) = &created.change else { return None };
        let spec = EventSpec::clone(spec);
        Some(Self {
            event,
            version: created.version,
            deleted: false,
            created: spec.clone(),
            epochs: vec![apply::prices(&spec)],
            sections: spec.sections.as_slice().iter().map(|s| Section::new(&s.layout)).collect(),
            terms: EventTerms { spec, sales: Sales::Open },
            book: Book::new(seed),
        })
    }

    /// The event's slug.
    pub const fn id(&self) -> &EventId {
        &self.event
    }

    /// How many changes the event has had, under this slug.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether the event is gone: every command is refused then.
    pub const fn is_deleted(&self) -> bool {
        self.deleted
    }

    /// The event as it was created, without any update.
    pub const fn created_as(&self) -> &EventSpec {
        &self.created
    }

    /// Held and confirmed reservations. Holds count until it is recorded that they expired.
    pub const fn live(&self) -> u64 {
        self.book.live
    }

    /// Reservations in memory: the live ones, and the ended ones that are not forgotten.
    pub const fn remembered(&self) -> usize {
        self.book.records.len()
    }

    /// Says whom the next new reservations are for: deciding them takes less time then, and comes to
    /// the same.
    pub fn foresee(&self, customers: &[&[u8]]) {
        self.book.foresee(customers);
    }

    /// The expiries of up to `most` holds that are due at `now`, the earliest deadline first.
    pub fn due(&self, now: Timestamp, most: usize) -> Vec<Change> {
        if self.deleted {
            return Vec::new();
        }
        self.expiries(self.book.due(now).take(most))
    }

    /// When the next hold is due.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        let earliest = self.book.deadlines.first().filter(|_| !self.deleted);
        earliest.map(|&(deadline, _)| deadline)
    }

    /// The expiries of these holds.
    fn expiries(&self, slots: impl IntoIterator<Item = u32>) -> Vec<Change> {
        let expired = |slot| Change::Expired { id: self.book.records[slot].id };
        slots.into_iter().map(expired).collect()
    }
}
