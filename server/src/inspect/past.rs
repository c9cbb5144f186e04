//! Compares changes that the rows have already with what the journal says of them.
//!
//! The journal begins somewhere in a reservation's life, so not everything is known of each. What
//! is known must be in the rows exactly: all changes up to their mark are in them, and no others.

use super::report::{Finding, Findings};
use boxoffice_inventory::SavedReservation;
use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::id::{CustomerId, EventId, OrderNumber, ReservationId};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::collections::HashMap;

/// What the rows must contain, by the journal.
#[derive(Debug, Default)]
pub(super) struct Past {
    events: HashMap<EventId, EventPast>,
}

#[derive(Debug, Default)]
struct EventPast {
    version: u64,
    deleted: bool,
    /// The version and end of the slug's newest rows.
    rows: Option<(u64, bool)>,
    reservations: HashMap<ReservationId, Expected>,
}

/// What the row of a reservation must contain.
#[derive(Debug)]
struct Expected {
    /// Where the change was that made it so.
    position: u64,
    /// If more is known than its customer or order.
    status: Option<Status>,
    changed_at: Timestamp,
    /// If its beginning is known.
    begun: Option<Begun>,
    customer: Option<CustomerId>,
    /// If its beginning is known.
    revision: Option<u64>,
    /// If its beginning is known, or that it was said since.
    order: Option<Option<OrderNumber>>,
    expires_at: Option<Timestamp>,
    places: Option<TakenPlaces>,
    /// The first mismatch, until a row matches.
    wrong: Option<&'static str>,
}

#[derive(Debug)]
struct Begun {
    fingerprint: u64,
    version: u64,
    at: Timestamp,
}

impl Past {
    /// Takes the next change.
    pub(super) fn take(&mut self, position: u64, id: &EventId, recorded: &Recorded) {
        let event = match self.events.get_mut(id) {
            Some(event) => event,
            None => self.events.entry(id.clone()).or_default(),
        };
        event.version = recorded.version;
        event.deleted = matches!(recorded.change, Change::Deleted);
        match &recorded.change {
            // An event that had this slug before is another one.
            Change::Created(_) => event.reservations.clear(),
            Change::Updated(_) | Change::Deleted | Change::SalesMoved { .. } => {}
            Change::Held(new) => event.begin(position, recorded, new, Status::Held),
            Change::Reserved(new) => event.begin(position, recorded, new, Status::Confirmed),
            Change::Extended { id, to, .. } => {
                event.become_so(position, recorded.at, *id, Some(Status::Held)).expires_at =
                    Some(*to);
            }
            Change::Expired { ids } => {
                for &id in ids {
                    event.become_so(position, recorded.at, id, Some(Status::Expired));
                }
            }
            Change::Transferred { id, to, .. } => {
                let expected = event.become_so(position, recorded.at, *id, None);
                expected.customer = Some(to.clone());
                expected.revision = expected.revision.map(|revision| revision + 1);
            }
            Change::Exchanged { id, to, .. } => {
                let expected = event.become_so(position, recorded.at, *id, None);
                expected.places = Some(to.clone());
                expected.revision = expected.revision.map(|revision| revision + 1);
            }
            Change::Ordered { id, order } => {
                let expected = event.become_so(position, recorded.at, *id, None);
                expected.order = Some(Some(order.clone()));
            }
            Change::ConfirmedTogether { ids } => {
                for &id in ids {
                    event.become_so(position, recorded.at, id, Some(Status::Confirmed));
                }
            }
            Change::Reinstated { id, .. } => {
                event.become_so(position, recorded.at, *id, Some(Status::Confirmed));
            }
            Change::Forfeited { id, .. } => {
                event.become_so(position, recorded.at, *id, Some(Status::Forfeited));
            }
            Change::Confirmed { id, let_go } => {
                event.shrink(position, recorded.at, *id, Status::Confirmed, let_go.as_ref());
            }
            Change::Released { id, let_go } => {
                let status = if let_go.is_some() { Status::Held } else { Status::Released };
                event.shrink(position, recorded.at, *id, status, let_go.as_ref());
            }
            Change::Cancelled { id, let_go } => {
                let status = if let_go.is_some() { Status::Confirmed } else { Status::Cancelled };
                event.shrink(position, recorded.at, *id, status, let_go.as_ref());
            }
        }
    }

    /// Compares an event's rows. Those of one slug come in the order in which they were made.
    pub(super) fn see_event(&mut self, id: &EventId, version: u64, deleted: bool) {
        if let Some(event) = self.events.get_mut(id) {
            event.rows = Some((version, deleted));
        }
    }

    /// Compares a reservation's row. One id may be there for several events that had one slug.
    pub(super) fn see_reservation(&mut self, event: &EventId, row: &SavedReservation) {
        let Some(event) = self.events.get_mut(event) else { return };
        let Some(expected) = event.reservations.get_mut(&row.id) else { return };
        match expected.difference(row) {
            None => {
                event.reservations.remove(&row.id);
            }
            wrong => expected.wrong = wrong,
        }
    }

    /// Tells what the rows did not say, when all were seen.
    pub(super) fn settle(self, findings: &mut Findings) {
        for (id, event) in self.events {
            let now = (event.version, event.deleted);
            if event.rows != Some(now) {
                let standing = |(version, deleted): (u64, bool)| {
                    format!("at version {version}{}", if deleted { ", deleted" } else { "" })
                };
                let rows = event.rows.map_or("not there".to_owned(), standing);
                let what =
                    format!("it is {rows} in the rows, and {} in the journal", standing(now));
                findings.push(Finding::event(&id, what));
            }
            for (reservation, expected) in event.reservations {
                findings.push(Finding::reservation(&id, reservation, expected.told()));
            }
        }
    }
}

impl EventPast {
    fn begin(&mut self, position: u64, recorded: &Recorded, new: &NewReservation, status: Status) {
        let (version, at) = (recorded.version, recorded.at);
        let begun = Begun { fingerprint: new.fingerprint, version, at };
        let expected = Expected {
            position,
            status: Some(status),
            changed_at: at,
            begun: Some(begun),
            customer: Some(new.customer.clone()),
            revision: Some(0),
            order: Some(new.order.clone()),
            expires_at: Some(new.expires_at),
            places: Some(new.places.clone()),
            wrong: None,
        };
        self.reservations.insert(new.id, expected);
    }

    fn become_so(
        &mut self,
        position: u64,
        at: Timestamp,
        id: ReservationId,
        status: Option<Status>,
    ) -> &mut Expected {
        let expected = self.reservations.entry(id).or_insert(Expected {
            position,
            status,
            changed_at: at,
            begun: None,
            customer: None,
            revision: None,
            order: None,
            expires_at: None,
            places: None,
            wrong: None,
        });
        (expected.position, expected.changed_at) = (position, at);
        expected.status = status.or(expected.status);
        expected
    }

    fn shrink(
        &mut self,
        position: u64,
        at: Timestamp,
        id: ReservationId,
        status: Status,
        let_go: Option<&TakenPlaces>,
    ) {
        let expected = self.become_so(position, at, id, Some(status));
        if let Some(gone) = let_go {
            expected.places = expected.places.take().and_then(|places| places.without(gone));
        }
    }
}

impl Expected {
    /// The first mismatch of a row.
    fn difference(&self, row: &SavedReservation) -> Option<&'static str> {
        let differs = |expected: Option<bool>| expected == Some(false);
        let begun = self.begun.as_ref();
        if differs(self.status.map(|status| status == row.status)) {
            Some("status")
        } else if row.changed_at != self.changed_at {
            Some("changed_at")
        } else if differs(self.customer.as_ref().map(|customer| *customer == row.customer)) {
            Some("customer")
        } else if differs(self.revision.map(|revision| revision == row.revision)) {
            Some("revision")
        } else if differs(self.order.as_ref().map(|order| *order == row.order)) {
            Some("order")
        } else if differs(begun.map(|begun| begun.fingerprint == row.fingerprint)) {
            Some("fingerprint")
        } else if differs(begun.map(|begun| begun.version == row.version)) {
            Some("version")
        } else if differs(begun.map(|begun| begun.at == row.created_at)) {
            Some("created_at")
        } else if differs(self.expires_at.map(|at| at == row.expires_at)) {
            Some("expires_at")
        } else if differs(self.places.as_ref().map(|places| *places == row.places)) {
            Some("places")
        } else {
            None
        }
    }

    fn told(&self) -> String {
        let status = self.status.map_or("another's", Status::as_str);
        let position = self.position;
        let made = format!("the change at position {position} of the journal made it {status}");
        match self.wrong {
            Some(column) => format!("its row has another {column}: {made}"),
            None => format!("it has no row: {made}"),
        }
    }
}
