//! The life of an event and of its reservations, each step at another server.

use super::bench::{Bench, ENGINES};
use boxoffice_protocol::id::BookingCode;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Freshness, IfExpired, PageLimit, Request};
use boxoffice_protocol::reservation::Status;
use boxoffice_testing::{
    Raw, best, create, event, film, hold, key, reserve, seat_map, seats, test_name,
};
use std::time::Duration;

fn status(reply: &Reply) -> (Status, Effect) {
    match &reply.body {
        Body::Reservation { reservation, effect } => (reservation.status, *effect),
        other => panic!("{other:?}"),
    }
}

fn code(reply: &Reply) -> BookingCode {
    match &reply.body {
        Body::Reservation { reservation, .. } => reservation.code,
        other => panic!("{other:?}"),
    }
}

async fn listed(client: &mut Raw) -> Vec<String> {
    let freshness = Freshness::Fresh;
    let list = Request::ListEvents { after: None, limit: PageLimit::MAX, freshness };
    match client.ask(&list).await.body {
        Body::Events { rows, .. } => rows.iter().map(|row| row.id.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_server_decides_for_all() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 3, test_name!()).await else { continue };
        let (mut a, mut b, mut c) =
            (bench.client(0).await, bench.client(1).await, bench.client(2).await);
        let created = a.ask(&create("dune", film(2, 5))).await;
        assert_eq!(created.body, Body::EventSaved { effect: Effect::Applied }, "{engine:?}");
        assert_eq!(listed(&mut b).await, ["dune"]);
        let again = b.ask(&create("dune", film(2, 5))).await;
        assert_eq!(again.body, Body::EventSaved { effect: Effect::Unchanged });
        assert_eq!(c.refused(&create("dune", film(3, 5))).await, Refusal::EventExists);
        let (id, other) = (bench.id(), bench.id());
        let request = hold(id, "dune", "ann", seats(&["A1", "A2"]));
        assert_eq!(status(&b.ask(&request).await), (Status::Held, Effect::Applied));
        let again = c.ask(&request).await;
        assert_eq!(status(&again), (Status::Held, Effect::Unchanged));
        assert_eq!(code(&again), code(&b.ask(&request).await), "servers have the same codes");
        let taken = c.refused(&reserve(other, "dune", "bob", seats(&["A2", "A3"]))).await;
        assert!(matches!(taken, Refusal::SeatsTaken { .. }), "{taken:?}");
        let reused = a.refused(&reserve(id, "dune", "ann", seats(&["B1"]))).await;
        assert_eq!(reused, Refusal::IdConflict);
        let confirm = Request::Confirm {
            reservation: key(id, "dune", "ann"),
            keep: None,
            expired: IfExpired::Refuse,
        };
        let confirmed = c.ask(&confirm).await;
        assert_eq!(status(&confirmed), (Status::Confirmed, Effect::Applied));
        let seen = a.ask(&seat_map("dune")).await;
        assert_eq!(seen.version, confirmed.version);
        let delete = Request::DeleteEvent { event: event("dune"), force: Default::default() };
        let refused = a.refused(&delete).await;
        assert_eq!(refused, Refusal::ReservationsLive { live: 1 });
        let cancel = Request::Cancel { reservation: key(id, "dune", "ann"), keep: None };
        assert_eq!(status(&a.ask(&cancel).await).0, Status::Cancelled);
        let deleted = b.ask(&delete).await;
        assert_eq!(deleted.body, Body::EventSaved { effect: Effect::Applied });
        assert_eq!(c.refused(&seat_map("dune")).await, Refusal::EventNotFound);
        assert_eq!(a.refused(&confirm).await, Refusal::EventNotFound);
        assert!(listed(&mut a).await.is_empty());
        let created = c.ask(&create("dune", film(2, 5))).await;
        assert_eq!(created.version, deleted.version + 1);
        // Law 3: the predecessor's ids are used.
        assert_eq!(a.refused(&request).await, Refusal::IdConflict);
        let fresh = reserve(bench.id(), "dune", "ann", seats(&["A1"]));
        assert_eq!(status(&b.ask(&fresh).await), (Status::Confirmed, Effect::Applied));
    }
}

#[tokio::test]
async fn requests_of_one_connection_are_answered_in_order_for_one_event() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 2, test_name!()).await else { continue };
        let mut client = bench.client(0).await;
        client.ask(&create("dune", film(2, 5))).await;
        let mut asked = Vec::new();
        for row in ["A", "B"] {
            for seat in 1..=5 {
                let wanted = seats(&[&format!("{row}{seat}")]);
                asked.push(client.send(&reserve(bench.id(), "dune", "ann", wanted)).await);
                asked.push(client.send(&seat_map("dune")).await);
            }
        }
        let mut last = 0;
        for correlation in asked {
            let frame = client.receive().await.expect("an answer");
            assert_eq!(frame.correlation, correlation, "{engine:?}");
            assert!(frame.reply.version >= last, "a read sees what was answered before it");
            last = frame.reply.version;
        }
        assert_eq!(last, 11);
    }
}

#[tokio::test]
async fn a_slug_that_no_event_has_leaves_nothing_behind() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 1, test_name!()).await else { continue };
        let mut client = bench.client(0).await;
        for number in 0..100 {
            let missing = client.refused(&seat_map(&format!("missing-{number}"))).await;
            assert_eq!(missing, Refusal::EventNotFound);
        }
        bench.until_count(0, "events_loaded", 0).await;
    }
}

#[tokio::test]
async fn a_hold_expires_wherever_it_was_made() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 2, test_name!()).await else { continue };
        if bench.engine.is_none() {
            continue;
        }
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        a.ask(&create("dune", film(1, 1))).await;
        let id = bench.id();
        a.ask(&hold(id, "dune", "ann", best(1))).await;
        let sold_out = b.refused(&reserve(bench.id(), "dune", "bob", best(1))).await;
        assert_eq!(sold_out, Refusal::SoldOut { free: 0 });
        bench.advance(Duration::from_secs(121));
        let taken = b.ask(&reserve(bench.id(), "dune", "bob", best(1))).await;
        assert_eq!(status(&taken).0, Status::Confirmed);
        let confirm = Request::Confirm {
            reservation: key(id, "dune", "ann"),
            keep: None,
            expired: IfExpired::Refuse,
        };
        assert_eq!(a.refused(&confirm).await, Refusal::HoldExpired);
    }
}
