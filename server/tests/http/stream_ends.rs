//! Streams that are one too many, that are not read, or that end.

use super::film_stream::{delete, listen, with_film};
use crate::common::config;
use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_protocol::request::Request;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::sse::Stream;
use boxoffice_testing::{
    PATIENCE, START, concert, create, event, film, new_id, reserve, seats, until,
};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn there_are_only_so_many_and_who_goes_makes_room_at_once() {
    let mut config = config();
    (config.streams.all, config.streams.of_one_event) = (3, 2);
    let (server, mut desk) = with_film(config).await;
    desk.ask(&create("other", concert(3))).await;
    let address = server.http_address().expect("HTTP is on");
    let (one, _) = listen(&server).await;
    let (_two, _) = listen(&server).await;
    let mut third = Stream::open(address, "film", None).await;
    assert_eq!(third.status, 503);
    assert!(third.head.contains("\r\nretry-after: 10\r\n"), "{}", third.head);
    assert_eq!(third.problem().await["type"], "/problems/too-many-streams");
    let _other = Stream::open(address, "other", None).await;
    assert_eq!(Stream::open(address, "other", None).await.status, 503);
    assert_eq!(
        (server.metrics().streams.value(), server.metrics().streams_refused.value()),
        (3, 2)
    );
    drop(one);
    until("one has gone", || server.metrics().streams.value() == 2).await;
    listen(&server).await;
}

#[tokio::test]
async fn what_is_silent_says_that_it_is_there() {
    let mut config = config();
    config.streams.keep_alive = Duration::from_millis(50);
    let (server, mut desk) = with_film(config).await;
    let (mut stream, _) = listen(&server).await;
    for _ in 0..2 {
        assert_eq!(stream.next().await.expect("a comment").comment, "keep-alive");
    }
    desk.ask(&delete()).await;
    while let Some(sent) = stream.next().await {
        assert!(sent.comment == "keep-alive" || sent.event == "ended", "{sent:?}");
    }
}

#[tokio::test]
async fn a_stop_ends_streams_that_have_nothing_to_say() {
    let (server, desk) = with_film(config()).await;
    drop(desk);
    let (mut stream, _) = listen(&server).await;
    let (stopped, last) = tokio::join!(server.stop(), stream.next());
    assert_eq!((stopped.connections_cut, last), (0, None));
}

#[tokio::test]
async fn who_says_anything_more_ends_its_stream() {
    let (server, mut desk) = with_film(config()).await;
    let (mut gone, _) = listen(&server).await;
    let (mut asking, _) = listen(&server).await;
    let streams = || server.metrics().streams.value();
    assert_eq!(streams(), 2);
    gone.tcp.shutdown().await.expect("it is open");
    assert_eq!(gone.next().await, None);
    until("its place is free", || streams() == 1).await;
    // Its next request is answered, by a view no older than the stream.
    desk.ask(&reserve(new_id(START), "film", "ann", seats(&["A1"]))).await;
    assert_eq!(asking.heard().await, ("change".to_owned(), 2));
    let next = b"GET /v1/events/film HTTP/1.1\r\nhost: localhost\r\n\r\n";
    asking.tcp.write_all(next).await.expect("it is open");
    assert_eq!(asking.next().await, None);
    asking.read_head().await;
    assert_eq!((asking.status, asking.problem().await["version"].as_u64()), (200, Some(2)));
    until("its place is free", || streams() == 0).await;
}

/// A client that reads nothing costs the bytes in its socket, and its place for a while.
#[tokio::test]
async fn who_does_not_read_is_closed_and_nobody_waits_for_it() {
    let write_timeout = Duration::from_millis(300);
    let (server, mut desk) = with_film(Config { write_timeout, ..config() }).await;
    desk.ask(&create("hall", film(100, 1_000))).await;
    let address = server.http_address().expect("HTTP is on");
    let mut stalled = Stream::open_narrow(address, "hall").await;
    let mut well = Stream::open(address, "hall", None).await;
    assert_eq!(well.heard().await, ("snapshot".to_owned(), 1));
    // Each is a new snapshot of 100 kB, until its socket is full.
    for version in 2.. {
        let sales = if version % 2 == 0 { Sales::Closed } else { Sales::Open };
        let update = Box::new(EventUpdate { sales: Some(sales), ..EventUpdate::default() });
        desk.ask(&Request::UpdateEvent { event: event("hall"), if_version: None, update }).await;
        assert_eq!(well.heard().await, ("snapshot".to_owned(), version));
        if server.metrics().http.closed_for(Closed::WriteTimeout) > 0 {
            break;
        }
    }
    until("its place is free", || server.metrics().streams.value() == 1).await;
    while let Ok(sent) = stalled.try_next().await {
        assert_eq!(sent.expect("it is cut off").event, "snapshot");
    }
}

/// A slow client gets the present state when it has room, and not every change in between.
#[tokio::test]
async fn who_reads_again_is_up_to_date_at_once() {
    // However slowly a busy machine brings the other client all the snapshots.
    let write_timeout = PATIENCE;
    let (server, mut desk) = with_film(Config { write_timeout, ..config() }).await;
    desk.ask(&create("hall", film(100, 1_000))).await;
    let address = server.http_address().expect("HTTP is on");
    let mut slow = Stream::open_narrow(address, "hall").await;
    let mut well = Stream::open(address, "hall", None).await;
    well.event().await;
    let last = 81;
    for version in 2..=last {
        let sales = if version % 2 == 0 { Sales::Closed } else { Sales::Open };
        let update = Box::new(EventUpdate { sales: Some(sales), ..EventUpdate::default() });
        desk.ask(&Request::UpdateEvent { event: event("hall"), if_version: None, update }).await;
        assert_eq!(well.heard().await, ("snapshot".to_owned(), version));
    }
    let mut heard = vec![0];
    while heard.last() != Some(&last) {
        let (_, version) = slow.heard().await;
        assert!(heard.last() < Some(&version), "{version} after {heard:?}");
        heard.push(version);
    }
    assert!(heard.len() < 80, "it was sent everything that it missed: {heard:?}");
}
