//! A stream sends only durable changes (law 2), and ends when the disk fails (law 8).

use super::film_stream::{delete, listen};
use crate::common::config;
use crate::kinds::{by_hand_with, recorded, stays_silent};
use boxoffice_testing::sse::Stream;
use boxoffice_testing::{START, film, new_id, reserve, seats};
use std::pin::pin;

#[tokio::test]
async fn law_2_nothing_is_told_before_it_is_durable() {
    let (server, ledger, mut desk) = by_hand_with(config(), film(2, 5)).await;
    let (mut stream, _) = listen(&server).await;
    let take = |seat| reserve(new_id(START), "film", "ann", seats(&[seat]));
    desk.send(&take("A1")).await;
    recorded(&ledger, 2).await;
    stays_silent(&server, stream.next()).await;
    // Nor does a new stream begin with it, or say that it begins at all.
    let address = server.http_address().expect("HTTP is on");
    let mut early = pin!(Stream::open(address, "film", None));
    stays_silent(&server, async { early.as_mut().await.head }).await;
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 2));
    assert_eq!(early.await.heard().await, ("snapshot".to_owned(), 2));
    desk.send(&take("A2")).await;
    recorded(&ledger, 3).await;
    stays_silent(&server, stream.next()).await;
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 3));
}

#[tokio::test]
async fn law_2_an_event_that_is_not_durable_has_no_stream_and_none_that_is_going_has_ended() {
    let (server, ledger, mut desk) = by_hand_with(config(), film(2, 5)).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&delete()).await;
    recorded(&ledger, 2).await;
    let address = server.http_address().expect("HTTP is on");
    let mut missing = pin!(Stream::open(address, "film", None));
    let early = async {
        tokio::select! {
            missing = &mut missing => missing.head,
            told = stream.next() => format!("{told:?}"),
        }
    };
    stays_silent(&server, early).await;
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("ended".to_owned(), 2));
    assert_eq!(missing.await.status, 404);
}

#[tokio::test]
async fn law_8_a_failed_ledger_ends_streams() {
    let (server, ledger, mut desk) = by_hand_with(config(), film(2, 5)).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&reserve(new_id(START), "film", "ann", seats(&["A1"]))).await;
    recorded(&ledger, 2).await;
    ledger.fail();
    assert_eq!(stream.next().await, None);
    let address = server.http_address().expect("HTTP is on");
    assert_eq!(Stream::open(address, "film", None).await.status, 503);
}
