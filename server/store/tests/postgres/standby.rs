//! A primary with a synchronous standby.

use crate::bench::connect;
use crate::network::write;
use crate::{append, batch, log, server};
use boxoffice_store::{
    Outcome, Postgres, PostgresAddress, PostgresSettings, Read, Store, StoreError, migrate,
};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Client;

/// Waits until a statement waits for a standby.
async fn until_waiting_for_a_standby(operator: &Client) {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while operator.query_one(count, &[]).await.expect("it is up").get::<_, i64>(0) == 0 {}
}

async fn cut_the_wait(operator: &Client) {
    until_waiting_for_a_standby(operator).await;
    let cut = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    operator.batch_execute(cut).await.expect("a statement");
}

async fn require_a_standby(operator: &Client) {
    let required = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'";
    operator.batch_execute(required).await.expect("a statement");
    operator.batch_execute("SELECT pg_reload_conf()").await.expect("a statement");
    let shown = "SHOW synchronous_standby_names";
    while operator.query_one(shown, &[]).await.expect("it is up").get::<_, &str>(0).is_empty() {}
}

#[tokio::test]
async fn a_cut_wait_for_a_standby_is_unknown_until_a_standby_has_the_batch() {
    let primary = server!("");
    let operator = connect(&primary.address()).await;
    // What the role has been told to say does not hide the warning.
    let quiet = "ALTER ROLE postgres SET client_min_messages = error";
    operator.batch_execute(quiet).await.expect("a statement");
    let store = crate::open(&primary).await;
    let standby = primary.standby();
    require_a_standby(&operator).await;
    let first = batch(&store, "cut", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    standby.crash();
    let second = batch(&store, "cut", Some(first.end())).await;
    let answer = store.append(vec![second.clone()]).pop().expect("an answer for a batch");
    cut_the_wait(&operator).await;
    let outcome = answer.await;
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    let both = vec![first, second.clone()];
    assert_eq!(store.read(&log("cut"), 0, 9).await, Ok(Read::Batches(both)), "it is here only");
    let mut again = store.append(vec![second]).pop().expect("an answer for a batch");
    tokio::select! {
        early = &mut again => panic!("no standby has it: {early:?}"),
        () = until_waiting_for_a_standby(&operator) => {}
    }
    standby.resume();
    assert_eq!(again.await, Ok(Outcome::Appended));
}

#[tokio::test]
async fn a_lease_whose_wait_for_a_standby_was_cut_is_not_granted() {
    let primary = server!("");
    let store = crate::open(&primary).await;
    let operator = connect(&primary.address()).await;
    require_a_standby(&operator).await;
    let lease = store.lease("sweeper", "one", Vec::new(), Duration::from_secs(60));
    cut_the_wait(&operator).await;
    let answer = lease.await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_store_of_several_hosts_goes_on_with_the_standby_that_became_the_primary() {
    let primary = server!("");
    let standby = primary.standby();
    let hosts = format!("{},{}", standby.host().display(), primary.host().display());
    let address = format!("host={hosts} user=postgres dbname=postgres");
    let address = PostgresAddress::parse(&address).expect("an address");
    migrate(&address).await.expect("the primary takes it");
    let store = Postgres::open(&address, &PostgresSettings::default()).await.expect("it is up");
    require_a_standby(&connect(&primary.address()).await).await;
    let first = batch(&store, "moved", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "moved", Some(first.end())).await;
    primary.crash();
    standby.promote();
    let appended = async {
        // Until the loss of every connection was noticed.
        while append(&store, &second).await != Ok(Outcome::Appended) {}
    };
    appended.await;
    let both = Read::Batches(vec![first, second]);
    assert_eq!(store.read(&log("moved"), 0, 9).await, Ok(both), "nothing acknowledged is lost");
}

#[tokio::test]
async fn a_standby_that_is_promoted_under_load_has_all_that_was_acknowledged() {
    let primary = server!("");
    let standby = primary.standby();
    let hosts = format!("{},{}", primary.host().display(), standby.host().display());
    let address = format!("host={hosts} user=postgres dbname=postgres");
    let address = PostgresAddress::parse(&address).expect("an address");
    migrate(&address).await.expect("the primary takes it");
    let store = Postgres::open(&address, &PostgresSettings::default()).await.expect("it is up");
    let store = Arc::new(store);
    let operator = connect(&primary.address()).await;
    require_a_standby(&operator).await;
    let writing = (0..6).map(|number| write(Arc::clone(&store), format!("moved-{number}"), 40));
    let writing: Vec<_> = writing.map(tokio::spawn).collect();
    let total = "SELECT count(*) FROM boxoffice_batch";
    while operator.query_one(total, &[]).await.expect("it is up").get::<_, i64>(0) < 100 {}
    primary.crash();
    standby.promote();
    for written in writing {
        let written = written.await.expect("no panic");
        let read = store.read(written[0].log(), 0, 100).await;
        assert_eq!(read, Ok(Read::Batches(written)), "each once, in order, and none is lost");
    }
}
