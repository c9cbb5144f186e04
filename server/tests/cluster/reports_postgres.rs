//! Rows for reports in PostgreSQL: one of the servers writes them, and another goes on where it ended.

use super::bench::{Bench, Engine, address};
use super::reports_detector::{FOREIGN, around, sell_again, stopped_by};
use crate::common::config;
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::config::{ClusterOptions, Config, ReportsOptions};
use boxoffice_store::{PostgresAddress, PostgresSession};
use boxoffice_testing::http::Http;
use boxoffice_testing::{
    concert, create, event, film, hold, key, reserve, seat_map, seats, standing, test_name,
    until_some,
};

fn with_tables(snapshot_after: u64) -> Config {
    let reports = Some(ReportsOptions { folder: None });
    let cluster = ClusterOptions { reports, snapshot_after, ..config().cluster };
    Config { cluster, ..config() }
}

/// A session that asks for reports.
async fn session(bench: &Bench) -> PostgresSession {
    let host = bench.database.as_ref().expect("it has one").host();
    let address = PostgresAddress::parse(&address(host)).expect("an address");
    PostgresSession::open(&address).await.expect("it is up")
}

async fn ask(session: &PostgresSession, sql: &'static str) -> Vec<String> {
    session.ask(sql, Vec::new()).await.expect("an answer")
}

async fn until_version(session: &PostgresSession, slug: &str, version: u64) {
    let sql = "SELECT version::text FROM boxoffice.followed WHERE slug = $1::text";
    let reached = async || {
        let found = session.ask(sql, vec![slug.to_owned()]).await.expect("an answer");
        (found == [version.to_string()]).then_some(())
    };
    until_some(&format!("rows of {slug} at version {version}"), reached).await;
}

const SOLD: &str = "SELECT e.slug || ' ' || customer || ' ' || status || ' ' ||
    coalesce(seats::text, places::text)
    FROM boxoffice.reservations r JOIN boxoffice.events e ON e.number = r.event ORDER BY r.number";
const TAKEN: &str = "SELECT slug || ' ' || count(*) FROM boxoffice.live_seats GROUP BY slug";
const BLOCKED: &str = "SELECT count(*)::text FROM boxoffice.blocked_seats";
const EVENTS: &str =
    "SELECT slug || ' ' || (deleted_at IS NULL) FROM boxoffice.events ORDER BY number";

#[tokio::test]
async fn one_of_the_servers_writes_the_tables_and_another_goes_on_where_it_ended() {
    let config = with_tables(10_000);
    let Some(mut bench) = Bench::with(Engine::Postgres, 2, test_name!(), &config).await else {
        return;
    };
    let session = session(&bench).await;
    let mut b = bench.client(1).await;
    b.ask(&create("dune", film(3, 4))).await;
    b.ask(&reserve(bench.id(), "dune", "ann", seats(&["A1", "A2"]))).await;
    let held = bench.id();
    let last = b.ask(&hold(held, "dune", "ben", seats(&["B4"]))).await;
    until_version(&session, "dune", last.version).await;
    b.ask(&Request::Release { reservation: key(held, "dune", "ben"), keep: None }).await;
    let update =
        EventUpdate { block: vec!["C1".parse().expect("a label")], ..EventUpdate::default() };
    let update = Box::new(update);
    b.ask(&Request::UpdateEvent { event: event("dune"), if_version: None, update }).await;
    b.ask(&create("gig", concert(9))).await;
    b.ask(&reserve(bench.id(), "gig", "dan", standing(2))).await;
    let last = b.ask(&reserve(bench.id(), "dune", "cid", seats(&["B4"]))).await;
    until_version(&session, "dune", last.version).await;
    // The server that writes them stops in the middle of it: the other one goes on.
    b.ask(&Request::DeleteEvent { event: event("gig"), force: Force::Yes }).await;
    bench.servers.remove(0).stop().await;
    b.ask(&create("gig", concert(7))).await;
    let last = b.ask(&reserve(bench.id(), "gig", "eve", standing(3))).await;
    until_version(&session, "gig", last.version).await;
    let sold = [
        "dune ann confirmed [0, 1]",
        "dune ben released 4099",
        "gig dan confirmed 2",
        "dune cid confirmed 4099",
        "gig eve confirmed 3",
    ];
    let mut found = ask(&session, SOLD).await;
    found.sort();
    let mut expected = sold.map(str::to_owned);
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(ask(&session, TAKEN).await, ["dune 3"]);
    assert_eq!(ask(&session, BLOCKED).await, ["1"]);
    assert_eq!(ask(&session, EVENTS).await, ["dune true", "gig false", "gig true"]);
    bench.until_count(0, "rows_behind", 0).await;
}

#[tokio::test]
async fn tables_that_lack_what_was_trimmed_begin_anew_from_the_snapshot() {
    let config = with_tables(20);
    let Some(mut bench) = Bench::with(Engine::Postgres, 1, test_name!(), &config).await else {
        return;
    };
    let session = session(&bench).await;
    let mut client = bench.client(0).await;
    client.ask(&create("gig", film(9, 9))).await;
    let held = bench.id();
    let last = client.ask(&hold(held, "gig", "ben", seats(&["B1", "B2"]))).await;
    until_version(&session, "gig", last.version).await;
    drop(client);
    bench.servers.remove(0).stop().await;
    let without = ClusterOptions { reports: None, ..config.cluster.clone() };
    bench.another(&Config { cluster: without, ..config.clone() }).await;
    let mut client = bench.client(0).await;
    client.ask(&Request::Release { reservation: key(held, "gig", "ben"), keep: None }).await;
    client.ask(&reserve(bench.id(), "gig", "cid", seats(&["B1"]))).await;
    let extended = bench.id();
    client.ask(&hold(extended, "gig", "dan", seats(&["C1"]))).await;
    let mut second = 0;
    for snapshots in 1..=2 {
        let taken = async || {
            second += 1;
            let until = bench.servers[0].clock().now();
            let until = until.plus(std::time::Duration::from_secs(200 + second));
            let reservation = key(extended, "gig", "dan");
            client.ask(&Request::Extend { reservation, until }).await;
            (bench.count(0, "store_snapshots").await >= snapshots).then_some(())
        };
        until_some("a snapshot", taken).await;
    }
    bench.another(&config).await;
    until_version(&session, "gig", client.ask(&seat_map("gig")).await.version).await;
    bench.until_count(1, "rows_begun_anew", 1).await;
    let last = client.ask(&reserve(bench.id(), "gig", "eve", seats(&["B2"]))).await;
    assert!(matches!(last.body, Body::Reservation { .. }), "{last:?}");
    until_version(&session, "gig", last.version).await;
    let sold = ask(&session, SOLD).await;
    let expected = [
        "gig ben released []",
        "gig cid confirmed 4096",
        "gig dan held 8192",
        "gig eve confirmed 4097",
    ];
    assert_eq!(sold, expected);
    assert_eq!(ask(&session, TAKEN).await, ["gig 3"]);
}

#[tokio::test]
async fn a_seat_that_was_sold_twice_is_found_by_the_tables() {
    let config = with_tables(10_000);
    let Some(mut bench) = Bench::start(Engine::Postgres, 1, test_name!()).await else { return };
    bench.another(&config).await;
    let session = session(&bench).await;
    let mut client = bench.client(0).await;
    client.ask(&create("dune", film(3, 4))).await;
    let (first, second) = (bench.id(), bench.id());
    let sold = client.ask(&reserve(first, "dune", "ann", seats(&["A1"]))).await;
    until_version(&session, "dune", sold.version).await;
    sell_again(&bench, &*around(&bench, Engine::Postgres).await, second).await;
    let mut probe = Http::connect(bench.servers[1].http_address()).await;
    let unready = until_some("it is not ready", async || probe.unready().await).await;
    assert!(unready.contains("SoldTwice"), "{unready}");
    let why = stopped_by(&bench, 1).await;
    let batch = format!("{FOREIGN:?} of versions 3 to 3");
    for named in [first.to_string(), second.to_string(), batch, "event dune".to_owned()] {
        assert!(why.contains(&named), "{why}");
    }
    assert_eq!(ask(&session, SOLD).await, ["dune ann confirmed 0"]);
    // So does any other server that is asked for rows.
    bench.another(&config).await;
    let mut probe = Http::connect(bench.servers[2].http_address()).await;
    until_some("it finds it, too", async || probe.unready().await).await;
}
