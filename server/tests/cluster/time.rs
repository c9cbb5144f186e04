//! Time is the engine's: a server that is ahead of it changes nothing, and one that does not know it well
//! enough decides nothing and says so.

use super::bench::{Bench, Engine};
use crate::common::{ClockedStore, config, start_with};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Dependencies;
use boxoffice_server::clock::Clock;
use boxoffice_testing::http::Http;
use boxoffice_testing::{Raw, START, create, film, seat_map, test_name, until_some};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const NOT_NOW: Refusal = Refusal::Unavailable { why: UnavailableWhy::SharedStore };

#[tokio::test]
async fn a_server_that_is_more_than_a_second_ahead_of_the_engine_changes_nothing() {
    let Some(mut bench) = Bench::start(Engine::Memory, 1, test_name!()).await else { return };
    let engine = Arc::clone(bench.engine.as_ref().expect("it is in memory"));
    for (ahead_ms, is_taken) in [(1_500, false), (900, true)] {
        let clock = Clock::manual(START.plus(Duration::from_millis(ahead_ms)));
        let (clock, store) = (Some(clock), Some(Arc::clone(&engine) as _));
        let given = Dependencies { clock, store, ..Default::default() };
        bench.servers.push(start_with(given, config()).await);
        let server = bench.servers.len() - 1;
        let made = bench.client(server).await.ask(&create("dune", film(1, 1))).await.body;
        let seen = bench.client(0).await.ask(&seat_map("dune")).await.body;
        if is_taken {
            assert!(matches!(made, Body::EventSaved { .. }), "{made:?}");
            assert!(matches!(seen, Body::Seats(_)), "{seen:?}");
        } else {
            assert_eq!(made, Body::Refused(NOT_NOW));
            assert_eq!(seen, Body::Refused(Refusal::EventNotFound), "nothing was appended");
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_the_time_well_enough_decides_nothing_and_says_so() {
    let engine = Arc::new(ClockedStore::new(Clock::system(Timestamp::default())));
    engine.is_slow_to_tell_time.store(true, Ordering::Relaxed);
    let store = Some(Arc::clone(&engine) as _);
    let given = Dependencies { store, ..Default::default() };
    let server = start_with(given, config()).await;
    let mut operator = Http::connect(server.http_address()).await;
    let not_ready = operator.get("/readyz").await;
    let text = String::from_utf8_lossy(&not_ready.body).into_owned();
    assert!(not_ready.status == 503 && text.contains("TimeUncertain"), "{text}");
    let metrics = operator.get("/metrics").await;
    let metrics = String::from_utf8(metrics.body).expect("it is text");
    assert!(metrics.contains(r#"boxoffice_not_ready{why="TimeUncertain"} 1"#), "{metrics}");
    let error =
        metrics.lines().find_map(|line| line.strip_prefix("boxoffice_store_time_error_us "));
    let error: u64 = error.expect("a gauge").parse().expect("a number");
    assert!(error > 250_000, "{error}");
    let mut client = Raw::connect(server.address()).await;
    assert_eq!(client.refused(&create("dune", film(1, 1))).await, NOT_NOW);
    engine.is_slow_to_tell_time.store(false, Ordering::Relaxed);
    until_some("it knows the time", async || {
        (operator.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    let made = client.ask(&create("dune", film(1, 1))).await;
    assert!(matches!(made.body, Body::EventSaved { .. }), "{made:?}");
}
