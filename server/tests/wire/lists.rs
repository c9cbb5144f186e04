//! Lists, page by page.

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::id::{BookingCode, ReservationId};
use boxoffice_protocol::reply::{Body, Cursor};
use boxoffice_protocol::request::{PageLimit, Request};
use boxoffice_server::config::Config;
use boxoffice_testing::{
    Raw, START, best, concert, create, customer, event, film, new_id, reserve, standing,
};

#[tokio::test]
async fn reservations_are_listed_page_by_page() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    client.ask(&create("concert", concert(100))).await;
    for number in 0..30 {
        let who = if number % 3 == 0 { "ann" } else { "bob" };
        client.ask(&reserve(new_id(START), "film", who, best(2))).await;
        client.ask(&reserve(new_id(START), "concert", who, standing(1))).await;
    }
    for (of, who, expected) in [
        (Some("film"), None, 30),
        (Some("film"), Some("ann"), 10),
        (None, Some("bob"), 40),
        (None, None, 60),
    ] {
        let mut ids = std::collections::HashSet::new();
        let mut after = None;
        loop {
            let limit = PageLimit::new(7).expect("a limit");
            let list = Request::ListReservations {
                event: of.map(event),
                customer: who.map(customer),
                code: None,
                order: None,
                after: after.take(),
                limit,
            };
            let Body::Reservations { rows, next } = client.ask(&list).await.body else {
                panic!("rows")
            };
            assert!(rows.len() <= 7);
            for row in rows {
                assert!(ids.insert(row.reservation.id), "listed twice");
                assert!(who.is_none_or(|who| row.reservation.customer == customer(who)));
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(ids.len(), expected, "{of:?} {who:?}");
    }
}

/// The ids of the reservations with a code that a client is shown.
async fn with_code(client: &mut Raw, code: BookingCode, who: Option<&str>) -> Vec<ReservationId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let list = Request::ListReservations {
            event: None,
            customer: who.map(customer),
            code: Some(code),
            order: None,
            after,
            limit: PageLimit::MAX,
        };
        let Body::Reservations { rows, next } = client.ask(&list).await.body else {
            panic!("rows")
        };
        ids.extend(rows.iter().map(|row| row.reservation.id));
        match next {
            Some(next) => after = Some(next),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn a_code_finds_a_reservation_among_all_events() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    for number in 0..300 {
        client.ask(&create(&format!("concert-{number}"), concert(20))).await;
    }
    let mut made = Vec::new();
    for number in 0..600 {
        let (of, id) = (format!("concert-{}", number % 300), new_id(START));
        let reply = client.ask(&reserve(id, &of, "ann", standing(1))).await;
        let Body::Reservation { reservation, .. } = reply.body else { panic!("{reply:?}") };
        made.push((id, reservation.code));
    }
    for &(id, code) in made.iter().step_by(97) {
        assert_eq!(with_code(&mut client, code, None).await, [id]);
        assert_eq!(with_code(&mut client, code, Some("ann")).await, [id]);
        assert_eq!(with_code(&mut client, code, Some("bob")).await, []);
    }
}

#[tokio::test]
async fn any_cursor_is_answered() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(1_000_000_000))).await;
    client.ask(&create("film", film(2, 2))).await;
    client.ask(&reserve(new_id(START), "concert", "ann", standing(1))).await;
    let events = ["concert", "film", "nowhere"];
    for of in events.map(Some).into_iter().chain([None]) {
        for who in [None, Some("ann"), Some("bob")] {
            for from in events {
                for version in [None, Some(0), Some(u64::MAX - 1), Some(u64::MAX)] {
                    let page = Request::ListReservations {
                        event: of.map(event),
                        customer: who.map(customer),
                        code: None,
                        order: None,
                        after: Some(Cursor { event: event(from), version }),
                        limit: PageLimit::new(1).expect("a limit"),
                    };
                    client.ask(&page).await;
                }
            }
        }
    }
    server.catalog().invariants();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_of_an_event_is_newer_than_the_reply() {
    let server = start(Config { threads: 2, ..config() }).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(1_000_000))).await;
    for _ in 0..1_000 {
        client.ask(&reserve(new_id(START), "concert", "ann", standing(1))).await;
    }
    let selling = tokio::spawn({
        let address = server.address();
        async move {
            let mut client = Raw::connect(address).await;
            for _ in 0..3_000 {
                client.ask(&reserve(new_id(START), "concert", "bob", standing(1))).await;
            }
        }
    });
    while !selling.is_finished() {
        let reply = client
            .ask(&Request::ListReservations {
                event: Some(event("concert")),
                customer: None,
                code: None,
                order: None,
                after: None,
                limit: PageLimit::MAX,
            })
            .await;
        let Body::Reservations { rows, .. } = reply.body else { panic!("no list") };
        assert!(rows.iter().all(|row| row.version <= reply.version), "at {}", reply.version);
    }
    selling.await.expect("all are sold");
}
