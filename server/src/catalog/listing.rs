//! Pages of events and of reservations. They are no snapshots: each row has a version of its own.

use super::answer::Answer;
use super::caller::Viewer;
use super::catalog::Catalog;
use super::event::{Event, NO_DEADLINE, Observed, Reading};
use super::event_map::EventMap;
use super::expiries::ExpiryTurn;
use crate::ledger::Position;
use boxoffice_inventory::{Inventory, ReservationSearch};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::limits::PAGE_BYTES;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Cursor, ReservationRow};
use boxoffice_protocol::request::PageLimit;
use boxoffice_protocol::reservation::{Places, Reservation};
use std::sync::Arc;

/// Events that one page of reservations looks into; the next page goes on after them.
const EVENTS_A_PAGE: usize = 256;

/// Looks that one page takes beyond the first into each event: enough to fill it, and so few that
/// a page that finds nothing does not hold other requests up.
const LOOKS_A_PAGE: usize = 16;

/// Reservations taken from an event at a time: a page outgrows its bytes by no more than these.
const ROWS_AT_A_TIME: usize = 64;

/// Events that one page looks at, where lists show few of them: more than it has rows, so that it sees
/// whether there is a next page.
pub(crate) const EVENTS_LOOKED_AT: usize = 4_096;

const _: () = assert!(EVENTS_LOOKED_AT > PageLimit::MAX.as_u32() as usize);

/// Which reservations are asked for.
#[derive(Debug, Clone, Copy)]
pub struct ReservationFilter<'a> {
    /// Only of this event.
    pub event: Option<EventId<&'a str>>,
    /// Which of an event's.
    pub search: ReservationSearch<'a>,
    /// Only of events that are there for it.
    pub viewer: Viewer,
}

impl Catalog {
    /// A page of the events after `after` that lists show to a viewer, in the order of their ids. No
    /// row shows a hold that is due. None if that takes another turn.
    ///
    /// A page has fewer rows where it would have to look at too many events, and names the last of them
    /// as the one to go on after; otherwise it names none that it does not show.
    pub(crate) fn list_events(
        &self,
        (after, limit): (Option<EventId<&str>>, PageLimit),
        viewer: Viewer,
    ) -> Option<Reading<Body>> {
        let limit = limit.as_u32() as usize;
        let (version, mut position, page, next) = {
            let events = self.events.read();
            let lists = |event: &Event| viewer.lists(event.publication());
            let (page, next) = page_of(&events, after, limit, lists);
            (events.version, events.position, page, next)
        };
        let mut until = NO_DEADLINE;
        let (mut turn, mut rows) = (ExpiryTurn::default(), Vec::with_capacity(page.len()));
        for event in page {
            let read = self.read(&event, &mut turn, Inventory::summary)?;
            position = position.max(read.observed.position);
            until = until.min(read.until);
            rows.push(read.observed.value);
        }
        let value = Body::Events { rows: rows.into(), next };
        Some(Reading { observed: Observed { version, position, value }, until })
    }

    /// How many of these events are in public lists.
    pub(crate) fn listed_of(&self, ids: &[EventId]) -> usize {
        let events = self.events.read();
        let live = ids.iter().filter_map(|id| events.live(id.borrowed()));
        live.filter(|event| Viewer::Public.lists(event.publication())).count()
    }

    /// A page of reservations after `after`.
    pub fn list_reservations(
        &self,
        filter: ReservationFilter<'_>,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Answer {
        match filter.event {
            Some(id) => self.list_reservations_of(id, filter, after, limit),
            None => self.list_reservations_everywhere(filter, after, limit),
        }
    }

    fn list_reservations_of(
        &self,
        id: EventId<&str>,
        ReservationFilter { search, viewer, .. }: ReservationFilter<'_>,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Answer {
        let Some(event) = self.find_for(id, viewer) else { return self.event_not_found() };
        let mut page = ReservationPage::new(limit);
        let from = match after {
            None => Some(0),
            Some(cursor) if cursor.event.borrowed() == id => cursor.version,
            Some(_) => {
                let why = "the cursor is of another event's list; begin without one";
                return Answer::plain(Body::Refused(Refusal::invalid("after", why)));
            }
        };
        let looked = event.look(|_| ());
        (page.version, page.position) = (looked.version, looked.position);
        let next = from.and_then(|from| self.fill(&mut page, &event, from, search));
        // No row is newer than the answer, which may have looked more than once.
        page.version = page.rows.last().map_or(page.version, |row| row.version);
        let next = next.map(|version| Cursor { event: id.to_owned(), version: Some(version) });
        page.into_answer(next)
    }

    fn list_reservations_everywhere(
        &self,
        ReservationFilter { search, viewer, .. }: ReservationFilter<'_>,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Answer {
        let mut page = ReservationPage::new(limit);
        let sees = |event: &Event| viewer.sees(event.publication());
        let (begun, (events, next)) = {
            let events = self.events.read();
            page.version = events.version;
            page.position = events.position;
            let begun = after.filter(|cursor| cursor.version.is_some());
            let begun = begun.and_then(|cursor| events.live(cursor.event.borrowed()));
            let begun = begun.filter(|event| sees(event)).cloned();
            let after = after.map(|cursor| cursor.event.borrowed());
            (begun, page_of(&events, after, EVENTS_A_PAGE, sees))
        };
        for event in begun.into_iter().chain(events) {
            let begun = after.filter(|cursor| cursor.event == event.id);
            let from = begun.and_then(|cursor| cursor.version).unwrap_or(0);
            let version = self.fill(&mut page, &event, from, search);
            let here = Cursor { event: event.id.clone(), version };
            if here.version.is_some() || page.is_full() {
                return page.into_answer(Some(here));
            }
        }
        page.into_answer(next.map(|event| Cursor { event, version: None }))
    }

    /// Adds reservations of `event` until the page is full. Returns where to go on in this event.
    fn fill(
        &self,
        page: &mut ReservationPage,
        event: &Arc<Event>,
        mut from: u64,
        search: ReservationSearch<'_>,
    ) -> Option<u64> {
        loop {
            let most = ROWS_AT_A_TIME.min(page.limit - page.rows.len());
            let looked = event.reservations(&self.context, from, search, most);
            let (reservations, next) = looked.value;
            page.take(looked.version, looked.position, reservations);
            from = next?;
            if page.is_full() || page.looks == 0 {
                return Some(from);
            }
            page.looks -= 1;
        }
    }
}

/// A page of reservations that is being filled.
struct ReservationPage {
    rows: Vec<ReservationRow>,
    limit: usize,
    bytes: usize,
    version: u64,
    position: Position,
    /// How often it may still look further into an event.
    looks: usize,
}

impl ReservationPage {
    fn new(limit: PageLimit) -> Self {
        let limit = limit.as_u32() as usize;
        let position = Position::default();
        Self { rows: Vec::new(), limit, bytes: 0, version: 0, position, looks: LOOKS_A_PAGE }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.limit || self.bytes >= PAGE_BYTES
    }

    fn take(&mut self, version: u64, position: Position, reservations: Vec<Reservation>) {
        self.position = self.position.max(position);
        for reservation in reservations {
            self.bytes += about_bytes(&reservation);
            self.rows.push(ReservationRow { version, reservation });
        }
    }

    fn into_answer(self, next: Option<Cursor>) -> Answer {
        let body = Body::Reservations { rows: self.rows.into(), next };
        Answer { version: self.version, position: self.position, body, about: None }
    }
}

/// At least what the row takes on the wire.
fn about_bytes(reservation: &Reservation) -> usize {
    const REST: usize = 96;
    let places = match &reservation.places {
        Places::Seats(seats) => seats.iter().map(|seat| 1 + seat.text().len()).sum(),
        Places::Standing { section, .. } => section.as_str().len(),
    };
    REST + reservation.event.as_str().len() + reservation.customer.as_str().len() + places
}

/// A page of the events that are shown, and the id that the next one goes on after.
fn page_of(
    events: &EventMap,
    after: Option<EventId<&str>>,
    limit: usize,
    shows: impl Fn(&Event) -> bool,
) -> (Vec<Arc<Event>>, Option<EventId>) {
    let (mut page, mut last) = (Vec::<Arc<Event>>::new(), None::<&EventId>);
    for (looks, event) in events.after(after).enumerate() {
        if looks == EVENTS_LOOKED_AT {
            return (page, last.cloned());
        }
        last = Some(&event.id);
        if !shows(event) {
            continue;
        }
        if page.len() == limit {
            let next = page.last().map(|shown| shown.id.clone());
            return (page, next);
        }
        page.push(Arc::clone(event));
    }
    (page, None)
}
