//! Sentinels that promote a replica.

use crate::bench::parsed;
use crate::failover::replica;
use crate::{append, batch, log, server, settle};
use boxoffice_store::{Outcome, Read, Redis, RedisSettings, Store};
use boxoffice_testing::RedisServer;

#[tokio::test]
async fn a_store_goes_on_with_the_replica_that_sentinels_promote() {
    let primary = server!("--repl-diskless-sync-delay", "0");
    let _replica = replica(&primary);
    let sentinel = primary.sentinel("shop");
    let address = parsed(&format!("redis://{}?sentinel=shop", sentinel.host()));
    let settings = RedisSettings { replicas: 1, ..RedisSettings::default() };
    let store = Redis::open(&address, &settings).await.expect("it is up");
    let first = batch(&store, "moved", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "moved", Some(first.end())).await;
    // The sentinel has to know of the replica before it can promote it.
    let mut asked = redis::Client::open(sentinel.address()).expect("an address");
    loop {
        let ask = redis::cmd("SENTINEL").arg("REPLICAS").arg("shop").to_owned();
        let known: Vec<redis::Value> = ask.query(&mut asked).expect("it is up");
        if !known.is_empty() {
            break;
        }
    }
    primary.crash();
    let settled = settle(&store, &second);
    // The old primary comes back as the replica that a change waits for.
    let back = async {
        while sentinel_primary(&sentinel) == primary.port() {
            tokio::task::yield_now().await;
        }
        primary.resume();
    };
    tokio::join!(settled, back);
    let both = Read::Batches(vec![first, second]);
    assert_eq!(store.read(&log("moved"), 0, 9).await, Ok(both), "nothing acknowledged is lost");
}

fn sentinel_primary(sentinel: &RedisServer) -> u16 {
    let mut client = redis::Client::open(sentinel.address()).expect("an address");
    let mut ask = redis::cmd("SENTINEL");
    let told: (String, u16) =
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg("shop").query(&mut client).expect("it is up");
    told.1
}
