//! How watches end: by `Unwatch`, by the event's last change, with the connection, with the server.

use crate::common::config;
use crate::kinds::{by_hand, recorded, start};
use boxoffice_protocol::event::{EventUpdate, SectionUpdate};
use boxoffice_protocol::frame::ReplyFrame;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::{
    Raw, START, concert, create, event, hello, new_id, reserve, standing, until, until_some,
};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

fn watch() -> Request {
    Request::Watch { event: event("concert"), from_version: None }
}

fn delete() -> Request {
    Request::DeleteEvent { event: event("concert"), force: Force::Yes }
}

/// A server with one event.
async fn with_concert(config: Config) -> Server {
    let server = start(config).await;
    server.catalog().create(event("concert").borrowed(), &concert(100), None);
    server
}

/// A connection that watches the event and has its snapshot.
async fn watcher(server: &Server) -> Raw {
    let mut client = Raw::connect(server.address()).await;
    let snapshot = client.ask(&watch()).await;
    assert!(matches!(snapshot.body, Body::Snapshot(_)), "{snapshot:?}");
    client
}

/// Sends these requests and the end of the connection in one go; returns every reply.
async fn burst(client: &mut Raw, requests: &[Request]) -> Vec<ReplyFrame> {
    let mut bytes = bytes::BytesMut::new();
    for request in requests {
        bytes.unsplit(client.encode(request).1);
    }
    client.send_bytes(&bytes).await;
    client.stream.shutdown().await.expect("it is open");
    client.closed().await
}

/// The deletion's push is due when the watch ends, and its slug is no event's any more.
#[tokio::test]
async fn nothing_comes_after_unwatched() {
    let server = with_concert(config()).await;
    let mut client = watcher(&server).await;
    let mut bytes = client.encode(&delete()).1;
    let (unwatch, frame) = client.encode(&Request::Unwatch { event: event("concert") });
    bytes.unsplit(frame);
    client.send_bytes(&bytes).await;
    until_answered(&mut client, unwatch).await;
    assert_eq!(server.metrics().watches.value(), 0);
    assert!(burst(&mut client, &[]).await.is_empty());
}

async fn until_answered(client: &mut Raw, correlation: u32) {
    while client.receive().await.expect("an answer").correlation != correlation {}
}

#[tokio::test]
async fn unwatched_means_that_the_watch_is_gone() {
    let server = with_concert(config()).await;
    let mut client = watcher(&server).await;
    let reply = client.ask(&Request::Unwatch { event: event("concert") }).await;
    assert!(matches!(reply.body, Body::Unwatched), "{reply:?}");
    assert_eq!(server.metrics().watches.value(), 0);
    let wish = reserve(new_id(START), "concert", "ann", standing(1));
    Raw::connect(server.address()).await.ask(&wish).await;
    assert!(burst(&mut client, &[]).await.is_empty());
}

/// However the turns of the session fall, the snapshot is due, though the client has shut its half.
#[tokio::test]
async fn a_watch_and_the_end_of_the_connection_together_get_the_snapshot() {
    let server = with_concert(config()).await;
    for pings in [0, 124, 125, 126, 127, 128] {
        let mut requests = vec![hello()];
        requests.resize(1 + pings, Request::Ping);
        requests.push(watch());
        requests.resize(requests.len() + 5, Request::Ping);
        let mut client = Raw::silent(server.address()).await;
        let said = burst(&mut client, &requests).await;
        let snapshots = said.iter().filter(|it| matches!(it.reply.body, Body::Snapshot(_)));
        assert_eq!((said.len(), snapshots.count()), (requests.len(), 1), "behind {pings} pings");
    }
}

/// Else a hot event and a slow disk would keep the connection for ever.
#[tokio::test]
async fn a_half_closed_watcher_gets_what_had_happened_and_no_more() {
    let (server, ledger) = by_hand(config()).await;
    let mut buyer = Raw::connect(server.address()).await;
    buyer.send(&create("concert", concert(100))).await;
    recorded(&ledger, 1).await;
    ledger.settle(ledger.recorded());
    let mut client = watcher(&server).await;
    let wish = || reserve(new_id(START), "concert", "ann", standing(1));
    buyer.send(&wish()).await;
    recorded(&ledger, 2).await;
    client.stream.shutdown().await.expect("it is open");
    until("its watch has ended", || server.metrics().watches.value() == 0).await;
    buyer.send(&wish()).await;
    recorded(&ledger, 3).await;
    ledger.settle(ledger.recorded());
    let versions: Vec<_> = client.closed().await.iter().map(|it| it.reply.version).collect();
    assert_eq!(versions, [2]);
}

#[tokio::test]
async fn a_watcher_is_not_idle_until_some_time_after_its_watch_ended() {
    until_some("a machine that is quicker than the deadline", watcher_that_is_not_idle).await;
}

/// None if this machine took longer than the deadline where the client has to keep it.
async fn watcher_that_is_not_idle() -> Option<()> {
    let idle_timeout = Duration::from_millis(500);
    let server = with_concert(Config { idle_timeout, ..config() }).await;
    let mut client = Raw::connect(server.address()).await;
    client.try_ask(&watch()).await?;
    // A connection that begins now is closed as idle only when the watcher could have been, too.
    assert!(Raw::connect(server.address()).await.closed().await.is_empty());
    let begun = Instant::now();
    Raw::connect(server.address()).await.try_ask(&delete()).await?;
    let ended = client.receive().await.expect("the event's last change");
    assert!(matches!(ended.reply.body, Body::WatchEnded), "{ended:?}");
    let reply = client.try_ask(&Request::Ping).await;
    if reply.is_none() && begun.elapsed() >= idle_timeout {
        return None;
    }
    let pong = reply.expect("it was idle for less than the deadline");
    assert!(matches!(pong.body, Body::Pong { .. }), "{pong:?}");
    Some(())
}

#[tokio::test]
async fn a_stop_ends_watches_that_have_nothing_to_say() {
    let server = with_concert(config()).await;
    let mut client = watcher(&server).await;
    let (stopped, said) = tokio::join!(server.stop(), client.closed());
    assert_eq!(stopped.connections_cut, 0);
    assert!(said.is_empty(), "{said:?}");
}

#[tokio::test]
async fn a_watch_from_a_version_that_never_was_begins_with_a_snapshot() {
    let server = with_concert(config()).await;
    let mut client = Raw::connect(server.address()).await;
    for version in [0, 2, u64::MAX - 1, u64::MAX] {
        let from_version = Some(version);
        let reply = client.ask(&Request::Watch { event: event("concert"), from_version }).await;
        assert!(matches!(reply.body, Body::Snapshot(_)), "from {version}: {reply:?}");
        client.ask(&Request::Unwatch { event: event("concert") }).await;
    }
}

/// The first push behind `known` is the next version's, or a snapshot that covers it; the deletion
/// leaves no hole either.
#[tokio::test]
async fn row_52_changes_before_a_deletion_are_seen_by_every_watcher() {
    let server = with_concert(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let mut bytes = bytes::BytesMut::new();
    let mut section =
        SectionUpdate { name: "floor".parse().expect("a name"), price: None, layout: None };
    section.price = Some(9_900);
    let update = Box::new(EventUpdate { sections: vec![section], ..EventUpdate::default() });
    let requests = [
        watch(),
        reserve(new_id(START), "concert", "ann", standing(1)),
        Request::UpdateEvent { event: event("concert"), if_version: None, update },
        reserve(new_id(START), "concert", "ann", standing(2)),
        reserve(new_id(START), "concert", "bob", standing(3)),
        delete(),
    ];
    let correlations = requests.each_ref().map(|request| {
        let (correlation, frame) = client.encode(request);
        bytes.unsplit(frame);
        correlation
    });
    client.send_bytes(&bytes).await;
    let (mut known, mut places) = (1, 0);
    loop {
        let frame = client.receive().await.expect("the watch goes on");
        if frame.correlation != correlations[0] {
            continue;
        }
        match frame.reply.body {
            Body::Snapshot(map) => {
                assert!(frame.reply.version >= known);
                let counts = map.sections.as_slice()[0].counts;
                places = counts.held + counts.sold;
            }
            Body::PlacesChanged(changed) => {
                assert_eq!(frame.reply.version, known + 1, "no change is left out");
                let counts = changed.counts.as_slice().last();
                places = counts.map_or(places, |(_, counts)| counts.held + counts.sold);
            }
            Body::WatchEnded => {
                assert_eq!((frame.reply.version, known), (6, 5), "all but the deletion are seen");
                break;
            }
            other => panic!("{other:?}"),
        }
        known = frame.reply.version;
    }
    assert_eq!(places, 6, "what is seen at last");
}
