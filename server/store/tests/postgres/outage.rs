//! A server that is lost, or has too much to do.

use crate::bench::{PostgresBench, connect};
use crate::{append, batch, log, open, open_with, server};
use boxoffice_store::laws::Bench;
use boxoffice_store::{Outcome, PostgresSettings, Store, StoreError};
use std::time::Duration;
use tokio_postgres::Client;

/// Waits until so many statements of the store wait for a lock.
async fn until_waiting(operator: &Client, statements: i64) {
    let count = "SELECT count(*) FROM pg_stat_activity
         WHERE application_name = 'boxoffice' AND wait_event_type = 'Lock'";
    loop {
        let row = operator.query_one(count, &[]).await.expect("it is up");
        if row.get::<_, i64>(0) >= statements {
            return;
        }
    }
}

#[tokio::test]
async fn a_connection_lost_during_an_append_leaves_it_unknown_until_it_is_sent_again() {
    let server = server!("");
    let store = open(&server).await;
    let (operator, bench) =
        (connect(&server.address()).await, PostgresBench::new(server.address()).await);
    bench.stall(&log("lost"), None).await.expect("the bench can");
    let batch = batch(&store, "lost", None).await;
    let answer = store.append(vec![batch.clone()]).pop().expect("an answer for a batch");
    let mut answer = tokio::spawn(answer);
    // The first try gives up after a moment: the connection that goes on waiting is to be cut.
    let outcome = loop {
        until_waiting(&operator, 1).await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'boxoffice' AND wait_event_type = 'Lock'";
        operator.batch_execute(cut).await.expect("it is up");
        let wait = tokio::time::timeout(Duration::from_secs(1), &mut answer).await;
        if let Ok(answered) = wait {
            break answered.expect("no panic");
        }
    };
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    bench.resume(&log("lost")).await.expect("the bench can");
    assert_eq!(append(&store, &batch).await, Ok(Outcome::Appended));
    assert_eq!(append(&store, &batch).await, Ok(Outcome::Appended), "also from now on");
}

#[tokio::test]
async fn what_could_not_be_sent_is_said_to_be_unavailable_until_the_server_is_back() {
    let server = server!("");
    let (store, other) = (open(&server).await, open(&server).await);
    let first = batch(&store, "down", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "down", Some(first.end())).await;
    server.crash();
    // A connection whose end was not noticed yet may have sent it.
    while matches!(append(&store, &second).await, Ok(Outcome::Unknown(_))) {}
    let answer = append(&store, &second).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    let read = store.read(&log("down"), 0, 1).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    server.resume();
    assert_eq!(append(&store, &second).await, Ok(Outcome::Appended));
    let mut hints = other.hints().await.expect("it is open");
    let hinted = async { hints.next().await.expect("it is open") };
    let hint = async {
        // Until the other one listens again.
        loop {
            store.hint(vec![log("down")]).await.expect("it is up");
        }
    };
    let hinted = tokio::select! { hinted = hinted => hinted, () = hint => unreachable!() };
    assert_eq!(hinted, log("down"));
}

#[tokio::test]
async fn a_batch_waits_for_a_server_that_comes_back_in_time() {
    let server = server!("");
    let wait = Duration::from_secs(600);
    let settings = PostgresSettings { connection_wait: wait, ..PostgresSettings::default() };
    let store = open_with(&server, &settings).await;
    let first = batch(&store, "late", None).await;
    server.crash();
    let mut answer = store.append(vec![first.clone()]).pop().expect("an answer for a batch");
    // One that fails at once has been tried by then: reads have connections of their own.
    let early = tokio::select! {
        early = &mut answer => Some(early),
        _ = store.now() => None,
    };
    server.resume();
    let outcome = match early {
        // A connection whose end was not noticed yet may have sent it.
        Some(Ok(Outcome::Unknown(_))) => append(&store, &first).await,
        Some(early) => early,
        None => answer.await,
    };
    let is_settled = matches!(outcome, Ok(Outcome::Appended | Outcome::Unknown(_)));
    assert!(is_settled, "{outcome:?}");
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
}

#[tokio::test]
async fn a_connection_is_waited_for_a_bounded_time_that_is_named() {
    let server = server!("");
    let wait = Duration::from_millis(100);
    let settings =
        PostgresSettings { connections: 1, connection_wait: wait, ..PostgresSettings::default() };
    let store = open_with(&server, &settings).await;
    let operator = connect(&server.address()).await;
    operator.batch_execute("BEGIN; LOCK TABLE boxoffice_batch").await.expect("a statement");
    let held_up = store.read(&log("any"), 0, 1);
    // Within its transaction, the operator would go on seeing what it saw first.
    until_waiting(&connect(&server.address()).await, 1).await;
    let late = store.read(&log("any"), 0, 1).await;
    let named =
        matches!(&late, Err(StoreError::Unavailable(why)) if why.contains("connection wait"));
    assert!(named, "{late:?}");
    operator.batch_execute("ROLLBACK").await.expect("a statement");
    held_up.await.expect("it goes on");
}
