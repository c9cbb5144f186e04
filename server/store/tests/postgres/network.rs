//! Networks that hold, cut and half-close connections, and servers that stand still.

use crate::bench::connect;
use crate::bench::parsed;
use crate::proxy::{Proxy, Weather};
use crate::{append, batch, log, open, server};
use boxoffice_store::{
    Batch, BatchId, Outcome, Postgres, PostgresSettings, Read, Store, StoreError,
};
use boxoffice_testing::DatabaseServer;
use std::sync::Arc;
use std::task::{Context, Waker};
use tokio_postgres::Client;

/// A store behind a proxy.
async fn behind(server: &DatabaseServer) -> (Proxy, Postgres) {
    drop(open(server).await);
    let proxy = Proxy::start(server.host()).await;
    let settings = PostgresSettings::default();
    let store = Postgres::open(&parsed(&proxy.address()), &settings).await.expect("it is up");
    (proxy, store)
}

/// Waits until the server has so many batches of a log.
async fn until_there(operator: &Client, name: &str, batches: i64) {
    let count = "SELECT count(*) FROM boxoffice_batch WHERE log = $1";
    while operator.query_one(count, &[&name]).await.expect("it is up").get::<_, i64>(0) < batches {}
}

/// Sends a batch until its outcome is known.
async fn settle(store: &dyn Store, batch: &Batch) -> Outcome {
    loop {
        match append(store, batch).await {
            Ok(Outcome::Unknown(_)) | Err(StoreError::Unavailable(_) | StoreError::Busy) => {}
            Ok(outcome) => return outcome,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn an_append_whose_answer_is_cut_off_is_unknown_until_it_is_sent_again() {
    let server = server!("");
    let (proxy, store) = behind(&server).await;
    let operator = connect(&server.address()).await;
    let first = batch(&store, "cut", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "cut", Some(first.end())).await;
    proxy.set(Weather::AnswersHeld);
    let answer = store.append(vec![second.clone()]).pop().expect("an answer for a batch");
    until_there(&operator, "cut", 2).await;
    proxy.cut();
    let outcome = answer.await;
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    assert_eq!(settle(&store, &second).await, Outcome::Appended);
    let both = Read::Batches(vec![first, second]);
    assert_eq!(open(&server).await.read(&log("cut"), 0, 9).await, Ok(both), "each is there once");
}

#[tokio::test]
async fn a_statement_that_no_longer_arrives_is_not_taken_for_one_that_was_not_sent() {
    let server = server!("");
    let (proxy, store) = behind(&server).await;
    let first = batch(&store, "still", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "still", Some(first.end())).await;
    proxy.set(Weather::Still);
    let mut answer = store.append(vec![second.clone()]).pop().expect("an answer for a batch");
    let others = open(&server).await;
    tokio::select! {
        early = &mut answer => panic!("nothing arrives: {early:?}"),
        end = others.ends(vec![log("still")]) => assert_eq!(end, Ok(vec![Some(first.end())])),
    }
    proxy.cut();
    let outcome = answer.await;
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    assert_eq!(settle(&store, &second).await, Outcome::Appended);
}

/// What is acknowledged to a server that is alone with its log.
pub(crate) async fn write(store: Arc<Postgres>, name: String, batches: usize) -> Vec<Batch> {
    let mut written: Vec<Batch> = Vec::new();
    while written.len() < batches {
        let now = loop {
            if let Ok(now) = store.now().await {
                break now;
            }
        };
        let (end, id) = (written.last().map(Batch::end), fastrand::u128(..).to_be_bytes());
        let id = BatchId(id);
        let batch = Batch::new(log(&name), end, id, 1, now, name.as_bytes());
        assert_eq!(settle(&*store, &batch).await, Outcome::Appended);
        written.push(batch);
    }
    written
}

#[tokio::test]
async fn whatever_the_network_does_each_batch_is_there_once_and_in_order() {
    let server = server!("");
    let (proxy, store) = behind(&server).await;
    let store = Arc::new(store);
    let operator = connect(&server.address()).await;
    let writing = (0..8).map(|number| write(Arc::clone(&store), format!("log-{number}"), 40));
    let writing: Vec<_> = writing.map(tokio::spawn).collect();
    let total = "SELECT count(*) FROM boxoffice_batch";
    let weathers = [Weather::AnswersHeld, Weather::Fair, Weather::HalfClosed, Weather::Still];
    for (at, weather) in (1_i64..=12).zip(weathers.into_iter().cycle()) {
        // Another weather whenever some more are there.
        while operator.query_one(total, &[]).await.expect("it is up").get::<_, i64>(0) < 20 * at {}
        proxy.set(weather);
        // Some statements meet it.
        for _ in 0..20 {
            operator.query_one(total, &[]).await.expect("it is up");
        }
        proxy.cut();
    }
    let others = open(&server).await;
    for written in writing {
        let written = written.await.expect("no panic");
        let read = others.read(written[0].log(), 0, 100).await;
        assert_eq!(read, Ok(Read::Batches(written)));
    }
}

#[tokio::test]
async fn a_server_that_stands_still_loses_nothing() {
    let server = server!("");
    let store = open(&server).await;
    let first = batch(&store, "asleep", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "asleep", Some(first.end())).await;
    server.pause();
    let mut answer = store.append(vec![second.clone()]).pop().expect("an answer for a batch");
    let mut context = Context::from_waker(Waker::noop());
    assert!(answer.as_mut().poll(&mut context).is_pending(), "it stands still");
    server.go_on();
    let outcome = match answer.await {
        Ok(Outcome::Unknown(_)) => settle(&store, &second).await,
        outcome => outcome.expect("it goes on"),
    };
    assert_eq!(outcome, Outcome::Appended);
    assert_eq!(store.ends(vec![log("asleep")]).await, Ok(vec![Some(second.end())]));
}
