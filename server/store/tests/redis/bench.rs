//! Redis servers on the bench of the laws.

use crate::append;
use boxoffice_store::laws::Bench;
use boxoffice_store::{
    Batch, End, LogId, Outcome, Pending, Read, Redis, RedisAddress, RedisSettings, Store,
    StoreError,
};
use boxoffice_testing::RedisServer;
use redis::{Connection, FromRedisValue, Value};
use std::sync::Arc;

/// One server, or the primaries of a cluster.
pub(crate) struct RedisBench {
    servers: Arc<Vec<RedisServer>>,
    address: String,
    /// One more server's, that knows where logs are.
    store: Arc<Redis>,
}

pub(crate) fn parsed(address: &str) -> RedisAddress {
    RedisAddress::parse(address).expect("an address")
}

/// An operator's connection.
pub(crate) fn operator(server: &RedisServer) -> Connection {
    let client = redis::Client::open(server.address()).expect("an address");
    client.get_connection().expect("it is up")
}

/// What an operator types.
pub(crate) fn typed<T: FromRedisValue>(operator: &mut Connection, command: &str) -> T {
    let mut words = command.split(' ');
    let mut typed = redis::cmd(words.next().expect("a command"));
    for word in words {
        typed.arg(word);
    }
    typed.query(operator).unwrap_or_else(|error| panic!("{command}: {error}"))
}

impl RedisBench {
    pub(crate) async fn new(servers: Arc<Vec<RedisServer>>, address: String) -> Self {
        let settings = RedisSettings::default();
        let store = Redis::open(&parsed(&address), &settings).await.expect("it is up");
        Self { servers, address, store: Arc::new(store) }
    }

    fn server_of(&self, log: &LogId) -> &RedisServer {
        let host = self.store.primary_of(log).expect("it is known");
        self.servers.iter().find(|server| server.host() == host).expect("one of ours")
    }

    /// A key of a log, by what it is for.
    fn key(operator: &mut Connection, what: &str, log: &LogId) -> String {
        let keys: Vec<String> = typed(operator, &format!("KEYS boxoffice:*:{what}:{log}"));
        keys.into_iter().next().expect("the log is there")
    }
}

impl Bench for RedisBench {
    fn connect(&self) -> Pending<Arc<dyn Store>> {
        let address = parsed(&self.address);
        Box::pin(async move {
            let opened = Redis::open(&address, &RedisSettings::default()).await;
            let store = opened.map_err(|error| StoreError::Refused(error.to_string()))?;
            Ok(Arc::new(store) as Arc<dyn Store>)
        })
    }

    fn are_apart(&self, one: &LogId, other: &LogId) -> bool {
        self.store.primary_of(one) != self.store.primary_of(other)
    }

    fn stall(&self, log: &LogId, _: Option<End>) -> Pending<()> {
        self.server_of(log).freeze();
        Box::pin(async { Ok(()) })
    }

    fn resume(&self, log: &LogId) -> Pending<()> {
        self.server_of(log).thaw();
        Box::pin(async { Ok(()) })
    }

    /// What stays is appended again to an empty log.
    fn truncate(&self, log: &LogId, version: u64) -> Pending<()> {
        let (store, log) = (Arc::clone(&self.store), log.clone());
        let mut operator = operator(self.server_of(&log));
        Box::pin(async move {
            let Ok(Read::Batches(mut kept)) = store.read(&log, 0, 1_000).await else {
                panic!("the log is there")
            };
            kept.retain(|batch: &Batch| batch.last() <= version);
            for what in ["batches", "end"] {
                let key = Self::key(&mut operator, what, &log);
                let _: Value = typed(&mut operator, &format!("DEL {key}"));
            }
            for batch in kept {
                assert_eq!(append(&*store, &batch).await, Ok(Outcome::Appended));
            }
            Ok(())
        })
    }

    fn flip(&self, log: &LogId, first: u64, bit: usize) -> Pending<()> {
        let mut operator = operator(self.server_of(log));
        let key = Self::key(&mut operator, "batches", log);
        type Entry = (String, Vec<Vec<u8>>);
        let entries: Vec<Entry> = typed(&mut operator, &format!("XRANGE {key} - +"));
        let _: Value = typed(&mut operator, &format!("DEL {key}"));
        for (id, mut fields) in entries {
            if id == format!("{first}-0") {
                fields[3][bit / 8] ^= 1 << (bit % 8);
            }
            let added = redis::cmd("XADD").arg(&key).arg(id).arg(&fields).exec(&mut operator);
            added.expect("a longer log");
        }
        Box::pin(async { Ok(()) })
    }
}
