//! Watches: a client that falls behind, and one that comes back.

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::event::{EventUpdate, Layout};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::config::Config;
use boxoffice_testing::{
    PATIENCE, Raw, START, best, create, event, film, key, new_id, reserve, section, spec, until,
};
use std::time::Duration;

#[tokio::test]
async fn row_32_a_watcher_that_falls_behind_gets_a_gap_and_a_snapshot() {
    let unhurried = Config {
        output_bytes: 2_048,
        write_timeout: PATIENCE,
        views_max_age: Duration::ZERO,
        ..config()
    };
    let server = start(unhurried).await;
    let mut client = Raw::connect(server.address()).await;
    let floor = section("floor", 100, Layout::standing(10));
    let hall = section("hall", 100, Layout::grid(1, 100));
    client.ask(&create("film", spec(vec![floor, hall]))).await;
    let mut watcher = Raw::connect(server.address()).await;
    watcher.send(&Request::Watch { event: event("film"), from_version: None }).await;
    watcher.receive().await.expect("the snapshot");
    // Each change is half a kilobyte on the wire, and the kernel keeps four megabytes for a
    // client that does not read: after these, a thousand more are missing.
    let mut version = 0;
    for _ in 0..120 {
        for _ in 0..50 {
            let id = new_id(START);
            client.send(&reserve(id, "film", "ann", best(100))).await;
            client.send(&Request::Cancel { reservation: key(id, "film", "ann"), keep: None }).await;
        }
        for _ in 0..100 {
            version = client.receive().await.expect("an answer").reply.version;
        }
    }
    let mut known = 0;
    let mut gaps = 0;
    while known < version {
        let frame = watcher.receive().await.expect("the watch goes on");
        match frame.reply.body {
            Body::PlacesChanged(_) if known != 0 => assert_eq!(frame.reply.version, known + 1),
            Body::PlacesChanged(_) => {}
            Body::Gap => {
                gaps += 1;
                let next = watcher.receive().await.expect("the watch goes on");
                assert!(matches!(next.reply.body, Body::Snapshot(_)), "{next:?}");
                known = next.reply.version;
                continue;
            }
            other => panic!("{other:?}"),
        }
        known = frame.reply.version;
    }
    assert!(gaps >= 1);
    assert_eq!(server.metrics().watch_gaps.value(), gaps);
}

#[tokio::test]
async fn a_watch_goes_on_from_a_version_and_ends_with_its_event() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(1, 3))).await;
    let mut keeper = Raw::connect(server.address()).await;
    keeper.ask(&Request::Watch { event: event("film"), from_version: None }).await;
    let version = client.ask(&reserve(new_id(START), "film", "ann", best(1))).await.version;
    client.ask(&reserve(new_id(START), "film", "bob", best(1))).await;
    let mut late = Raw::connect(server.address()).await;
    let first =
        late.ask(&Request::Watch { event: event("film"), from_version: Some(version) }).await;
    assert_eq!(first.version, version + 1);
    assert!(matches!(first.body, Body::PlacesChanged(_)), "{first:?}");
    let update =
        Box::new(EventUpdate { block: vec!["A3".parse().expect("a seat")], ..Default::default() });
    client.ask(&Request::UpdateEvent { event: event("film"), if_version: None, update }).await;
    let changed = late.receive().await.expect("the watch goes on").reply;
    assert!(matches!(changed.body, Body::Snapshot(_)), "{changed:?}");
    let unwatched = keeper.send(&Request::Unwatch { event: event("film") }).await;
    while let Some(frame) = keeper.receive().await {
        if frame.correlation == unwatched {
            assert_eq!(frame.reply.body, Body::Unwatched);
            break;
        }
    }
    client.ask(&Request::DeleteEvent { event: event("film"), force: Force::Yes }).await;
    let ended = late.receive().await.expect("the watch's end").reply;
    assert_eq!(ended.body, Body::WatchEnded);
    until("no watch is left", || server.metrics().watches.value() == 0).await;
    assert!(
        matches!(keeper.ask(&Request::Ping).await.body, Body::Pong { .. }),
        "nothing else came"
    );
}
