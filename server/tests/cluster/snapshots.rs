//! Snapshots: the event's preferred server takes them, the log is trimmed behind them, and a server that slept meanwhile, or
//! begins, knows everything all the same.

use super::bench::{Bench, ENGINES};
use crate::common::config;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_server::config::{ClusterOptions, Config};
use boxoffice_store::{LogId, Read, Store};
use boxoffice_testing::{
    Raw, concert, create, hold, key, reserve, seat_map, standing, test_name, until_some,
};
use std::time::Duration;

/// Changes from which on a snapshot is due.
const AFTER: u64 = 20;

fn with_snapshots() -> Config {
    let cluster = ClusterOptions { snapshot_after: AFTER, ..config().cluster };
    Config { cluster, ..config() }
}

/// Changes an event so often that a snapshot is due at every server.
async fn change(bench: &Bench, client: &mut Raw, id: ReservationId, from: u64) {
    for second in from..from + 3 * AFTER {
        extend(bench, client, id, second).await;
    }
}

async fn snapshots(bench: &Bench) -> u64 {
    let mut taken = 0;
    for server in 0..bench.servers.len() {
        taken += bench.count(server, "store_snapshots").await;
    }
    taken
}

/// Extends a hold by a second.
async fn extend(bench: &Bench, client: &mut Raw, id: ReservationId, second: u64) {
    let until = bench.servers[0].clock().now().plus(Duration::from_secs(200 + second));
    let extend = Request::Extend { reservation: key(id, "gig", "ann"), until };
    let extended = client.ask(&extend).await;
    assert!(matches!(extended.body, Body::Reservation { .. }), "{extended:?}");
}

async fn knows(client: &mut Raw, id: ReservationId, version: u64) {
    let found = client.ask(&Request::GetReservation { reservation: key(id, "gig", "ann") }).await;
    assert!(matches!(found.body, Body::Reservation { .. }), "{found:?}");
    assert_eq!(found.version, version);
}

#[tokio::test]
async fn a_server_that_slept_or_begins_knows_what_was_trimmed() {
    for engine in ENGINES {
        let config = with_snapshots();
        let Some(mut bench) = Bench::with(*engine, 2, test_name!(), &config).await else {
            continue;
        };
        for server in 0..2 {
            bench.until_count(server, "servers", 2).await;
        }
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        a.ask(&create("gig", concert(1_000))).await;
        let (id, sold) = (bench.id(), bench.id());
        a.ask(&hold(id, "gig", "ann", standing(1))).await;
        // From here on it sleeps.
        b.ask(&reserve(sold, "gig", "ann", standing(1))).await;
        change(&bench, &mut a, id, 0).await;
        let first = until_some("a snapshot", async || match snapshots(&bench).await {
            0 => None,
            taken => Some(taken),
        })
        .await;
        // The next one trims what the one before it has.
        change(&bench, &mut a, id, 3 * AFTER).await;
        let taken = async || (snapshots(&bench).await > first).then_some(());
        until_some("another snapshot", taken).await;
        if let Some(engine) = &bench.engine {
            let log = LogId::parse("event/gig").expect("a short name");
            let read = async || (engine.read(&log, 0, 9).await == Ok(Read::Trimmed)).then_some(());
            until_some("the log is trimmed", read).await;
        }
        let version = a.ask(&seat_map("gig")).await.version;
        knows(&mut b, id, version).await;
        knows(&mut b, sold, version).await;
        for server in 0..2 {
            let diverged = bench.count(server, "store_diverged").await;
            assert_eq!(diverged, 0, "{engine:?}: to sleep is no fault");
        }
        bench.another(&config).await;
        let mut c = bench.client(2).await;
        knows(&mut c, id, version).await;
        knows(&mut c, sold, version).await;
        let again = c.ask(&reserve(sold, "gig", "ann", standing(1))).await;
        assert!(matches!(again.body, Body::Reservation { .. }), "{again:?}");
        assert_eq!(again.version, version, "{engine:?}: an id has one effect");
    }
}

#[tokio::test]
async fn of_servers_that_know_an_event_the_preferred_one_takes_its_snapshots() {
    for engine in ENGINES {
        let config = with_snapshots();
        let Some(bench) = Bench::with(*engine, 2, test_name!(), &config).await else { continue };
        for server in 0..2 {
            bench.until_count(server, "servers", 2).await;
        }
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        a.ask(&create("gig", concert(1_000))).await;
        let id = bench.id();
        a.ask(&hold(id, "gig", "ann", standing(1))).await;
        for second in 0..AFTER {
            extend(&bench, &mut a, id, second).await;
            b.ask(&Request::GetReservation { reservation: key(id, "gig", "ann") }).await;
        }
        until_some("a snapshot", async || (snapshots(&bench).await > 0).then_some(())).await;
        assert_eq!(snapshots(&bench).await, 1, "{engine:?}: another one is not due");
    }
}
