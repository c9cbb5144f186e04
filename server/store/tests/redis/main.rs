//! Redis and Valkey keep the laws of a store, on servers of the tests' own.

mod bench;
mod cluster;
mod encryption;
mod failover;
mod opening;
mod outage;
mod sentinel;

use bench::{RedisBench, parsed};
use boxoffice_store::laws::{self, append, batch, log, settle};
use boxoffice_store::{Redis, RedisSettings};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{RedisServer, seed};
use std::sync::Arc;

/// A server, or the news that the test is skipped.
macro_rules! server {
    ($($option:expr),*) => {
        match crate::start(&[$($option),*], boxoffice_testing::test_name!()) {
            Some(server) => server,
            None => return,
        }
    };
}
pub(crate) use server;

fn start(options: &[&str], test: &str) -> Option<RedisServer> {
    let started = RedisServer::start("redis-server", options);
    started.map_err(|why| skip(test, Need::Redis, &why)).ok()
}

async fn open(server: &RedisServer) -> Redis {
    open_with(server, &RedisSettings::default()).await
}

async fn open_with(server: &RedisServer, settings: &RedisSettings) -> Redis {
    Redis::open(&parsed(&server.address()), settings).await.expect("it is up")
}

async fn keeps_the_laws(bench: &RedisBench, rounds: u64) {
    let seed = seed();
    for round in 0..rounds {
        laws::all(bench, seed.wrapping_add(round)).await;
    }
}

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = server!();
    let address = server.address();
    keeps_the_laws(&RedisBench::new(Arc::new(vec![server]), address).await, 5).await;
}

#[tokio::test]
async fn valkey_keeps_the_store_laws() {
    let server = match RedisServer::start("valkey-server", &[]) {
        Ok(server) => server,
        Err(why) => return skip(boxoffice_testing::test_name!(), Need::Valkey, &why),
    };
    let address = server.address();
    keeps_the_laws(&RedisBench::new(Arc::new(vec![server]), address).await, 5).await;
}
