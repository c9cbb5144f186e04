//! The replies that clients received, as claims about a version of an event or of the catalog. What
//! can be checked at once is: no answer goes back in time. The claims are for the
//! [`check`](super::check).

use crate::people::Person;
use crate::requests::event_of;
use boxoffice_protocol::change::PlacesChanged;
use boxoffice_protocol::event::{EventDetails, EventSummary, SeatMap};
use boxoffice_protocol::id::{CustomerId, EventId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How old a view may be, in milliseconds.
const MAX_AGE_MS: u32 = 100;

/// The newest versions that a client was told of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newest {
    pub(crate) events: BTreeMap<EventId, u64>,
    pub(crate) catalog: u64,
}

impl Newest {
    fn of(&self, event: &EventId) -> u64 {
        self.events.get(event).copied().unwrap_or(0)
    }

    pub(crate) fn hear(&mut self, event: &EventId, version: u64) {
        let newest = self.events.entry(event.clone()).or_default();
        *newest = version.max(*newest);
    }
}

/// A request that was sent, with what its answer must not go back behind.
#[derive(Debug, Clone)]
pub(crate) struct SentRequest {
    who: Person,
    pub(crate) request: Request,
    /// The index of the clock's reading when it was sent.
    since: usize,
    /// What any client had been told then.
    floor: Newest,
}

/// Something said about a version of an event.
#[derive(Debug)]
pub(crate) enum Claim {
    /// This was decided about that request of that person.
    Decided(Person, Request, Body),
    /// The event was like this.
    Details(EventDetails),
    Seats(SeatMap),
    Summary(EventSummary),
    Row(Reservation),
    /// These are all reservations, or all of one customer.
    All(Option<CustomerId>, Vec<Reservation>),
    /// A watcher's news: this changed with this version.
    Changed(PlacesChanged),
    /// A watcher was given a new snapshot since the version, without a gap: the terms changed.
    NewTermsSince(u64),
    /// The event ended with this version.
    Ended,
    /// A cached view was as old as it said, or younger: it shows what was so at this time.
    ShownAt(Timestamp),
    /// A view without an age: no hold was due when it was asked for.
    NothingDue,
    /// A view that is older than a cached one may be, since the disk takes nothing: holds have been
    /// due for so many milliseconds.
    DueFor(u32),
}

/// Something said about a version of the catalog.
#[derive(Debug)]
pub(crate) enum CatalogClaim {
    /// The event was not there.
    Absent(EventId),
    /// These were the first so many events after that one.
    Page { after: Option<EventId>, limit: PageLimit, ids: Vec<EventId>, next: Option<EventId> },
}

/// A claim with the clock's readings between question and answer.
#[derive(Debug)]
pub(crate) struct Said<C> {
    pub(crate) claim: C,
    pub(crate) between: RangeInclusive<usize>,
}

/// The meaning of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Applied,
    Unchanged,
    Refused,
    /// The person may not make the request.
    NotAllowed,
    /// It was answered, and says nothing that could be checked.
    Nothing,
    /// Whether it was done is to be found out.
    Unknown,
}

#[derive(Default)]
pub(crate) struct Claims {
    /// Readings of the server's clock, in order.
    pub(crate) readings: Vec<Timestamp>,
    pub(crate) newest: Newest,
    pub(crate) events: BTreeMap<(EventId, u64), Vec<Said<Claim>>>,
    pub(crate) catalog: BTreeMap<u64, Vec<Said<CatalogClaim>>>,
}

impl Claims {
    pub(crate) fn read_clock(&mut self, now: Timestamp) {
        if self.readings.last() != Some(&now) {
            self.readings.push(now);
        }
    }

    fn last_reading(&self) -> usize {
        self.readings.len().saturating_sub(1)
    }

    /// A request leaves its client.
    pub(crate) fn ask(&self, who: Person, request: Request) -> SentRequest {
        SentRequest { who, request, since: self.last_reading(), floor: self.newest.clone() }
    }

    /// Something was said about an event, between a reading of the clock and now.
    pub(crate) fn claim(&mut self, event: &EventId, version: u64, since: usize, claim: Claim) {
        let said = Said { claim, between: since..=self.last_reading() };
        self.events.entry((event.clone(), version)).or_default().push(said);
    }

    /// A watcher was told, which has no question's time.
    pub(crate) fn claim_now(&mut self, event: &EventId, version: u64, claim: Claim) {
        self.claim(event, version, self.last_reading(), claim);
    }

    fn claim_catalog(&mut self, version: u64, since: usize, claim: CatalogClaim) {
        let said = Said { claim, between: since..=self.last_reading() };
        self.catalog.entry(version).or_default().push(said);
    }

    /// An answer reached its client, which had been told `told` on its connection.
    pub(crate) fn answered(
        &mut self,
        asked: &SentRequest,
        reply: &Reply,
        told: &mut Newest,
    ) -> Heard {
        let Reply { version, age_ms, body } = reply;
        let (version, since) = (*version, asked.since);
        let is_cached = may_be_cached(&asked.request);
        let floor = if is_cached { told.clone() } else { asked.floor.clone() };
        assert!(*age_ms == 0 || is_view(&asked.request), "{age_ms} ms old: {asked:?}");
        match (&asked.request, body) {
            (_, Body::Refused(Refusal::OutcomeUnknown)) => return Heard::Unknown,
            (request, body) if is_impossible(request) => {
                let invalid = matches!(body, Body::Refused(Refusal::Invalid { .. }));
                assert!(invalid && version == 0, "no event is like that: {asked:?}: {body:?}");
                return Heard::Refused;
            }
            (request, Body::Refused(Refusal::NotAllowed { .. })) => {
                assert!(!asked.who.may(request), "it was not allowed: {asked:?}");
                return Heard::NotAllowed;
            }
            (request, _) if !asked.who.may(request) => {
                let failed = matches!(body, Body::Refused(Refusal::Unavailable { .. }));
                assert!(failed && version == 0, "it was allowed: {asked:?}: {body:?}");
                return Heard::Refused;
            }
            (Request::CreateEvent { .. }, Body::Refused(Refusal::Unavailable { .. })) => {
                self.hear_catalog(version, &floor, told, asked);
                return Heard::Refused;
            }
            (request, Body::Refused(Refusal::EventNotFound)) => {
                self.hear_catalog(version, &floor, told, asked);
                let event = event_of(request).unwrap_or_else(|| panic!("{request:?}")).clone();
                self.claim_catalog(version, since, CatalogClaim::Absent(event));
                return Heard::Refused;
            }
            (Request::ListEvents { after, limit, .. }, Body::Events { rows, next }) => {
                self.hear_catalog(version, &floor, told, asked);
                for row in rows {
                    self.hear(&row.id, row.version, &floor, told, asked);
                    let claim = Claim::Summary(row.clone());
                    self.claim(&row.id, row.version, since, claim);
                    if *age_ms == 0 {
                        self.claim(&row.id, row.version, since, Claim::NothingDue);
                    }
                }
                let ids = rows.iter().map(|row| row.id.clone()).collect();
                let (after, next) = (after.clone(), next.clone());
                let page = CatalogClaim::Page { after, limit: *limit, ids, next };
                self.claim_catalog(version, since, page);
                return Heard::Nothing;
            }
            (Request::ListReservations { .. }, Body::Reservations { .. }) => {
                self.list(asked, reply, &floor, told);
                return Heard::Nothing;
            }
            _ if version == 0 => return Heard::Nothing,
            _ => {}
        }
        let event = event_of(&asked.request).unwrap_or_else(|| panic!("{asked:?}: {reply:?}"));
        self.hear(event, version, &floor, told, asked);
        if is_view(&asked.request) {
            self.claim_age(event, version, asked, *age_ms);
        }
        let (claim, heard) = claim_of(asked, body);
        self.claim(event, version, since, claim);
        heard
    }

    /// A view of an event was so old.
    fn claim_age(&mut self, event: &EventId, version: u64, asked: &SentRequest, age_ms: u32) {
        let (since, is_cached) = (asked.since, may_be_cached(&asked.request));
        if age_ms == 0 {
            self.claim(event, version, since, Claim::NothingDue);
        } else if !is_cached || age_ms >= MAX_AGE_MS {
            self.claim(event, version, since, Claim::DueFor(age_ms));
        }
        if is_cached {
            let shown_at = Timestamp::from_ms(self.readings[since].as_ms() - u64::from(age_ms));
            self.claim(event, version, since, Claim::ShownAt(shown_at));
        }
    }

    fn list(&mut self, asked: &SentRequest, reply: &Reply, floor: &Newest, told: &mut Newest) {
        let (Request::ListReservations { event, customer, .. }, Body::Reservations { rows, next }) =
            (&asked.request, &reply.body)
        else {
            return;
        };
        for row in rows {
            let own = asked.who.customer();
            assert!(own.is_none_or(|own| row.reservation.customer == *own), "{row:?}: {asked:?}");
            let (event, version) = (&row.reservation.event, row.version);
            self.hear(event, version, floor, told, asked);
            self.claim(event, version, asked.since, Claim::Row(row.reservation.clone()));
        }
        match event {
            None => self.hear_catalog(reply.version, floor, told, asked),
            Some(event) => {
                self.hear(event, reply.version, floor, told, asked);
                if next.is_none() {
                    let all = rows.iter().map(|row| row.reservation.clone()).collect();
                    let customer = asked.who.customer().or(customer.as_ref());
                    let all = Claim::All(customer.cloned(), all);
                    self.claim(event, reply.version, asked.since, all);
                }
            }
        }
    }

    /// An answer shows a version of an event: not an older one than was known before it was asked,
    /// to anybody; or, from a cache, on its connection.
    fn hear(
        &mut self,
        event: &EventId,
        version: u64,
        floor: &Newest,
        told: &mut Newest,
        asked: &SentRequest,
    ) {
        let floor = floor.of(event).max(told.of(event));
        assert!(version >= floor, "version {version} of {event} after {floor} was told: {asked:?}");
        told.hear(event, version);
        self.newest.hear(event, version);
    }

    fn hear_catalog(
        &mut self,
        version: u64,
        floor: &Newest,
        told: &mut Newest,
        asked: &SentRequest,
    ) {
        let floor = floor.catalog.max(told.catalog);
        assert!(version >= floor, "catalog {version} after {floor} was told: {asked:?}");
        told.catalog = version;
        self.newest.catalog = version.max(self.newest.catalog);
    }
}

fn is_view(request: &Request) -> bool {
    matches!(request, Request::GetEvent { .. } | Request::Seats { .. } | Request::ListEvents { .. })
}

fn may_be_cached(request: &Request) -> bool {
    match request {
        Request::GetEvent { freshness, .. }
        | Request::Seats { freshness, .. }
        | Request::ListEvents { freshness, .. } => *freshness == Freshness::Cached,
        _ => false,
    }
}

fn claim_of(asked: &SentRequest, body: &Body) -> (Claim, Heard) {
    match body {
        Body::Event(details) => (Claim::Details(EventDetails::clone(details)), Heard::Nothing),
        Body::Seats(map) => (Claim::Seats(map.clone()), Heard::Nothing),
        body => {
            let heard = match body {
                Body::Reservation { effect: Effect::Applied, .. }
                | Body::OrderConfirmed { effect: Effect::Applied, .. }
                | Body::EventSaved { effect: Effect::Applied } => Heard::Applied,
                Body::Reservation { .. }
                | Body::OrderConfirmed { .. }
                | Body::EventSaved { .. } => Heard::Unchanged,
                Body::Refused(_) => Heard::Refused,
                other => panic!("{asked:?} was answered with {other:?}"),
            };
            (Claim::Decided(asked.who.clone(), asked.request.clone(), body.clone()), heard)
        }
    }
}

/// Whether a request asks for what no event could be: that is seen before the event is looked for.
fn is_impossible(request: &Request) -> bool {
    match request {
        Request::UpdateEvent { update, .. } => {
            update.sections.iter().any(|section| section.check().is_err())
        }
        _ => false,
    }
}
