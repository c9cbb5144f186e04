//! Rows for reports as a detector: what goes around the servers and sells a seat twice is found.

use super::bench::{Bench, ENGINES, Engine};
use super::reports::{ask, until_version, with_rows};
use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::frame::encode;
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_store::{Batch, BatchId, LogId, Outcome, Store};
use boxoffice_testing::http::Http;
use boxoffice_testing::{create, film, reserve, seats, test_name, until_some};
use bytes::{BufMut, BytesMut};
use std::sync::Arc;

/// A batch that no server has decided.
pub(super) const FOREIGN: BatchId = BatchId([0xAB; 16]);

/// Sells the seat A1 of the event `dune`, whichever reservation has it.
pub(super) async fn sell_again(bench: &Bench, store: &dyn Store, id: ReservationId) {
    let log = LogId::parse("event/dune").expect("a short name");
    let end = store.ends(vec![log.clone()]).await.expect("an answer").remove(0).expect("a log");
    let at = bench.servers[0].clock().now();
    let new = NewReservation {
        id,
        customer: "mallory".parse().expect("a name"),
        places: TakenPlaces::Seats([Seat::new(0, 0, 0)].into_iter().collect()),
        expires_at: at,
        fingerprint: 1,
        order: None,
    };
    let change = Change::Reserved(new);
    let recorded = Recorded { version: end.version + 1, at, principal: None, change };
    let (mut record, mut body) = (BytesMut::new(), BytesMut::new());
    encode(&recorded, &mut record);
    body.put_u32_le(record.len().try_into().expect("it is short"));
    body.extend_from_slice(&record);
    let batch = Batch::new(log, Some(end), FOREIGN, 1, at.as_ms(), &body);
    let outcome = store.append(vec![batch]).remove(0).await.expect("an answer");
    assert_eq!(outcome, Outcome::Appended);
}

/// The engine, to go around the servers.
pub(super) async fn around(bench: &Bench, engine: Engine) -> Arc<dyn Store> {
    match engine {
        Engine::Memory => bench.engine.clone().expect("it is in memory"),
        #[cfg(feature = "postgres")]
        Engine::Postgres => {
            use boxoffice_store::{Postgres, PostgresAddress, PostgresSettings};
            let host = bench.database.as_ref().expect("it has one").host();
            let address = PostgresAddress::parse(&super::bench::address(host)).expect("an address");
            let opened = Postgres::open(&address, &PostgresSettings::default()).await;
            Arc::new(opened.expect("it is up"))
        }
        #[cfg(feature = "redis")]
        Engine::Redis => {
            use boxoffice_store::{Redis, RedisAddress, RedisSettings};
            let address = RedisAddress::parse(&bench.redis_address()).expect("an address");
            let opened = Redis::open(&address, &RedisSettings::default()).await;
            Arc::new(opened.expect("it is up"))
        }
        #[cfg(feature = "mongodb")]
        Engine::Mongo => {
            use boxoffice_store::{Mongo, MongoAddress, MongoSettings};
            let address = MongoAddress::parse(bench.mongo_address()).expect("an address");
            let opened = Mongo::open(&address, &MongoSettings::default()).await;
            Arc::new(opened.expect("it is up"))
        }
    }
}

#[tokio::test]
async fn a_seat_that_was_sold_twice_stops_the_rows_and_readiness_and_is_named() {
    for &engine in ENGINES {
        let Some(mut bench) = Bench::start(engine, 1, test_name!()).await else { continue };
        let folder = tempfile::tempdir().expect("a folder");
        bench.another(&with_rows(folder.path())).await;
        let mut client = bench.client(0).await;
        client.ask(&create("dune", film(3, 4))).await;
        let (first, second) = (bench.id(), bench.id());
        let sold = client.ask(&reserve(first, "dune", "ann", seats(&["A1"]))).await;
        until_version(folder.path(), "dune", sold.version).await;
        let address = bench.servers[1].http_address();
        let mut probe = Http::connect(address).await;
        assert_eq!(probe.unready().await, None, "{engine:?}");
        sell_again(&bench, &*around(&bench, engine).await, second).await;
        let unready = until_some("it is not ready", async || probe.unready().await).await;
        assert!(unready.contains("SoldTwice"), "{engine:?}: {unready}");
        let why = stopped_by(&bench, 1).await;
        let (batch, found) = (format!("{FOREIGN:?} of versions 3 to 3"), "seat 0 in row 0");
        for named in [&first.to_string(), &second.to_string(), &batch, found, "event dune"] {
            assert!(why.contains(named), "{engine:?}: {why}");
        }
        // The rows say what was before, and not something that cannot be.
        let kept = "SELECT customer || ' ' || status FROM reservations";
        assert_eq!(ask(folder.path(), kept), ["ann confirmed"]);
        assert_eq!(bench.count(1, "rows_stopped").await, 1);
    }
}

/// Why the rows of a server stopped.
pub(super) async fn stopped_by(bench: &Bench, server: usize) -> String {
    let Body::Stats(stats) = bench.client(server).await.ask(&Request::Stats).await.body else {
        panic!("stats")
    };
    let stat = stats.iter().find(|stat| stat.name == "rows_stopped_by").expect("it writes rows");
    match &stat.value {
        StatValue::Text(why) => why.to_string(),
        StatValue::Count(_) => panic!("{stat:?}"),
    }
}
