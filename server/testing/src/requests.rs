//! Builders of events and requests, with names and prices where they do not matter.

use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{
    ClientName, CustomerId, EventId, EventName, ReservationId, SectionName, Token,
};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::request::{Freshness, Hello, Request, ReservationKey};
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where manual clocks of tests start: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_ms(1_767_225_600_000);

/// An id made at `time`. No other call returns the same.
pub fn new_id(time: Timestamp) -> ReservationId {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    ReservationId::new(time, random)
}

pub fn event(slug: &str) -> EventId {
    EventId::parse(slug).expect("a slug")
}

pub fn customer(name: &str) -> CustomerId {
    CustomerId::parse(name).expect("a customer")
}

pub fn seats(labels: &[&str]) -> Selection {
    let labels = labels.iter().map(|label| label.parse().expect("a label"));
    Selection::Seats(SeatLabels::new(labels).expect("some seats"))
}

pub fn best(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a number of places");
    Selection::Best { places, section: None, together: Together::IfPossible }
}

pub fn standing(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a number of places");
    Selection::Standing { places, section: None }
}

pub fn section(name: &str, price: u64, layout: Layout) -> SectionSpec {
    SectionSpec { name: SectionName::parse(name).expect("a word"), price, layout }
}

/// An event of these sections, four years after [`START`]: by the clock of a real machine its sales are
/// open, too.
pub fn spec(sections: Vec<SectionSpec>) -> EventSpec {
    EventSpec {
        name: EventName::parse("A test").expect("a name"),
        starts_at: Timestamp::from_ms(START.as_ms() + 1_461 * 86_400_000).into(),
        currency: Currency::EUR,
        max_per_customer: None,
        plan: None,
        sections: Sections::new(sections).expect("within the bounds"),
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    }
}

/// An event with one seated section of `rows` by `seats`.
pub fn film(rows: u16, seats: u16) -> EventSpec {
    spec(vec![section("stalls", 4_500, Layout::grid(rows, seats))])
}

/// An event with one standing section.
pub fn concert(capacity: u32) -> EventSpec {
    spec(vec![section("floor", 3_000, Layout::standing(capacity))])
}

pub fn hello() -> Request {
    hello_with(None)
}

pub fn hello_with(token: Option<&Token>) -> Request {
    Request::Hello(Hello {
        magic: MAGIC,
        protocol_version: PROTOCOL_VERSION,
        token: token.cloned(),
        client: ClientName::parse("test").expect("a name"),
        in_flight: 0,
    })
}

pub fn create(id: &str, spec: EventSpec) -> Request {
    Request::CreateEvent { event: event(id), spec: Box::new(spec) }
}

pub fn reserve(id: ReservationId, of: &str, who: &str, selection: Selection) -> Request {
    Request::Reserve { id, event: event(of), customer: customer(who), selection, order: None }
}

pub fn hold(id: ReservationId, of: &str, who: &str, selection: Selection) -> Request {
    Request::Hold {
        id,
        event: event(of),
        customer: customer(who),
        selection,
        ttl_ms: None,
        order: None,
    }
}

pub fn key(id: ReservationId, of: &str, who: &str) -> ReservationKey {
    ReservationKey { event: event(of), id, customer: customer(who) }
}

/// A read of a seat map that goes around the cache.
pub fn seat_map(of: &str) -> Request {
    Request::Seats { event: event(of), freshness: Freshness::Fresh }
}

/// An exchange at this revision.
pub fn exchange(reservation: ReservationKey, if_revision: u64, to: Selection) -> Request {
    Request::Exchange { reservation, if_revision, to }
}

/// A transfer at this revision.
pub fn transfer(reservation: ReservationKey, if_revision: u64, to: &str) -> Request {
    Request::Transfer { reservation, if_revision, to: customer(to) }
}
