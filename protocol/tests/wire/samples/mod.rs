//! One message of every kind, with every option once there and once not: what the golden vectors
//! hold the wire to, and what the hostile tests mutate.

mod replies;
mod requests;
mod tickets;

use boxoffice_protocol::change::{
    Change, NewReservation, Recorded, TakenPlaces, TermChange, Updated,
};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, Sales, SalesPhase, SectionSpec,
    Sections, TicketOffer, TicketPrice, Tickets, ZonedTime,
};
use boxoffice_protocol::id::{
    CustomerId, EventId, EventName, OrderNumber, PlanDigest, ReservationId, Seat, SeatLabel,
    SectionName, TicketType,
};
use boxoffice_protocol::request::ReservationKey;
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, TicketCount};
use boxoffice_protocol::time::Timestamp;

pub(crate) use replies::{refusals, replies};
pub(crate) use requests::requests;

/// A message with a name, and what it says in words.
pub(crate) struct Sample<T> {
    /// Unique in its list.
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) value: T,
}

fn sample<T>(name: &'static str, says: &'static str, value: T) -> Sample<T> {
    Sample { name, says, value }
}

/// Every kind of recorded change.
pub(crate) fn changes() -> Vec<Sample<Recorded>> {
    let id = reservation_id();
    let other = ReservationId::new(time(1), [0xEE; 10]);
    let seats = |seats: &[Seat]| TakenPlaces::Seats(seats.iter().copied().collect());
    let held = new_reservation(seats(&[Seat::new(0, 0, 11), Seat::new(0, 0, 12)]), 120_000);
    let reserved = new_reservation(TakenPlaces::Standing { section: 2, places: 3 }, 0);
    let typed = TakenPlaces::Standing { section: 2, places: 2 }.with_types(&[0, 1]);
    let kinds = [
        sample("created", "the event came into being", Change::Created(Box::new(spec()))),
        sample("updated", "terms changed, A1 blocked, B1 unblocked", updated()),
        sample("held", "two seats held for two minutes", Change::Held(held)),
        sample("reserved", "three standing places at once", Change::Reserved(reserved)),
        sample("confirmed", "all of it", Change::Confirmed { id, let_go: None }),
        sample(
            "confirmed-part",
            "A13 was let go",
            Change::Confirmed { id, let_go: Some(seats(&[Seat::new(0, 0, 12)])) },
        ),
        sample(
            "extended",
            "by a minute",
            Change::Extended { id, from: time(120_000), to: time(180_000) },
        ),
        sample("released", "all of it", Change::Released { id, let_go: None }),
        sample("expired", "not confirmed in time", Change::Expired { ids: vec![id, other].into() }),
        sample(
            "cancelled-part",
            "one standing place given back",
            Change::Cancelled { id, let_go: Some(TakenPlaces::Standing { section: 2, places: 1 }) },
        ),
        sample(
            "reserved-types",
            "two standing places, the second of the second type",
            Change::Reserved(new_reservation(typed, 0)),
        ),
        sample(
            "cancelled-types",
            "a seat of the second type given back",
            Change::Cancelled { id, let_go: Some(seats(&[Seat::new(0, 0, 11)]).with_types(&[1])) },
        ),
        sample("deleted", "the event's last change", Change::Deleted),
        sample(
            "transferred",
            "from Zoë to Mário",
            Change::Transferred {
                id,
                from: customer(),
                to: CustomerId::parse("mário").expect("a name"),
            },
        ),
        sample(
            "sales-moved",
            "sales opened at their time",
            Change::SalesMoved { from: SalesPhase::Scheduled, to: SalesPhase::OnSale },
        ),
        sample("ordered", "it is one of this order", Change::Ordered { id, order: order() }),
        sample(
            "confirmed-together",
            "the holds of an order",
            Change::ConfirmedTogether { ids: vec![id, other].into() },
        ),
    ];
    let by_a_shop = Some("web-shop".parse().expect("a principal"));
    let recorded = (1..).zip(kinds.into_iter().chain(others())).map(|(version, kind)| {
        let principal = by_a_shop.clone().filter(|_| version == 3);
        let value = Recorded { version, at: time(0), principal, change: kind.value };
        sample(kind.name, kind.says, value)
    });
    recorded.collect()
}

/// Changes of few reservations.
fn others() -> impl Iterator<Item = Sample<Change>> {
    late().into_iter().chain(exchanged())
}

/// Changes of a hold that was paid late.
fn late() -> [Sample<Change>; 2] {
    let (id, until) = (reservation_id(), time(86_400_000));
    let places = TakenPlaces::Standing { section: 2, places: 3 };
    [
        sample("reinstated", "its places were free", Change::Reinstated { id, places, until }),
        sample("forfeited", "a place was taken", Change::Forfeited { id, until }),
    ]
}

/// Changes of places, and of what is left of them.
fn exchanged() -> [Sample<Change>; 2] {
    let id = reservation_id();
    let seats =
        TakenPlaces::Seats([11, 12].map(|seat| Seat::new(0, 0, seat)).into_iter().collect());
    let (here, there) = (Some(Seat::new(0, 0, 12)), Some(Seat::new(0, 3, 0)));
    let to = TakenPlaces::of(None, vec![(here, 0, 4_500), (there, 1, 5_000)], true);
    let places = vec![(None, 0, 3_000), (None, 0, 3_500)];
    let let_go = Some(TakenPlaces::of(Some(2), places, true));
    [
        sample(
            "exchanged",
            "A12 and A13 for D1, of the second type and another price list, and A13, which stays",
            Change::Exchanged { id, from: seats, to },
        ),
        sample(
            "cancelled-priced",
            "two standing places given back that were taken at two prices",
            Change::Cancelled { id, let_go },
        ),
    ]
}

fn updated() -> Change {
    let name = |name| EventName::parse(name).expect("a name");
    let terms = vec![
        TermChange::Name { from: spec().name, to: name("Dune: Part Two") },
        TermChange::StartsAt { from: spec().starts_at, to: time(60_000).into() },
        TermChange::Sales { from: Sales::Open, to: Sales::Closed },
        TermChange::MaxPerCustomer { from: spec().max_per_customer, to: None },
        TermChange::Price { section: 0, from: 4_500, to: 4_900 },
        TermChange::Layout {
            section: 1,
            from: Layout::Seated { rows: vec![3, 2] },
            to: Layout::Seated { rows: vec![3, 4] },
        },
        TermChange::Added(section("pit", 2_500, Layout::standing(100))),
        TermChange::SalesFrom { from: None, to: Some(time(30_000).into()) },
        TermChange::SalesUntil { from: Some(time(60_000).into()), to: None },
        TermChange::Publication { from: Publication::Draft, to: Publication::Listed },
        TermChange::TicketPrice {
            category: section_name("pit"),
            ticket_type: ticket_type("child"),
            from: None,
            to: TicketOffer::Price(0),
        },
        TermChange::TicketPrice {
            category: section_name("stalls"),
            ticket_type: ticket_type("child"),
            from: Some(TicketOffer::Price(2_000)),
            to: TicketOffer::NotSold,
        },
        TermChange::Venue { from: None, to: presentation().venue },
        TermChange::Description { from: presentation().description, to: None },
        TermChange::Link { from: None, to: presentation().link },
    ];
    Change::Updated(Box::new(Updated {
        terms: terms.into(),
        blocked: vec![Seat::new(0, 0, 0)].into(),
        unblocked: vec![Seat::new(0, 1, 0)].into(),
    }))
}

fn new_reservation(places: TakenPlaces, ttl_ms: u64) -> NewReservation {
    NewReservation {
        id: reservation_id(),
        fingerprint: 0x0123_4567_89AB_CDEF,
        customer: customer(),
        places,
        expires_at: time(ttl_ms),
        order: None,
    }
}

/// An event with two seated sections and a standing one.
fn spec() -> EventSpec {
    let sections = vec![
        section("stalls", 4_500, Layout::grid(2, 20)),
        section("balcony", 3_250, Layout::Seated { rows: vec![3, 2] }),
        section("floor", 3_000, Layout::standing(500)),
    ];
    EventSpec {
        name: "Dune: Part Two".parse().expect("a name"),
        starts_at: evening(),
        currency: Currency::EUR,
        max_per_customer: std::num::NonZeroU32::new(8),
        plan: None,
        sections: Sections::new(sections).expect("within the bounds"),
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    }
}

/// A venue, a description of three lines, and a link.
fn presentation() -> Presentation {
    Presentation {
        venue: Some("Kino am Ring".parse().expect("a venue")),
        description: Some("Zwei Wüsten.\n\nMit Pause.".parse().expect("lines")),
        link: Some("https://example.org/dune?part=2".parse().expect("a link")),
    }
}

/// Tickets for adults and children.
fn tickets() -> Tickets {
    let price = |category, offer| TicketPrice {
        category: section_name(category),
        ticket_type: ticket_type("child"),
        offer,
    };
    let prices =
        vec![price("floor", TicketOffer::NotSold), price("stalls", TicketOffer::Price(2_000))];
    let types = vec![ticket_type("adult"), ticket_type("child")];
    Tickets::new(types, prices).expect("within the bounds")
}

fn ticket_type(name: &str) -> TicketType {
    name.parse().expect("a word")
}

fn ticket_count(name: &str, places: u32) -> TicketCount {
    TicketCount { ticket_type: ticket_type(name), places }
}

/// 1 January 2027, 19:00 in Berlin.
fn evening() -> ZonedTime {
    let (at, local) = (1_798_826_400_000, 1_798_830_000_000);
    let [at, local] = [at, local].map(Timestamp::from_ms);
    ZonedTime::new(at, local, "Europe/Berlin".parse().expect("a name")).expect("a time")
}

fn section(name: &str, price: u64, layout: Layout) -> SectionSpec {
    SectionSpec { name: section_name(name), price, layout }
}

fn section_name(name: &str) -> SectionName {
    name.parse().expect("a word")
}

fn event() -> EventId {
    "dune-2".parse().expect("a slug")
}

fn customer() -> CustomerId {
    "zoë".parse().expect("a customer")
}

fn order() -> OrderNumber {
    "2026-000123".parse().expect("an order number")
}

fn reservation_id() -> ReservationId {
    "019aa3a5-ec00-7def-8a12-3456789abcde".parse().expect("a UUID of version 7")
}

fn key() -> ReservationKey {
    ReservationKey { event: event(), id: reservation_id(), customer: customer() }
}

fn labels(labels: &[&str]) -> SeatLabels {
    SeatLabels::new(seat_labels::<Vec<_>>(labels)).expect("within the bounds")
}

fn seat_labels<C: FromIterator<SeatLabel>>(labels: &[&str]) -> C {
    labels.iter().map(|label| label.parse().expect("a label")).collect()
}

fn places(count: u32) -> PlaceCount {
    PlaceCount::new(count).expect("within the bounds")
}

/// The server's time in every sample, and `ms` later.
fn digest() -> PlanDigest {
    let mut bytes = 0..32;
    PlanDigest(std::array::from_fn(|_| bytes.next().unwrap_or_default()))
}

fn time(ms: u64) -> Timestamp {
    Timestamp::from_ms(1_763_683_200_000 + ms)
}
