//! Law 3 across a deletion: an event that is created again knows the ids of its predecessors.

use super::a_concert::sold;
use super::restarts::on_disk;
use crate::common::config;
use crate::kinds::{start, start_at};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::clock::Clock;
use boxoffice_testing::{Raw, START, concert, create, event, key, new_id, reserve, standing};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn again(id: ReservationId) -> Request {
    reserve(id, "concert", "ann", standing(3))
}

fn delete() -> Request {
    Request::DeleteEvent { event: event("concert"), force: Force::Yes }
}

async fn is_too_old(client: &mut Raw, id: ReservationId) -> bool {
    matches!(client.refused(&again(id)).await, Refusal::Invalid { field, .. } if field == "id")
}

async fn create_again(client: &mut Raw) {
    let deleted = client.ask(&delete()).await;
    assert!(matches!(deleted.body, Body::EventSaved { effect: Effect::Applied }), "{deleted:?}");
    let created = client.ask(&create("concert", concert(1_000))).await;
    assert!(matches!(created.body, Body::EventSaved { effect: Effect::Applied }), "{created:?}");
    assert_eq!(created.version, deleted.version + 1);
}

#[tokio::test]
async fn row_50_an_id_has_no_second_effect_after_its_event_was_created_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Clock::manual(START);
    let start_again = || start_at(clock.clone(), on_disk(&folder.path().join("data")));
    let before = |ms| new_id(Timestamp::from_ms(START.as_ms() - ms));
    let (old, oldest_kept, young) = (before(300_001), before(300_000), before(0));

    let server = start_again().await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(1_000))).await;
    for id in [old, oldest_kept, young] {
        assert!(matches!(client.ask(&again(id)).await.body, Body::Reservation { .. }));
    }
    create_again(&mut client).await;
    assert!(is_too_old(&mut client, old).await, "used before, or not");
    assert!(is_too_old(&mut client, before(300_001)).await, "used before, or not");
    for id in [oldest_kept, young] {
        assert_eq!(client.refused(&again(id)).await, Refusal::IdConflict);
        let look = Request::GetReservation { reservation: key(id, "concert", "ann") };
        assert_eq!(client.refused(&look).await, Refusal::ReservationNotFound);
    }
    assert_eq!(sold(&server).await, 0);
    // Another generation, within the time in which the first one's ids may be new.
    clock.advance(4 * MINUTE);
    let second = new_id(clock.now());
    client.ask(&again(second)).await;
    client.ask(&delete()).await;
    drop(client);
    assert!(server.stop().await.durable);

    let server = start_again().await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(1_000))).await;
    assert!(is_too_old(&mut client, oldest_kept).await);
    for id in [young, second] {
        assert_eq!(client.refused(&again(id)).await, Refusal::IdConflict);
    }
    drop(client);
    assert!(server.stop().await.durable);

    let server = start_again().await;
    let mut client = Raw::connect(server.address()).await;
    clock.advance(DAY - 4 * MINUTE);
    for id in [young, second] {
        assert_eq!(client.refused(&again(id)).await, Refusal::IdConflict);
    }
    clock.advance(5 * MINUTE);
    for id in [young, second] {
        assert!(is_too_old(&mut client, id).await);
    }
    assert_eq!(sold(&server).await, 0);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn row_50_the_ids_of_deleted_events_take_room_for_a_day_and_then_no_more() {
    let mut config = config();
    config.limits.reservations = 5;
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    for slug in ["concert", "opera"] {
        client.ask(&create(slug, concert(1_000))).await;
    }
    for _ in 0..5 {
        client.ask(&again(new_id(clock.now()))).await;
    }
    create_again(&mut client).await;
    client.ask(&delete()).await;
    let opera = |now| reserve(new_id(now), "opera", "ann", standing(1));
    assert_eq!(client.refused(&opera(clock.now())).await.name(), "Unavailable");
    clock.advance(DAY + MINUTE / 60);
    for _ in 0..5 {
        let sold = client.ask(&opera(clock.now())).await;
        assert!(matches!(sold.body, Body::Reservation { .. }), "{sold:?}");
    }
    assert_eq!(client.refused(&opera(clock.now())).await.name(), "Unavailable");
}
