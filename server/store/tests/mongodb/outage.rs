//! Servers that crash, stop and come back.

use crate::bench::parsed;
use crate::{append, batch, log, open, server, settle};
use boxoffice_store::{Batch, Mongo, MongoSettings, Outcome, Read, Store, StoreError};
use boxoffice_testing::{CutAnswers, CuttingProxy, MongoServer};
use std::time::Duration;

/// Settings of a store that does not wait long.
fn quick() -> MongoSettings {
    let wait = Duration::from_millis(500);
    MongoSettings { connection_wait: wait, majority_wait: wait, ..MongoSettings::default() }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_crash() {
    let server = server!(MongoServer::of_its_own);
    let store = open(&server).await;
    let mut grown: Vec<Vec<Batch>> = vec![Vec::new(); 4];
    for round in 0..2 {
        for _ in 0..5 {
            let mut sent = Vec::new();
            for (number, log) in grown.iter().enumerate() {
                let end = log.last().map(Batch::end);
                sent.push(batch(&store, &format!("log-{number}"), end).await);
            }
            let answers = store.append(sent.clone());
            for ((log, batch), answer) in grown.iter_mut().zip(sent).zip(answers) {
                assert_eq!(answer.await, Ok(Outcome::Appended));
                log.push(batch);
            }
        }
        server.crash();
        server.resume();
        for (number, grown) in grown.iter().enumerate() {
            let log = log(&format!("log-{number}"));
            let read = loop {
                let read = store.read(&log, 0, 999).await;
                if !matches!(read, Err(StoreError::Unavailable(_))) {
                    break read;
                }
            };
            assert_eq!(read, Ok(Read::Batches(grown.clone())), "crash {round}");
        }
    }
}

#[tokio::test]
async fn an_append_whose_answer_was_cut_is_unknown_and_there_once() {
    let server = server!(MongoServer::of_its_own);
    let proxy = CuttingProxy::before(server.host()).await;
    let address = parsed(&format!("mongodb://{}", proxy.address));
    let store = Mongo::open(&address, &quick()).await.expect("it is up");
    let direct = open(&server).await;
    let first = batch(&store, "cut", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "cut", Some(first.end())).await;
    proxy.cut(CutAnswers::To(b"insert"));
    let outcome = append(&store, &second).await;
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    let both = Read::Batches(vec![first.clone(), second.clone()]);
    while direct.read(&log("cut"), 0, 9).await != Ok(both.clone()) {}
    // Nothing is answered now, not even what is asked before an insert: nothing is sent.
    proxy.cut(CutAnswers::All);
    let unsent = append(&store, &second).await;
    assert!(matches!(unsent, Err(StoreError::Unavailable(_))), "{unsent:?}");
    proxy.cut(CutAnswers::None);
    settle(&store, &second).await;
    assert_eq!(store.read(&log("cut"), 0, 9).await, Ok(both));
}

#[tokio::test]
async fn it_heals_by_itself_and_hears_hints_again() {
    let server = server!(MongoServer::of_its_own);
    let store = Mongo::open(&parsed(server.address()), &quick()).await.expect("it is up");
    let other = open(&server).await;
    let first = batch(&store, "down", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "down", Some(first.end())).await;
    server.freeze();
    let answer = append(&store, &second).await;
    let is_open = matches!(answer, Ok(Outcome::Unknown(_)) | Err(StoreError::Unavailable(_)));
    assert!(is_open, "{answer:?}");
    server.crash();
    let read = store.read(&log("down"), 0, 1).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    server.resume();
    settle(&store, &second).await;
    let mut hints = other.hints().await.expect("it is open");
    let hinted = async { hints.next().await.expect("it is open") };
    let hint = async {
        // Until the other one listens again.
        loop {
            drop(store.hint(vec![log("down")]).await);
        }
    };
    let hinted = tokio::select! { hinted = hinted => hinted, () = hint => unreachable!() };
    assert_eq!(hinted, log("down"));
}
