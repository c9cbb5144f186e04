//! Every kind of request.

use super::tickets::{exchanges, one_of_each, typed_reservations};
use super::{
    Sample, customer, digest, event, key, labels, order, places, presentation, reservation_id,
    sample, seat_labels, section, section_name, spec, tickets, time,
};
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::event::{
    CustomerLimit, Edit, EventSpec, EventUpdate, Layout, LayoutUpdate, Publication, Sales,
    SalesTime, SectionUpdate,
};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::reply::Cursor;
use boxoffice_protocol::request::{Force, Freshness, Hello, IfExpired, PageLimit, Request};
use boxoffice_protocol::reservation::{Keep, Selection, Together};

/// Every kind of request, with every kind of selection and of what is kept.
pub(crate) fn requests() -> Vec<Sample<Request>> {
    [
        greetings(),
        reads(),
        operations(),
        new_reservations(),
        typed_reservations(),
        steps(),
        watches(),
        backups(),
        leaves(),
        plans(),
        transfers(),
        orders(),
        exchanges(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn greetings() -> Vec<Sample<Request>> {
    let hello = |token: Option<&str>, in_flight| {
        Request::Hello(Hello {
            magic: MAGIC,
            protocol_version: PROTOCOL_VERSION,
            token: token.map(|token| token.parse().expect("a token")),
            client: "golden/1".parse().expect("a name"),
            in_flight,
        })
    };
    vec![
        sample("hello", "the default number of requests in flight", hello(None, 0)),
        sample("hello-token", "with a token, 1000 in flight", hello(Some("s3cret"), 1_000)),
        sample("ping", "are you there?", Request::Ping),
        sample("stats", "how is the server doing?", Request::Stats),
    ]
}

fn reads() -> Vec<Sample<Request>> {
    let limit = PageLimit::new(20).expect("within the bounds");
    vec![
        sample(
            "list-events",
            "the first full page, a cached one will do",
            Request::ListEvents {
                after: None,
                limit: PageLimit::MAX,
                freshness: Freshness::Cached,
            },
        ),
        sample(
            "list-events-after",
            "20 events after dune-2, fresh",
            Request::ListEvents { after: Some(event()), limit, freshness: Freshness::Fresh },
        ),
        sample(
            "get-event",
            "one event",
            Request::GetEvent { event: event(), freshness: Freshness::Cached },
        ),
        sample(
            "seats",
            "the seat map as it is now",
            Request::Seats { event: event(), freshness: Freshness::Fresh },
        ),
        sample(
            "get-reservation",
            "what is it now?",
            Request::GetReservation { reservation: key() },
        ),
        sample(
            "list-reservations",
            "everybody's, of every event",
            Request::ListReservations {
                event: None,
                customer: None,
                code: None,
                order: None,
                after: None,
                limit,
            },
        ),
        sample(
            "list-reservations-after",
            "one customer's of one event, from a cursor on",
            Request::ListReservations {
                event: Some(event()),
                customer: Some(customer()),
                code: None,
                order: None,
                after: Some(Cursor { event: event(), version: Some(300) }),
                limit,
            },
        ),
        sample(
            "list-reservations-code",
            "the one with this booking code, of every event",
            Request::ListReservations {
                event: None,
                customer: None,
                code: Some("7K3M9QPA".parse().expect("a code")),
                order: None,
                after: None,
                limit,
            },
        ),
    ]
}

fn operations() -> Vec<Sample<Request>> {
    vec![
        sample(
            "create-event",
            "two seated sections and a standing one, 8 places a customer",
            Request::CreateEvent { event: event(), spec: Box::new(spec()) },
        ),
        sample(
            "create-event-plan",
            "the same in the hall of a plan",
            Request::CreateEvent {
                event: event(),
                spec: Box::new(EventSpec { plan: Some(digest()), ..spec() }),
            },
        ),
        sample(
            "create-event-types",
            "the same with tickets for adults and children, of which none stand",
            Request::CreateEvent {
                event: event(),
                spec: Box::new(EventSpec { tickets: tickets(), ..spec() }),
            },
        ),
        sample(
            "create-event-presented",
            "the same with a venue, a description of three lines, and a link",
            Request::CreateEvent {
                event: event(),
                spec: Box::new(EventSpec { presentation: presentation(), ..spec() }),
            },
        ),
        sample(
            "update-event",
            "everything that an update can say, if the event is still at version 70000",
            Request::UpdateEvent {
                event: event(),
                if_version: Some(70_000),
                update: Box::new(everything()),
            },
        ),
        sample(
            "update-event-limit",
            "only another limit a customer",
            Request::UpdateEvent {
                event: event(),
                if_version: None,
                update: Box::new(EventUpdate {
                    max_per_customer: Some(CustomerLimit::Places(
                        std::num::NonZeroU32::new(4).expect("not zero"),
                    )),
                    ..EventUpdate::default()
                }),
            },
        ),
        sample(
            "delete-event",
            "unless reservations live",
            Request::DeleteEvent { event: event(), force: Force::No },
        ),
        sample(
            "delete-event-force",
            "reservations end with it",
            Request::DeleteEvent { event: event(), force: Force::Yes },
        ),
    ]
}

fn everything() -> EventUpdate {
    let new = section("box", 9_900, Layout::grid(1, 4));
    EventUpdate {
        name: Some("Dune: Part Two (70 mm)".parse().expect("a name")),
        starts_at: Some(time(86_400_000).into()),
        sales: Some(Sales::Closed),
        max_per_customer: Some(CustomerLimit::Unlimited),
        sections: vec![
            SectionUpdate { name: section_name("stalls"), price: Some(5_000), layout: None },
            SectionUpdate {
                name: new.name,
                price: Some(new.price),
                layout: Some(new.layout.into()),
            },
            SectionUpdate {
                name: section_name("floor"),
                price: None,
                layout: Some(LayoutUpdate::Standing { capacity: None, blocked: Some(50) }),
            },
        ],
        block: seat_labels(&["stalls:A1", "stalls:A2"]),
        unblock: seat_labels(&["balcony:B2"]),
        sales_from: Some(SalesTime::Default),
        sales_until: Some(SalesTime::At(time(7_200_000).into())),
        publication: Some(Publication::Listed),
        prices: tickets().prices().to_vec(),
        venue: presentation().venue.map(Edit::Set),
        description: Some(Edit::Clear),
        link: presentation().link.map(Edit::Set),
    }
}

fn new_reservations() -> Vec<Sample<Request>> {
    let hold = |selection, ttl_ms| Request::Hold {
        id: reservation_id(),
        event: event(),
        customer: customer(),
        selection,
        ttl_ms,
        order: None,
    };
    let reserve = |selection| Request::Reserve {
        id: reservation_id(),
        event: event(),
        customer: customer(),
        selection,
        order: None,
    };
    let best = |count, section: Option<&str>, together| Selection::Best {
        places: places(count),
        section: section.map(section_name),
        together,
    };
    let standing = |section: Option<&str>| Selection::Standing {
        places: places(2),
        section: section.map(section_name),
    };
    vec![
        sample(
            "hold-seats",
            "two seats, for the server's default time",
            hold(Selection::Seats(labels(&["stalls:A12", "stalls:A13"])), None),
        ),
        sample(
            "hold-best",
            "the best four adjacent seats of the stalls, for 90 s",
            hold(best(4, Some("stalls"), Together::Required), Some(90_000)),
        ),
        sample(
            "reserve-seats",
            "two seats, confirmed in one step",
            reserve(Selection::Seats(labels(&["stalls:A12", "stalls:A13"]))),
        ),
        sample(
            "reserve-best",
            "the best 100 seats of any section, adjacent if possible",
            reserve(best(100, None, Together::IfPossible)),
        ),
        sample("reserve-standing", "two places on the floor", reserve(standing(Some("floor")))),
        sample(
            "reserve-standing-anywhere",
            "two places of the only standing section",
            reserve(standing(None)),
        ),
    ]
}

fn steps() -> Vec<Sample<Request>> {
    let seats = Some(Keep::Seats(labels(&["stalls:A12"])));
    let standing = Some(Keep::Standing(places(1)));
    vec![
        sample(
            "confirm",
            "all of it",
            Request::Confirm { reservation: key(), keep: None, expired: IfExpired::Refuse },
        ),
        sample(
            "confirm-late",
            "also if it has expired, and its places are free",
            Request::Confirm { reservation: key(), keep: None, expired: IfExpired::Reinstate },
        ),
        sample(
            "confirm-keep",
            "only A12, the other seat is let go",
            Request::Confirm { reservation: key(), keep: seats, expired: IfExpired::Refuse },
        ),
        sample("release", "all of it", Request::Release { reservation: key(), keep: None }),
        sample(
            "release-keep",
            "all but one standing place",
            Request::Release { reservation: key(), keep: standing },
        ),
        sample(
            "extend",
            "hold it at least until then",
            Request::Extend { reservation: key(), until: time(300_000) },
        ),
        sample(
            "cancel-keep-types",
            "all but one standing place of each type",
            Request::Cancel { reservation: key(), keep: Some(Keep::Types(one_of_each())) },
        ),
        sample("cancel", "all of it", Request::Cancel { reservation: key(), keep: None }),
    ]
}

fn watches() -> Vec<Sample<Request>> {
    vec![
        sample(
            "watch",
            "from a snapshot on",
            Request::Watch { event: event(), from_version: None },
        ),
        sample(
            "watch-from",
            "from version 4294967296 on, if the server still can",
            Request::Watch { event: event(), from_version: Some(4_294_967_296) },
        ),
        sample("unwatch", "end the watch", Request::Unwatch { event: event() }),
    ]
}

fn leaves() -> Vec<Sample<Request>> {
    vec![sample(
        "leave",
        "let it end soon, if this is its deadline",
        Request::Leave { reservation: key(), if_expires_at: time(120_000) },
    )]
}

fn transfers() -> Vec<Sample<Request>> {
    let to = "mário".parse().expect("a name");
    vec![sample(
        "transfer",
        "give it to Mário, if this is its revision",
        Request::Transfer { reservation: key(), if_revision: 0, to },
    )]
}

fn orders() -> Vec<Sample<Request>> {
    let selection = Selection::Standing { places: places(2), section: None };
    let (event, order) = (event(), order());
    vec![
        sample(
            "reserve-order",
            "two standing places of an order",
            Request::Reserve {
                id: reservation_id(),
                event: event.clone(),
                customer: customer(),
                selection,
                order: Some(order.clone()),
            },
        ),
        sample(
            "set-order",
            "it belongs to this order",
            Request::SetOrder { reservation: key(), order: order.clone() },
        ),
        sample("confirm-order", "all that it has", Request::ConfirmOrder { event, order }),
    ]
}

fn backups() -> Vec<Sample<Request>> {
    let name = "2026-12-24.evening".parse().expect("a name");
    vec![sample("backup", "of everything, under this name", Request::Backup { name })]
}

fn plans() -> Vec<Sample<Request>> {
    vec![
        sample(
            "put-plan",
            "a part behind the first 61440 bytes",
            Request::PutPlan {
                digest: digest(),
                offset: 61_440,
                bytes: PlanPart::of(b"\"sections\":[]}", 0),
            },
        ),
        sample("get-plan", "its first part", Request::GetPlan { digest: digest(), offset: 0 }),
    ]
}
