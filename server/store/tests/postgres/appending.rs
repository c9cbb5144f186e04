//! Batches of one statement have answers of their own.

use crate::bench::connect;
use crate::{append, batch, log, open, server};
use boxoffice_store::{Outcome, Read, Store, StoreError};

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
