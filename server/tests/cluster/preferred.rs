//! Each event prefers one of the servers, which sweeps it; others do when that one is gone.

use super::bench::{Bench, Engine};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_testing::{Raw, best, create, event, film, hold, test_name};
use std::time::Duration;

const EVENTS: usize = 16;

/// As long as a hold lasts.
const HELD: Duration = Duration::from_secs(120);

/// Events with a hold each that one client watches.
async fn watched_holds(bench: &Bench) -> Raw {
    let (mut maker, mut watcher) = (bench.client(0).await, bench.client(0).await);
    for number in 0..EVENTS {
        let slug = format!("event-{number}");
        maker.ask(&create(&slug, film(1, 1))).await;
        maker.ask(&hold(bench.id(), &slug, "ann", best(1))).await;
        watcher.send(&Request::Watch { event: event(&slug), from_version: None }).await;
        watcher.receive().await.expect("a snapshot");
    }
    watcher
}

async fn see_all_expire(mut watcher: Raw) {
    for _ in 0..EVENTS {
        let frame = watcher.receive().await.expect("a change");
        assert!(matches!(frame.reply.body, Body::PlacesChanged(_)), "{frame:?}");
        assert_eq!(frame.reply.version, 3);
    }
}

#[tokio::test]
async fn a_server_that_ends_leaves_its_events_to_the_others() {
    let Some(mut bench) = Bench::start(Engine::Memory, 2, test_name!()).await else { return };
    for server in 0..2 {
        bench.until_count(server, "servers", 2).await;
    }
    let watcher = watched_holds(&bench).await;
    bench.servers.pop().expect("it is there").stop().await;
    bench.until_count(0, "servers", 1).await;
    bench.advance(HELD);
    see_all_expire(watcher).await;
}

#[tokio::test]
async fn what_its_preferred_server_leaves_another_one_sweeps_a_little_later() {
    let Some(bench) = Bench::start(Engine::Memory, 2, test_name!()).await else { return };
    for server in 0..2 {
        bench.until_count(server, "servers", 2).await;
    }
    // The second server has loaded none of them.
    let watcher = watched_holds(&bench).await;
    bench.advance(HELD + Duration::from_secs(2));
    see_all_expire(watcher).await;
}
