//! Batches of one statement have answers of their own.

use crate::bench::connect;
use crate::{append, batch, log, open, server};
use boxoffice_store::{Outcome, Read, Store, StoreError};
use tokio_postgres::Client;

#[tokio::test]
async fn a_refused_batch_takes_no_other_with_it() {
    let server = server!("");
    let store = open(&server).await;
    let constraint = "ALTER TABLE boxoffice_batch ADD CHECK (log <> 'bad')";
    connect(&server.address()).await.batch_execute(constraint).await.expect("a statement");
    let mut batches = Vec::new();
    for name in ["one", "bad", "two"] {
        batches.push(batch(&store, name, None).await);
    }
    let mut answers = Vec::new();
    for answer in store.append(batches) {
        answers.push(answer.await);
    }
    assert_eq!([&answers[0], &answers[2]], [&Ok(Outcome::Appended); 2]);
    let refused = matches!(&answers[1], Err(StoreError::Refused(why)) if why.contains("23514"));
    assert!(refused, "{answers:?}");
}

/// Has the database do this where a batch that is there is written again.
async fn when_written_again(operator: &Client, statement: &str) {
    let trigger = format!(
        "CREATE OR REPLACE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {statement}; END $$;
         CREATE OR REPLACE TRIGGER again BEFORE UPDATE ON boxoffice_batch
            FOR EACH ROW EXECUTE FUNCTION again()"
    );
    operator.batch_execute(&trigger).await.expect("a statement");
}

#[tokio::test]
async fn a_batch_that_was_there_is_unknown_where_it_was_not_written_again() {
    let server = server!("");
    let store = open(&server).await;
    let operator = connect(&server.address()).await;
    let there = batch(&store, "there", None).await;
    assert_eq!(append(&store, &there).await, Ok(Outcome::Appended));
    when_written_again(&operator, "RETURN NULL").await;
    let answer = append(&store, &there).await;
    assert!(matches!(answer, Ok(Outcome::Unknown(_))), "{answer:?}");
    when_written_again(&operator, "RETURN NEW").await;
    assert_eq!(append(&store, &there).await, Ok(Outcome::Appended));
}

#[tokio::test]
async fn a_connection_that_may_be_busy_still_is_not_used_again() {
    let server = server!("");
    let store = open(&server).await;
    let operator = connect(&server.address()).await;
    let there = batch(&store, "there", None).await;
    assert_eq!(append(&store, &there).await, Ok(Outcome::Appended));
    let cut = "RAISE EXCEPTION 'cut by %', pg_backend_pid() USING ERRCODE = '57014'";
    when_written_again(&operator, cut).await;
    let (one, other) = (append(&store, &there).await, append(&store, &there).await);
    let cut = |it: &_| matches!(it, Ok(Outcome::Unknown(why)) if why.contains("cut by"));
    assert!(cut(&one) && cut(&other) && one != other, "{one:?} {other:?}");
}

#[tokio::test]
async fn a_definite_error_is_no_unknown_outcome() {
    let server = server!("");
    let store = open(&server).await;
    let gone = batch(&store, "gone", None).await;
    let operator = connect(&server.address()).await;
    operator.batch_execute("ALTER TABLE boxoffice_batch RENAME TO away").await.expect("renamed");
    let answer = append(&store, &gone).await;
    let refused = matches!(&answer, Err(StoreError::Refused(why)) if why.contains("42P01"));
    assert!(refused, "{answer:?}");
    let read = store.read(&log("gone"), 0, 1).await;
    assert!(matches!(&read, Err(StoreError::Refused(why)) if why.contains("42P01")), "{read:?}");
    operator.batch_execute("ALTER TABLE away RENAME TO boxoffice_batch").await.expect("renamed");
    assert_eq!(append(&store, &gone).await, Ok(Outcome::Appended), "it heals by itself");
    assert_eq!(store.read(&log("gone"), 0, 9).await, Ok(Read::Batches(vec![gone])));
}
