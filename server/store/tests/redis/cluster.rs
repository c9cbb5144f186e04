//! A cluster of three primaries.

use crate::bench::{RedisBench, operator, parsed, typed};
use crate::{append, batch, keeps_the_laws, log, settle};
use boxoffice_store::{Batch, Outcome, Read, Redis, RedisSettings, Store};
use boxoffice_testing::RedisServer;
use boxoffice_testing::skip::{Need, skip};
use redis::Connection;
use std::sync::Arc;

/// The slots of each primary.
const SLOTS: [(u16, u16); 3] = [(0, 5_460), (5_461, 10_922), (10_923, 16_383)];

fn start(test: &str) -> Option<Vec<RedisServer>> {
    let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "60000"];
    let started = SLOTS.map(|_| RedisServer::start("redis-server", &options));
    let servers = match started.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(servers) => servers,
        Err(why) => {
            skip(test, Need::Redis, &why);
            return None;
        }
    };
    for (number, (server, (first, last))) in servers.iter().zip(SLOTS).enumerate() {
        let mut operator = operator(server);
        let epoch = number + 1;
        let _: () = typed(&mut operator, &format!("CLUSTER SET-CONFIG-EPOCH {epoch}"));
        let _: () = typed(&mut operator, &format!("CLUSTER ADDSLOTSRANGE {first} {last}"));
        for other in &servers[..number] {
            let (port, bus) = (other.port(), other.bus());
            let _: () = typed(&mut operator, &format!("CLUSTER MEET 127.0.0.1 {port} {bus}"));
        }
    }
    servers.iter().for_each(until_whole);
    Some(servers)
}

/// Waits until a node knows the others and all slots.
fn until_whole(server: &RedisServer) {
    let mut operator = operator(server);
    loop {
        let info: String = typed(&mut operator, "CLUSTER INFO");
        if info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3") {
            return;
        }
        std::thread::yield_now();
    }
}

fn address(servers: &[RedisServer]) -> String {
    let hosts: Vec<_> = servers.iter().map(RedisServer::host).collect();
    format!("redis://{}", hosts.join(","))
}

#[tokio::test]
async fn a_cluster_keeps_the_store_laws() {
    let Some(servers) = start(boxoffice_testing::test_name!()) else { return };
    let address = address(&servers[..1]);
    keeps_the_laws(&RedisBench::new(Arc::new(servers), address).await, 2).await;
}

/// One primary's slot on its way to another.
struct Migration {
    slot: u16,
    key: String,
    from: Connection,
    to: Connection,
    to_port: u16,
    ids: [String; 2],
}

impl Migration {
    fn of(log: &str, from: &RedisServer, to: &RedisServer) -> Self {
        let to_port = to.port();
        let (mut from, mut to) = (operator(from), operator(to));
        let keys: Vec<String> = typed(&mut from, &format!("KEYS boxoffice:*:end:{log}"));
        let key = keys.into_iter().next().expect("the log is there");
        let slot = typed(&mut from, &format!("CLUSTER KEYSLOT {key}"));
        let ids = [&mut from, &mut to].map(|node| typed(node, "CLUSTER MYID"));
        Self { slot, key, from, to, to_port, ids }
    }

    fn begin(&mut self) {
        let (slot, [from, to]) = (self.slot, &self.ids);
        let _: () = typed(&mut self.to, &format!("CLUSTER SETSLOT {slot} IMPORTING {from}"));
        let _: () = typed(&mut self.from, &format!("CLUSTER SETSLOT {slot} MIGRATING {to}"));
    }

    fn move_keys(&mut self) {
        let prefix = self.key.split_once("end:").expect("a key").0.to_owned();
        let keys: Vec<String> = typed(&mut self.from, &format!("KEYS {prefix}*"));
        for key in keys {
            let port = self.to_port;
            let moved = format!("MIGRATE 127.0.0.1 {port} {key} 0 10000");
            let _: String = typed(&mut self.from, &moved);
        }
    }

    fn end(&mut self) {
        let (slot, to) = (self.slot, &self.ids[1]);
        let end = format!("CLUSTER SETSLOT {slot} NODE {to}");
        let _: () = typed(&mut self.to, &end);
        let _: () = typed(&mut self.from, &end);
    }
}

#[tokio::test]
async fn appends_follow_a_slot_that_moves_to_another_primary() {
    let Some(servers) = start(boxoffice_testing::test_name!()) else { return };
    let store = Redis::open(&parsed(&address(&servers)), &RedisSettings::default()).await;
    let store = store.expect("it is up");
    let mut grown = vec![batch(&store, "moves", None).await];
    settle(&store, &grown[0]).await;
    let host = store.primary_of(&log("moves")).expect("it is known");
    let from = servers.iter().position(|it| it.host() == host).expect("one of ours");
    let to = &servers[(from + 1) % 3];
    let mut migration = Migration::of("moves", &servers[from], to);
    let steps: [fn(&mut Migration); 4] =
        [|_| {}, Migration::begin, Migration::move_keys, Migration::end];
    for step in steps {
        step(&mut migration);
        let next = batch(&store, "moves", grown.last().map(Batch::end)).await;
        assert_eq!(append(&store, &next).await, Ok(Outcome::Appended));
        grown.push(next);
        let read = store.read(&log("moves"), 0, 99).await;
        assert_eq!(read, Ok(Read::Batches(grown.clone())));
        let end = grown.last().map(Batch::end);
        assert_eq!(store.ends(vec![log("moves")]).await, Ok(vec![end]));
    }
    assert_eq!(store.primary_of(&log("moves")), Some(to.host()), "it learned where it is");
}
