//! Events that are unloaded, because others need the memory: nothing that a client sees tells of it.

use super::bench::{Bench, ENGINES};
use crate::common::{admit, config};
use boxoffice_protocol::event::{EventSpec, Publication};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_protocol::reservation::Status;
use boxoffice_server::auth::Role;
use boxoffice_server::config::{CatalogLimits, ClusterOptions, Config};
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, best, concert, create, event, film, hold, key, reserve, seat_map, standing, test_name,
};
use std::time::Duration;

const EVENTS: usize = 8;

/// There is room for no event, so each is unloaded as soon as nothing uses it.
fn without_room() -> Config {
    let cluster = ClusterOptions { event_memory: 0, ..config().cluster };
    Config { cluster, ..config() }
}

fn slug(number: usize) -> String {
    format!("event-{number}")
}

async fn until_unloaded(bench: &Bench) {
    for server in 0..bench.servers.len() {
        bench.until_count(server, "events_loaded", 0).await;
        bench.until_count(server, "event_memory_bytes", 0).await;
    }
}

#[tokio::test]
async fn an_event_that_was_unloaded_is_there_as_before() {
    for engine in ENGINES {
        let Some(bench) = Bench::with(*engine, 2, test_name!(), &without_room()).await else {
            continue;
        };
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        let mut sold = Vec::new();
        for number in 0..EVENTS {
            a.ask(&create(&slug(number), film(2, 5))).await;
            let id = bench.id();
            b.ask(&reserve(id, &slug(number), "ann", best(2))).await;
            sold.push(id);
        }
        until_unloaded(&bench).await;
        for client in [&mut a, &mut b] {
            let freshness = Freshness::Fresh;
            let list = Request::ListEvents { after: None, limit: PageLimit::MAX, freshness };
            let Body::Events { rows, .. } = client.ask(&list).await.body else { panic!("a list") };
            assert_eq!(rows.len(), EVENTS, "{engine:?}");
            assert!(rows.iter().all(|row| row.version == 2 && row.counts.free == 8), "{rows:?}");
        }
        until_unloaded(&bench).await;
        for (number, id) in sold.iter().enumerate() {
            let reservation = key(*id, &slug(number), "ann");
            let found = a.ask(&Request::GetReservation { reservation }).await;
            assert!(matches!(found.body, Body::Reservation { .. }), "{found:?}");
            let again = b.ask(&reserve(*id, &slug(number), "ann", best(2))).await;
            assert_eq!(again.version, 2, "{engine:?}: an id has one effect");
            assert_eq!(a.ask(&seat_map(&slug(number))).await.version, 2);
        }
        until_unloaded(&bench).await;
    }
}

#[tokio::test]
async fn pages_of_a_public_list_pass_over_no_event_that_is_not_loaded() {
    let mut config = without_room();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let reader = admit(&mut config, "board", Role::Reader, None);
    for engine in ENGINES {
        let Some(mut bench) = Bench::with(*engine, 2, test_name!(), &config).await else {
            continue;
        };
        bench.token = Some(admin.clone());
        let mut maker = bench.client(0).await;
        for number in 0..EVENTS {
            let publication =
                if number % 3 == 0 { Publication::Listed } else { Publication::Unlisted };
            maker.ask(&create(&slug(number), EventSpec { publication, ..film(1, 5) })).await;
        }
        for limit in 1..=4 {
            until_unloaded(&bench).await;
            let mut reader = enter(bench.servers[1].address(), &reader).await;
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let limit = PageLimit::new(limit).expect("a limit");
                let list = Request::ListEvents { after, limit, freshness: Freshness::Fresh };
                let Body::Events { rows, next } = reader.ask(&list).await.body else {
                    panic!("a list")
                };
                listed.extend(rows.iter().map(|row| row.id.to_string()));
                after = next;
                let is_shown = |next: &EventId| listed.contains(&next.to_string());
                assert!(after.as_ref().is_none_or(is_shown), "{after:?} is in no list");
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(listed, [slug(0), slug(3), slug(6)], "{engine:?}, pages of {limit}");
        }
    }
}

#[tokio::test]
async fn what_is_watched_stays() {
    for engine in ENGINES {
        let Some(bench) = Bench::with(*engine, 1, test_name!(), &without_room()).await else {
            continue;
        };
        let (mut maker, mut watcher) = (bench.client(0).await, bench.client(0).await);
        for number in 0..EVENTS {
            maker.ask(&create(&slug(number), film(1, 5))).await;
        }
        let watched = event(&slug(3));
        watcher.send(&Request::Watch { event: watched.clone(), from_version: None }).await;
        watcher.receive().await.expect("a snapshot");
        bench.until_count(0, "events_loaded", 1).await;
        maker.ask(&reserve(bench.id(), &slug(3), "ann", best(1))).await;
        let frame = watcher.receive().await.expect("a change");
        assert!(matches!(frame.reply.body, Body::PlacesChanged(_)), "{engine:?}: {frame:?}");
        watcher.ask(&Request::Unwatch { event: watched }).await;
        until_unloaded(&bench).await;
    }
}

#[tokio::test]
async fn a_hold_is_due_although_its_event_was_unloaded() {
    let engine = super::bench::Engine::Memory;
    let Some(bench) = Bench::with(engine, 1, test_name!(), &without_room()).await else { return };
    let mut client = bench.client(0).await;
    client.ask(&create("dune", film(1, 1))).await;
    let id = bench.id();
    client.ask(&hold(id, "dune", "ann", best(1))).await;
    until_unloaded(&bench).await;
    bench.advance(Duration::from_secs(121));
    let taken = client.ask(&reserve(bench.id(), "dune", "bob", best(1))).await;
    assert!(matches!(taken.body, Body::Reservation { .. }), "{taken:?}");
    let found = client.ask(&Request::GetReservation { reservation: key(id, "dune", "ann") }).await;
    let Body::Reservation { reservation, .. } = found.body else { panic!("{found:?}") };
    assert_eq!(reservation.status, Status::Expired);
}

#[tokio::test]
async fn the_number_of_events_is_bounded_whether_they_are_loaded_or_not() {
    for engine in ENGINES {
        let limits = CatalogLimits { events: EVENTS, ..config().limits };
        let config = Config { limits, ..without_room() };
        let Some(bench) = Bench::with(*engine, 2, test_name!(), &config).await else { continue };
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        for number in 0..EVENTS {
            let created = a.ask(&create(&slug(number), concert(10))).await;
            assert!(matches!(created.body, Body::EventSaved { .. }), "{engine:?}: {created:?}");
        }
        until_unloaded(&bench).await;
        for client in [&mut a, &mut b] {
            fresh_list(client).await;
            let refused = client.refused(&create("one-more", concert(10))).await;
            let too_many = Refusal::Unavailable { why: UnavailableWhy::TooMany };
            assert_eq!(refused, too_many, "{engine:?}");
        }
        let sold = a.ask(&reserve(bench.id(), &slug(0), "ann", standing(1))).await;
        assert!(matches!(sold.body, Body::Reservation { .. }), "{sold:?}");
    }
}

/// Has the server know all events.
async fn fresh_list(client: &mut Raw) {
    let freshness = Freshness::Fresh;
    client.ask(&Request::ListEvents { after: None, limit: PageLimit::MAX, freshness }).await;
}
