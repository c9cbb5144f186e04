//! A stream tells only what is durable.

mod common;

use boxoffice_protocol::request::Request;
use boxoffice_server::Server;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::ledger::Ledger;
use common::sse::{Stream, delete, listen};
use common::{Raw, config, create, film, new_id, reserve, seats, until};
use std::sync::Arc;

/// A server whose changes become durable by hand, with a film that is durable already.
async fn by_hand(ledger: &Arc<Ledger>) -> (Server, Raw) {
    let store = StoreChoice::Ledger(Arc::clone(ledger));
    let server = common::start(Config { store, ..config() }).await;
    let mut desk = Raw::connect(&server).await;
    desk.send(&create("film", film(2, 5))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 1).await;
    ledger.settle(ledger.recorded());
    desk.receive().await.expect("it is durable now");
    (server, desk)
}

/// Whether nothing is heard while whoever could tell has turn after turn.
async fn is_silent(stream: &mut Stream, server: &Server) -> bool {
    let mut other = Raw::connect(server).await;
    let turns = async {
        for _ in 0..200 {
            other.ask(&Request::Ping).await;
        }
    };
    tokio::select! {
        biased;
        heard = stream.next() => panic!("{heard:?} was told too early"),
        () = turns => true,
    }
}

#[tokio::test]
async fn law_2_nothing_is_told_before_it_is_durable() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    let take = |seat| reserve(new_id(common::START), "film", "ann", seats(&[seat]));
    desk.send(&take("A1")).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    assert!(is_silent(&mut stream, &server).await);
    // Nor does a new stream begin with it, or say that it begins at all.
    let address = server.http_address().expect("HTTP is on");
    let early = Stream::open(address, "film", None);
    tokio::pin!(early);
    tokio::select! {
        biased;
        early = &mut early => panic!("{} was told too early", early.head),
        silent = is_silent(&mut stream, &server) => assert!(silent),
    }
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 2));
    assert_eq!(early.await.heard().await, ("snapshot".to_owned(), 2));
    desk.send(&take("A2")).await;
    until("it is recorded", || ledger.recorded().as_u64() == 3).await;
    assert!(is_silent(&mut stream, &server).await);
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 3));
}

#[tokio::test]
async fn law_2_an_event_that_is_not_durable_has_no_stream_and_none_that_is_going_has_ended() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&delete()).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    let address = server.http_address().expect("HTTP is on");
    let missing = Stream::open(address, "film", None);
    tokio::pin!(missing);
    tokio::select! {
        biased;
        missing = &mut missing => panic!("{} was told too early", missing.head),
        silent = is_silent(&mut stream, &server) => assert!(silent),
    }
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("ended".to_owned(), 2));
    assert_eq!(missing.await.status, 404);
}

#[tokio::test]
async fn law_8_a_failed_ledger_ends_streams() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&reserve(new_id(common::START), "film", "ann", seats(&["A1"]))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    ledger.fail();
    assert_eq!(stream.next().await, None);
    let address = server.http_address().expect("HTTP is on");
    assert_eq!(Stream::open(address, "film", None).await.status, 503);
}
