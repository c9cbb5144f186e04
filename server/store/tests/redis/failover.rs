//! Replicas: what a change waits for, and what a failover loses where it waits for none.

use crate::bench::{operator, parsed, typed};
use crate::opening::until_replicas;
use crate::{append, batch, log, open_with, server, settle};
use boxoffice_store::{
    Divergence, Outcome, Read, Redis, RedisSettings, Store, StoreError, UnsafeSettings,
};
use boxoffice_testing::RedisServer;
use std::time::Duration;

/// A server that follows this one.
pub(crate) fn replica(primary: &RedisServer) -> RedisServer {
    let port = primary.port().to_string();
    let options = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
    let replica = RedisServer::start("redis-server", &options).expect("its primary is here");
    until_replicas(primary, 1);
    replica
}

/// Whether a replica has a log's batches, and its append-only file is whole: it is written anew after
/// the replica has got all of the primary's data.
fn keeps(replica: &RedisServer, log: &str) -> bool {
    let mut operator = operator(replica);
    let keys: Vec<String> = typed(&mut operator, &format!("KEYS boxoffice:*:batches:{log}"));
    let info: String = typed(&mut operator, "INFO persistence");
    let is_whole = ["aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0"];
    !keys.is_empty() && is_whole.iter().all(|line| info.contains(line))
}

fn waiting() -> RedisSettings {
    let replica_wait = Duration::from_millis(200);
    RedisSettings { replicas: 1, replica_wait, ..RedisSettings::default() }
}

#[tokio::test]
async fn a_change_that_too_few_replicas_have_is_unknown_until_they_have_it() {
    let primary = server!("--repl-diskless-sync-delay", "0");
    let replica = replica(&primary);
    let store = open_with(&primary, &waiting()).await;
    let first = batch(&store, "waits", None).await;
    settle(&store, &first).await;
    replica.freeze();
    let second = batch(&store, "waits", Some(first.end())).await;
    for time in ["at first", "again: it is there, and no replica has it"] {
        let outcome = append(&store, &second).await;
        let is_short = matches!(&outcome, Ok(Outcome::Unknown(why)) if why.contains("0 of 1"));
        assert!(is_short, "{time}: {outcome:?}");
    }
    let lease = store.lease("sweeper", "one", Vec::new(), Duration::from_secs(60)).await;
    assert!(matches!(lease, Err(StoreError::Unavailable(_))), "{lease:?}");
    replica.thaw();
    settle(&store, &second).await;
    primary.crash();
    let _: () = typed(&mut operator(&replica), "REPLICAOF NO ONE");
    let settings = RedisSettings::default();
    let promoted = Redis::open(&parsed(&replica.address()), &settings).await.expect("it is up");
    let both = Read::Batches(vec![first, second]);
    assert_eq!(promoted.read(&log("waits"), 0, 9).await, Ok(both), "nothing is lost");
}

/// What the documentation announces.
#[tokio::test]
async fn without_a_wait_for_replicas_a_failover_loses_what_was_acknowledged() {
    let primary = server!("--repl-diskless-sync-delay", "0");
    let replica = replica(&primary);
    let unsafe_settings = UnsafeSettings::Accepted;
    let settings = RedisSettings { unsafe_settings, ..RedisSettings::default() };
    let store = open_with(&primary, &settings).await;
    let first = batch(&store, "lost", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    while !keeps(&replica, "lost") {}
    replica.crash();
    let second = batch(&store, "lost", Some(first.end())).await;
    assert_eq!(append(&store, &second).await, Ok(Outcome::Appended), "it is acknowledged");
    primary.crash();
    replica.resume();
    let _: () = typed(&mut operator(&replica), "REPLICAOF NO ONE");
    let promoted = Redis::open(&parsed(&replica.address()), &settings).await.expect("it is up");
    let left = promoted.read(&log("lost"), 0, 9).await;
    assert_eq!(left, Ok(Read::Batches(vec![first])), "and it is lost");
    let third = batch(&promoted, "lost", Some(second.end())).await;
    let outcome = append(&promoted, &third).await;
    assert_eq!(outcome, Ok(Outcome::Diverged(Divergence::Shorter)), "which is named");
}
