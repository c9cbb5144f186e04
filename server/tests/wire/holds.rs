//! Holds: their limits, their end, and how long the server remembers them.

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{IfExpired, PageLimit, Request};
use boxoffice_protocol::reservation::{Places, Reservation, Status};
use boxoffice_server::config::{CatalogLimits, Config};
use boxoffice_testing::{
    Raw, START, best, concert, create, customer, event, film, hold, key, new_id, reserve, seat_map,
    seats, standing, until,
};
use std::num::NonZeroU32;
use std::time::Duration;

#[tokio::test]
async fn row_25_who_holds_everything_meets_limits() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let mut spec = film(10, 10);
    spec.max_per_customer = NonZeroU32::new(4);
    client.ask(&create("film", spec)).await;
    client.ask(&hold(new_id(START), "film", "greedy", best(3))).await;
    let refusal = client.refused(&hold(new_id(START), "film", "greedy", best(2))).await;
    assert_eq!(refusal, Refusal::LimitExceeded { limit: 4, have: 3 });
    client.ask(&hold(new_id(START), "film", "modest", best(4))).await;
}

#[tokio::test]
async fn row_25_a_hold_cannot_be_renewed_for_ever() {
    let config = config();
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    let id = new_id(clock.now());
    client.ask(&hold(id, "film", "greedy", best(1))).await;
    let mut extended = 0;
    let refusal = loop {
        clock.advance(Duration::from_secs(100));
        let until = clock.now().plus(Duration::from_secs(110));
        let reply =
            client.ask(&Request::Extend { reservation: key(id, "film", "greedy"), until }).await;
        match reply.body {
            Body::Reservation { .. } => extended += 1,
            Body::Refused(refusal) => break refusal,
            other => panic!("{other:?}"),
        }
        assert!(extended < 100, "for ever");
    };
    assert!(matches!(refusal, Refusal::LimitExceeded { limit: 7_200_000, .. }), "{refusal:?}");
    clock.advance(Duration::from_secs(200));
    let look = Request::GetReservation { reservation: key(id, "film", "greedy") };
    let Body::Reservation { reservation, .. } = client.ask(&look).await.body else {
        panic!("it is known")
    };
    assert_eq!(reservation.status, Status::Expired);
}

#[tokio::test]
async fn row_26_ended_reservations_are_bounded_and_forgotten_after_their_time_only() {
    let mut config = config();
    config.limits.reservations = 1_000;
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    let mut first = None;
    for _ in 0..1_000 {
        let id = new_id(clock.now());
        first.get_or_insert(id);
        client.ask(&hold(id, "film", "ann", best(1))).await;
        client.ask(&Request::Release { reservation: key(id, "film", "ann"), keep: None }).await;
    }
    let refusal = client.refused(&hold(new_id(clock.now()), "film", "ann", best(1))).await;
    assert_eq!(refusal.name(), "Unavailable");
    let first = first.expect("a thousand");
    clock.advance(Duration::from_secs(24 * 60 * 60));
    let look = Request::GetReservation { reservation: key(first, "film", "ann") };
    assert!(
        matches!(client.ask(&look).await.body, Body::Reservation { .. }),
        "remembered for its time"
    );
    // It is remembered for another minute, and until that one is over.
    clock.advance(Duration::from_secs(120));
    assert_eq!(client.refused(&look).await, Refusal::ReservationNotFound);
    let again = client.refused(&hold(first, "film", "ann", best(1))).await;
    assert!(
        matches!(&again, Refusal::Invalid { field, .. } if field == "id"),
        "a forgotten id can no longer be accepted: {again:?}"
    );
}

#[tokio::test]
async fn row_26_forgetting_makes_room() {
    let mut config = config();
    config.limits.reservations = 100;
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    for _ in 0..3 {
        for _ in 0..99 {
            let id = new_id(clock.now());
            let reply = client.ask(&hold(id, "film", "ann", best(1))).await;
            assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
            client.ask(&Request::Release { reservation: key(id, "film", "ann"), keep: None }).await;
        }
        clock.advance(Duration::from_secs(24 * 60 * 60 + 120));
    }
    assert!(server.catalog().holdings().remembered <= 100);
}

#[tokio::test]
async fn law_3_a_repeat_about_a_hold_that_ended_tells_status_customer_and_times() {
    let server = start(config()).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    let [released, expired] = [new_id(clock.now()), new_id(clock.now())];
    let mut held = Vec::new();
    for id in [released, expired] {
        held.push(reservation(client.ask(&hold(id, "film", "ann", best(2))).await));
    }
    let release = Request::Release { reservation: key(released, "film", "ann"), keep: None };
    let ended = reservation(client.ask(&release).await);
    assert_eq!((&ended.places, ended.total), (&Places::none(), 0), "from the first answer on");
    clock.advance(Duration::from_secs(1_800));
    for (before, status) in held.into_iter().zip([Status::Released, Status::Expired]) {
        let expected = Reservation { status, places: Places::none(), total: 0, ..before };
        let again = hold(expected.id, "film", "ann", best(2));
        assert_eq!(reservation(client.ask(&again).await), expected);
        let (event, customer) = (Some(event("film")), Some(customer("ann")));
        let list = Request::ListReservations {
            event,
            customer,
            code: None,
            order: None,
            after: None,
            limit: PageLimit::MAX,
        };
        let Body::Reservations { rows, .. } = client.ask(&list).await.body else { panic!("rows") };
        assert!(rows.iter().any(|row| row.reservation == expected), "{rows:?}");
        let conflict = client.refused(&hold(expected.id, "film", "ann", best(1))).await;
        assert_eq!(conflict, Refusal::IdConflict);
    }
}

fn reservation(reply: Reply) -> Reservation {
    match reply.body {
        Body::Reservation { reservation, .. } => *reservation,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_27_holds_that_expire_together_expire_in_chunks_while_others_go_on() {
    let holds = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    let config = config();
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("crowd", concert(2_000_000))).await;
    client.ask(&create("calm", concert(1_000))).await;
    let mut waiting = 0;
    for _ in 0..holds {
        client.send(&hold(new_id(clock.now()), "crowd", "ann", standing(1))).await;
        waiting += 1;
        if waiting == 100 {
            while waiting > 0 {
                client.receive().await.expect("an answer");
                waiting -= 1;
            }
        }
    }
    clock.advance(Duration::from_secs(120));
    for _ in 0..100 {
        let reply = client.ask(&reserve(new_id(clock.now()), "calm", "bob", standing(1))).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    }
    let reply = client.ask(&reserve(new_id(clock.now()), "crowd", "bob", standing(100))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    until("all are expired", || server.metrics().swept.value() == holds as u64).await;
    let Body::Seats(map) = client.ask(&seat_map("crowd")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.capacity(), 2_000_000);
    server.catalog().invariants();
}

#[tokio::test]
async fn law_4_a_due_hold_is_nobodys_whether_or_not_it_was_swept() {
    let config = config();
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(1, 1))).await;
    let id = new_id(clock.now());
    client.ask(&hold(id, "film", "ann", seats(&["A1"]))).await;
    let other = || reserve(new_id(clock.now()), "film", "bob", seats(&["A1"]));
    clock.advance(Duration::from_millis(119_999));
    assert!(matches!(client.refused(&other()).await, Refusal::SeatsTaken { .. }));
    clock.advance(Duration::from_millis(1));
    let reply = client.ask(&other()).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    let confirm = Request::Confirm {
        reservation: key(id, "film", "ann"),
        keep: None,
        expired: IfExpired::Refuse,
    };
    assert_eq!(client.refused(&confirm).await, Refusal::HoldExpired);
}

#[tokio::test]
async fn expiries_are_recorded_promptly_without_anybody_asking() {
    let config = config();
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(1, 1))).await;
    client.ask(&hold(new_id(clock.now()), "film", "ann", seats(&["A1"]))).await;
    clock.advance(Duration::from_secs(120));
    until("it is swept", || server.metrics().swept.value() == 1).await;
    let Body::Seats(map) = client.ask(&seat_map("film")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.free, 1);
}

#[tokio::test]
async fn room_comes_back_when_ended_reservations_are_forgotten() {
    let limits =
        CatalogLimits { events: 10, reservations: 3, seats: 1_000, ..Config::default().limits };
    let config = Config { limits, ..config() };
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(100))).await;
    for _ in 0..3 {
        let id = new_id(clock.now());
        client.ask(&hold(id, "concert", "ann", standing(1))).await;
        let release = Request::Release { reservation: key(id, "concert", "ann"), keep: None };
        let reply = client.ask(&release).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    }
    let another = || hold(new_id(clock.now()), "concert", "ann", standing(1));
    let refusal = client.refused(&another()).await;
    let too_many = matches!(refusal, Refusal::Unavailable { why: UnavailableWhy::TooMany, .. });
    assert!(too_many, "{refusal:?}");
    clock.advance(Duration::from_hours(48));
    let reply = client.ask(&another()).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
}
