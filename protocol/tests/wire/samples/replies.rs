//! Every kind of reply and of refusal.

use super::{
    Sample, customer, digest, event, order, presentation, reservation_id, sample, seat_labels,
    section, section_name, spec, ticket_count, time,
};
use boxoffice_protocol::change::{PlacesChanged, SeatsNow};
use boxoffice_protocol::event::{
    Counts, Currency, EventDetails, EventSummary, Layout, PackedStates, PlaceState, SalesState,
    SeatMap, SectionMap,
};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::limits::PROTOCOL_VERSION;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{
    Body, Cursor, Effect, Reply, ReservationRow, Stat, StatValue, Welcome,
};
use boxoffice_protocol::reservation::{Places, Reservation, Status};
use boxoffice_protocol::{List, PlanPart};

/// Every kind of reply.
pub(crate) fn replies() -> Vec<Sample<Reply>> {
    [greetings(), views(), reservations(), pushes(), backups(), plans()]
        .into_iter()
        .flatten()
        .collect()
}

fn reply(version: u64, body: Body) -> Reply {
    Reply { version, age_ms: 0, body }
}

fn greetings() -> Vec<Sample<Reply>> {
    let welcome = Welcome {
        protocol_version: PROTOCOL_VERSION,
        server: "boxoffice/0.1.0".into(),
        server_time: time(0),
        in_flight: 128,
        hold_default_ms: 120_000,
        hold_min_ms: 1_000,
        hold_max_ms: 1_800_000,
        hold_life_ms: 7_200_000,
        customer: None,
    };
    let for_customer = Welcome { customer: Some(customer()), ..welcome.clone() };
    let stats = vec![
        Stat { name: "server".into(), value: StatValue::Text("boxoffice/0.1.0".into()) },
        Stat { name: "connections".into(), value: StatValue::Count(251) },
    ];
    vec![
        sample("refused", "no such event", reply(17, Body::Refused(Refusal::EventNotFound))),
        sample("welcome", "to Hello", reply(0, Body::Welcome(Box::new(welcome)))),
        sample(
            "welcome-customer",
            "a token's customer",
            reply(0, Body::Welcome(Box::new(for_customer))),
        ),
        sample("pong", "to Ping", reply(0, Body::Pong { server_time: time(0) })),
        sample("stats", "a word and a number", reply(0, Body::Stats(stats.into()))),
    ]
}

fn views() -> Vec<Sample<Reply>> {
    let row = EventSummary {
        id: event(),
        version: 300,
        name: spec().name,
        starts_at: spec().starts_at,
        sales: SalesState::Scheduled,
        prices: (3_000, 4_500),
        currency: Currency::EUR,
        counts: Counts { free: 540, held: 2, sold: 3, blocked: 0 },
        sales_from: Some(time(60_000).into()),
        venue: presentation().venue,
    };
    let details = EventDetails {
        id: event(),
        spec: spec(),
        sales: SalesState::Closed,
        counts: vec![
            Counts { free: 36, held: 2, sold: 1, blocked: 1 },
            Counts { free: 5, held: 0, sold: 0, blocked: 0 },
            Counts { free: 498, held: 0, sold: 2, blocked: 0 },
        ]
        .into(),
    };
    vec![
        sample(
            "events",
            "a page of one event, and there are more",
            reply(17, Body::Events { rows: vec![row].into(), next: Some(event()) }),
        ),
        sample(
            "events-end",
            "an empty last page",
            reply(17, Body::Events { rows: List::default(), next: None }),
        ),
        sample("event", "one event", reply(300, Body::Event(Box::new(details)))),
        sample(
            "seats",
            "a seat map that is 42 ms old: in the stalls A1 is blocked, A2 and A3 are held, B2 is sold",
            Reply { version: 300, age_ms: 42, body: Body::Seats(seat_map()) },
        ),
        sample(
            "seats-plan",
            "the same in the hall of a plan",
            reply(300, Body::Seats(SeatMap { plan: Some(digest()), ..seat_map() })),
        ),
    ]
}

fn seat_map() -> SeatMap {
    let mut states = vec![PlaceState::Free; 10];
    states[0] = PlaceState::Blocked;
    states[1..3].fill(PlaceState::Held);
    states[6] = PlaceState::Sold;
    let stalls = SectionMap {
        section: section("stalls", 4_500, Layout::grid(2, 5)),
        counts: Counts { free: 6, held: 2, sold: 1, blocked: 1 },
        states: PackedStates::pack(states.into_iter()),
    };
    let floor = SectionMap {
        section: section("floor", 3_000, Layout::standing(500)),
        counts: Counts { free: 498, held: 0, sold: 2, blocked: 0 },
        states: PackedStates::default(),
    };
    SeatMap { plan: None, sections: vec![stalls, floor].into() }
}

fn reservations() -> Vec<Sample<Reply>> {
    let seats = |status| Reservation {
        id: reservation_id(),
        code: "7K3M9QPA".parse().expect("a code"),
        event: event(),
        customer: customer(),
        status,
        places: Places::Seats(seat_labels(&["stalls:A12", "stalls:A13"])),
        total: 9_000,
        currency: Currency::EUR,
        created_at: time(0),
        expires_at: time(120_000),
        revision: 0,
        order: None,
        tickets: List::default(),
    };
    let at_once = Reservation { expires_at: time(0), ..seats(Status::Confirmed) };
    let standing = Reservation {
        places: Places::Standing { section: section_name("floor"), places: 2 },
        total: 6_000,
        expires_at: time(0),
        ..seats(Status::Confirmed)
    };
    let typed = Reservation {
        total: 6_500,
        tickets: vec![ticket_count("child", 1), ticket_count("adult", 1)].into(),
        ..seats(Status::Held)
    };
    let one = |version, reservation, effect| {
        reply(version, Body::Reservation { reservation: Box::new(reservation), effect })
    };
    let paid = Reservation { order: Some(order()), ..standing.clone() };
    let row = |version, reservation| ReservationRow { version, reservation };
    let ended = |status| Reservation { places: Places::none(), total: 0, ..seats(status) };
    let rows = vec![row(301, ended(Status::Released)), row(302, seats(Status::Cancelled))];
    let next = Some(Cursor { event: event(), version: None });
    vec![
        sample(
            "event-saved",
            "by this request",
            reply(1, Body::EventSaved { effect: Effect::Applied }),
        ),
        sample("reservation-held", "two seats", one(301, seats(Status::Held), Effect::Applied)),
        sample(
            "reservation-confirmed",
            "two seats, in one step",
            one(301, at_once, Effect::Applied),
        ),
        sample("reservation-standing", "it was so already", one(302, standing, Effect::Unchanged)),
        sample("reservation-types", "a child and an adult", one(304, typed, Effect::Applied)),
        sample(
            "reservation-expired",
            "it has no places",
            one(303, ended(Status::Expired), Effect::Unchanged),
        ),
        sample(
            "reservations",
            "a page, and there are more",
            reply(17, Body::Reservations { rows: rows.into(), next }),
        ),
        sample(
            "order-confirmed",
            "all that the order has in the event",
            reply(
                304,
                Body::OrderConfirmed { reservations: vec![paid].into(), effect: Effect::Applied },
            ),
        ),
    ]
}

fn pushes() -> Vec<Sample<Reply>> {
    let changed = PlacesChanged {
        seats: vec![
            SeatsNow {
                state: PlaceState::Held,
                seats: [Seat::new(0, 0, 11)].into_iter().collect(),
            },
            SeatsNow { state: PlaceState::Free, seats: [Seat::new(1, 2, 3)].into_iter().collect() },
        ]
        .into(),
        counts: vec![
            (0, Counts { free: 37, held: 2, sold: 1, blocked: 0 }),
            (1, Counts { free: 5, held: 0, sold: 0, blocked: 0 }),
        ]
        .into(),
    };
    let nothing = PlacesChanged::default();
    vec![
        sample("snapshot", "a watch begins", reply(300, Body::Snapshot(seat_map()))),
        sample(
            "places-changed",
            "stalls:A12 is held now, balcony:C4 is free",
            reply(301, Body::PlacesChanged(changed)),
        ),
        sample(
            "places-changed-nothing",
            "a change that nobody sees, such as an extension",
            reply(302, Body::PlacesChanged(nothing)),
        ),
        sample("gap", "changes were skipped", reply(400, Body::Gap)),
        sample("watch-ended", "the event was deleted", reply(401, Body::WatchEnded)),
        sample("unwatched", "nothing more comes", reply(0, Body::Unwatched)),
    ]
}

fn backups() -> Vec<Sample<Reply>> {
    let made = Body::BackedUp { position: 70_001, bytes: 5_000_000_000 };
    vec![sample("backed-up", "70001 changes in 5 GB", reply(0, made))]
}

fn plans() -> Vec<Sample<Reply>> {
    let (taken, saved) = (Body::PlanPartTaken { next: 61_440 }, Effect::Applied);
    let part = Body::PlanPart { size: 61_453, bytes: PlanPart::of(b"\"sections\":[]}", 0) };
    vec![
        sample("plan-part-taken", "the next part begins at 61440", reply(0, taken)),
        sample("plan-saved", "the plan is kept", reply(0, Body::PlanSaved { effect: saved })),
        sample("plan-part", "the last 13 of 61453 bytes", reply(0, part)),
    ]
}

fn scheduled(in_ms: u64) -> Refusal {
    let at = Some(Box::new(time(in_ms).into()));
    Refusal::SalesClosed { sales: SalesState::Scheduled, at, in_ms }
}

/// Every kind of refusal.
pub(crate) fn refusals() -> Vec<Sample<Refusal>> {
    [first_refusals(), ticket_refusals()].into_iter().flatten().collect()
}

fn ticket_refusals() -> Vec<Sample<Refusal>> {
    vec![
        sample(
            "not-for-sale",
            "no children stand",
            Refusal::NotForSale { category: "floor".into(), ticket_type: "child".into() },
        ),
        sample("price-changed", "65.00 EUR", Refusal::PriceChanged { total: 6_500 }),
    ]
}

fn first_refusals() -> Vec<Sample<Refusal>> {
    let seats = || seat_labels(&["stalls:A12", "balcony:C4"]);
    let unavailable = |why| Refusal::Unavailable { why };
    vec![
        sample(
            "invalid",
            "a field, and what would be right",
            Refusal::Invalid {
                field: "places".into(),
                why: "a reservation has 1 to 100 places, not 0".into(),
            },
        ),
        sample(
            "unsupported",
            "request 99",
            Refusal::Unsupported { what: "request 99".into(), versions: vec![1, 300].into() },
        ),
        sample("busy", "too many connections", Refusal::Busy { retry_after_ms: 1_000 }),
        sample("unavailable-full", "disk nearly full", unavailable(UnavailableWhy::StorageFull)),
        sample("unavailable-failed", "disk failed", unavailable(UnavailableWhy::StorageFailed)),
        sample("unavailable-ending", "shutting down", unavailable(UnavailableWhy::ShuttingDown)),
        sample("unavailable-many", "memory used up", unavailable(UnavailableWhy::TooMany)),
        sample("unavailable-backlog", "rows behind", unavailable(UnavailableWhy::Backlog)),
        sample("unavailable-store", "shared store away", unavailable(UnavailableWhy::SharedStore)),
        sample("event-not-found", "no such event", Refusal::EventNotFound),
        sample("event-exists", "another event has the slug", Refusal::EventExists),
        sample("reservation-not-found", "no such reservation", Refusal::ReservationNotFound),
        sample("not-yours", "another customer's", Refusal::NotYours),
        sample("id-conflict", "the id was used for another request", Refusal::IdConflict),
        sample("sales-closed", "no new reservations", Refusal::CLOSED),
        sample("sales-scheduled", "in three hours", scheduled(10_800_000)),
        sample("no-such-seat", "two of them", Refusal::NoSuchSeat { seats: seats() }),
        sample(
            "limit-exceeded",
            "8 a customer, 7 in use",
            Refusal::LimitExceeded { limit: 8, have: 7 },
        ),
        sample("hold-expired", "the deadline has passed", Refusal::HoldExpired),
        sample("already-confirmed", "it can only be cancelled", Refusal::AlreadyConfirmed),
        sample(
            "wrong-status",
            "it was released",
            Refusal::WrongStatus { status: Status::Released },
        ),
        sample("seats-taken", "two of them", Refusal::SeatsTaken { seats: seats() }),
        sample("sold-out", "three are free", Refusal::SoldOut { free: 3 }),
        sample("not-together", "at most two are adjacent", Refusal::NotTogether { largest: 2 }),
        sample("reservations-live", "251 would end", Refusal::ReservationsLive { live: 251 }),
        sample("version-conflict", "it is at 70001", Refusal::VersionConflict { current: 70_001 }),
        sample("outcome-unknown", "send it again", Refusal::OutcomeUnknown),
        sample(
            "not-allowed",
            "what it takes",
            Refusal::NotAllowed { why: "needs a token of an operator".into() },
        ),
        sample("no-backup-folder", "the server was not given one", Refusal::NoBackupFolder),
        sample("backup-exists", "the name is taken", Refusal::BackupExists),
        sample("backup-running", "one at a time", Refusal::BackupRunning),
        sample(
            "backup-failed",
            "what went wrong",
            Refusal::BackupFailed { why: "there is no space left for it".into() },
        ),
        sample("plan-not-found", "no such plan", Refusal::PlanNotFound),
        sample("revision-conflict", "it is at 2", Refusal::RevisionConflict { current: 2 }),
        sample("event-cancelled", "it does not take place", Refusal::EventCancelled),
        sample("order-conflict", "of this one", Refusal::OrderConflict { order: order() }),
    ]
}
