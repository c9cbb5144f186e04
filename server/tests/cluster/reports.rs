//! Rows for reports: they come to what servers decided, whatever was trimmed, and whichever server was away, meanwhile.

use super::bench::{Bench, ENGINES};
use crate::common::config;
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::config::{ClusterOptions, Config, ReportsOptions};
use boxoffice_server::ledger::rows::{Audited, RowsReader};
use boxoffice_testing::{
    Raw, concert, create, event, film, hold, key, reserve, seat_map, seats, standing, test_name,
    until_some,
};
use rusqlite::Connection;
use std::path::Path;
use std::time::Duration;

/// Settings of a server that writes rows for reports into this folder.
pub(super) fn with_rows(folder: &Path) -> Config {
    let reports = Some(ReportsOptions { folder: Some(folder.to_owned()) });
    Config { cluster: ClusterOptions { reports, ..config().cluster }, ..config() }
}

/// What a query of one column says, row by row.
pub(super) fn ask(folder: &Path, sql: &str) -> Vec<String> {
    let rows = Connection::open(folder.join("reports.db")).expect("it is there");
    let mut statement = rows.prepare(sql).expect("a query");
    let found = statement.query_map([], |row| row.get(0)).expect("an answer");
    found.collect::<Result<_, _>>().expect("texts")
}

/// Waits until the rows of an event have come to this version.
pub(super) async fn until_version(folder: &Path, slug: &str, version: u64) {
    let sql = format!("SELECT format('%d', version) FROM followed WHERE slug = '{slug}'");
    let reached = async || (ask(folder, &sql) == [version.to_string()]).then_some(());
    until_some(&format!("rows of {slug} at version {version}"), reached).await;
}

/// Sees that every row is as it was written, and that nothing contradicts itself.
fn verify(folder: &Path) {
    let reader = RowsReader::open(&folder.join("reports.db")).expect("it is there");
    let audit = reader.audit(|audited| {
        if let Audited::Wrong(wrong) = audited {
            panic!("{wrong}");
        }
    });
    audit.expect("it can be read");
}

/// What each reservation of an event is, in the order in which they were made.
fn reservations(folder: &Path, slug: &str) -> Vec<String> {
    let sql = format!(
        "SELECT customer || ' ' || status || ' ' || coalesce(seats, places) \
         FROM reservations_readable WHERE event = '{slug}' ORDER BY created_at, number"
    );
    ask(folder, &sql)
}

async fn version(client: &mut Raw, slug: &str) -> u64 {
    client.ask(&seat_map(slug)).await.version
}

async fn release(client: &mut Raw, id: ReservationId, slug: &str, customer: &str) {
    let released =
        client.ask(&Request::Release { reservation: key(id, slug, customer), keep: None }).await;
    assert!(matches!(released.body, Body::Reservation { .. }), "{released:?}");
}

#[tokio::test]
async fn rows_come_to_what_any_server_decides() {
    for engine in ENGINES {
        let Some(mut bench) = Bench::start(*engine, 2, test_name!()).await else { continue };
        let (mut a, mut b) = (bench.client(0).await, bench.client(1).await);
        a.ask(&create("dune", film(3, 4))).await;
        a.ask(&reserve(bench.id(), "dune", "ann", seats(&["A1", "A2"]))).await;
        let folder = tempfile::tempdir().expect("a folder");
        bench.another(&with_rows(folder.path())).await;
        let held = bench.id();
        b.ask(&hold(held, "dune", "ben", seats(&["B4"]))).await;
        release(&mut a, held, "dune", "ben").await;
        b.ask(&reserve(bench.id(), "dune", "cid", seats(&["B4"]))).await;
        let update =
            EventUpdate { block: vec!["C1".parse().expect("a label")], ..EventUpdate::default() };
        let (of, update) = (event("dune"), Box::new(update));
        a.ask(&Request::UpdateEvent { event: of, if_version: None, update }).await;
        // An event that is created again is another one.
        b.ask(&create("gig", concert(9))).await;
        b.ask(&reserve(bench.id(), "gig", "dan", standing(2))).await;
        b.ask(&Request::DeleteEvent { event: event("gig"), force: Force::Yes }).await;
        b.ask(&create("gig", concert(7))).await;
        b.ask(&reserve(bench.id(), "gig", "eve", standing(3))).await;
        for slug in ["dune", "gig"] {
            until_version(folder.path(), slug, version(&mut a, slug).await).await;
        }
        let sold = reservations(folder.path(), "dune");
        assert_eq!(sold, ["ann confirmed A1 A2", "ben released B4", "cid confirmed B4"]);
        assert_eq!(reservations(folder.path(), "gig"), ["dan confirmed 2", "eve confirmed 3"]);
        let counts = "SELECT event || ': ' || free || ' ' || held || ' ' || sold || ' ' || blocked \
            FROM counts ORDER BY event";
        assert_eq!(ask(folder.path(), counts), ["dune: 8 0 3 1", "gig: 4 0 3 0"]);
        let taken = "SELECT slug || ' ' || count(*) FROM live_seats GROUP BY slug";
        assert_eq!(ask(folder.path(), taken), ["dune 3"], "{engine:?}");
        bench.until_count(2, "rows_behind", 0).await;
        assert_eq!(bench.count(2, "rows_begun_anew").await, 0);
        verify(folder.path());
    }
}

/// Changes from which on a snapshot is due.
const AFTER: u64 = 20;

#[tokio::test]
async fn rows_that_lack_what_was_trimmed_begin_anew_from_the_snapshot() {
    for engine in ENGINES {
        let often = ClusterOptions { snapshot_after: AFTER, ..config().cluster };
        let config = Config { cluster: often, ..config() };
        let Some(mut bench) = Bench::with(*engine, 1, test_name!(), &config).await else {
            continue;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let mut client = bench.client(0).await;
        client.ask(&create("gig", film(9, 9))).await;
        client.ask(&reserve(bench.id(), "gig", "ann", seats(&["A1"]))).await;
        let held = bench.id();
        client.ask(&hold(held, "gig", "ben", seats(&["B1", "B2"]))).await;
        bench.another(&with_rows(folder.path())).await;
        until_version(folder.path(), "gig", version(&mut client, "gig").await).await;
        // From here on no server follows.
        bench.servers.pop().expect("it follows").stop().await;
        bench.until_count(0, "servers", 1).await;
        release(&mut client, held, "gig", "ben").await;
        client.ask(&reserve(bench.id(), "gig", "cid", seats(&["B1"]))).await;
        let extended = bench.id();
        client.ask(&hold(extended, "gig", "dan", seats(&["C1"]))).await;
        let mut second = 0;
        for snapshots in 1..=2 {
            let taken = async || {
                second += 1;
                let until = bench.servers[0].clock().now().plus(Duration::from_secs(200 + second));
                let reservation = key(extended, "gig", "dan");
                client.ask(&Request::Extend { reservation, until }).await;
                (bench.count(0, "store_snapshots").await >= snapshots).then_some(())
            };
            until_some("a snapshot", taken).await;
        }
        bench.another(&with_rows(folder.path())).await;
        until_version(folder.path(), "gig", version(&mut client, "gig").await).await;
        bench.until_count(1, "rows_begun_anew", 1).await;
        let sold = reservations(folder.path(), "gig");
        // A snapshot has no places of what ended without effect.
        let expected = ["ann confirmed A1", "ben released 0", "cid confirmed B1", "dan held C1"];
        assert_eq!(sold, expected, "{engine:?}");
        verify(folder.path());
        // It goes on from there.
        client.ask(&reserve(bench.id(), "gig", "eve", seats(&["B2"]))).await;
        until_version(folder.path(), "gig", version(&mut client, "gig").await).await;
        assert_eq!(reservations(folder.path(), "gig").len(), 5);
        let taken = "SELECT slug || ' ' || count(*) FROM live_seats GROUP BY slug";
        assert_eq!(ask(folder.path(), taken), ["gig 4"]);
        verify(folder.path());
    }
}

#[tokio::test]
async fn one_server_writes_a_file_of_rows() {
    use super::bench::Engine;
    use boxoffice_server::{Dependencies, Server};
    let folder = tempfile::tempdir().expect("a folder");
    let config = with_rows(folder.path());
    let Some(bench) = Bench::with(Engine::Memory, 1, test_name!(), &config).await else { return };
    let store: std::sync::Arc<dyn boxoffice_store::Store> =
        bench.engine.clone().expect("it is in memory");
    let given = Dependencies { store: Some(store), ..Dependencies::default() };
    let refused = Server::start_with(config, given).await.expect_err("the first one writes it");
    assert!(refused.to_string().contains("used by another process"), "{refused}");
}
