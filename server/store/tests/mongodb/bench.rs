//! A MongoDB on the bench of the laws.

use boxoffice_store::laws::Bench;
use boxoffice_store::{End, LogId, Mongo, MongoAddress, MongoSettings, Pending, Store, StoreError};
use boxoffice_testing::MongoServer;
use mongodb::bson::{Document, doc};
use mongodb::{Client, Collection};
use std::sync::Arc;

pub(crate) struct MongoBench {
    address: MongoAddress,
    /// What an operator sees.
    batches: Collection<Document>,
}

pub(crate) fn parsed(address: &str) -> MongoAddress {
    MongoAddress::parse(address).expect("an address")
}

/// A collection as an operator sees it.
pub(crate) async fn collection(server: &MongoServer, name: &str) -> Collection<Document> {
    let client = Client::with_uri_str(server.address()).await.expect("an address");
    let database = client.default_database().unwrap_or_else(|| client.database("boxoffice"));
    database.collection(name)
}

impl MongoBench {
    pub(crate) async fn new(server: &MongoServer) -> Self {
        let batches = collection(server, "batches").await;
        Self { address: parsed(server.address()), batches }
    }
}

impl Bench for MongoBench {
    fn connect(&self) -> Pending<Arc<dyn Store>> {
        let address = self.address.clone();
        Box::pin(async move {
            let opened = Mongo::open(&address, &MongoSettings::default()).await;
            let store = opened.map_err(|error| StoreError::Refused(error.to_string()))?;
            Ok(Arc::new(store) as Arc<dyn Store>)
        })
    }

    /// One process has all logs, and no log has a lock of its own.
    fn are_apart(&self, _: &LogId, _: &LogId) -> bool {
        false
    }

    fn stall(&self, _: &LogId, _: Option<End>) -> Pending<()> {
        Box::pin(async { Err(StoreError::Refused("no log is slow alone".to_owned())) })
    }

    fn resume(&self, _: &LogId) -> Pending<()> {
        Box::pin(async { Ok(()) })
    }

    fn truncate(&self, log: &LogId, version: u64) -> Pending<()> {
        let (batches, log) = (self.batches.clone(), log.as_str().to_owned());
        Box::pin(async move {
            let behind = doc! { "log": log, "last": { "$gt": version.cast_signed() } };
            batches.delete_many(behind).await.expect("it is up");
            Ok(())
        })
    }

    fn flip(&self, log: &LogId, first: u64, bit: usize) -> Pending<()> {
        let (batches, log) = (self.batches.clone(), log.as_str().to_owned());
        Box::pin(async move {
            let it = doc! { "log": log, "first": first.cast_signed() };
            let found = batches.find_one(it.clone()).await.expect("it is up");
            let mut found = found.expect("the batch is there");
            let body = found.get_mut("body").expect("it has a body");
            let mongodb::bson::Bson::Binary(body) = body else { panic!("{body:?}") };
            body.bytes[bit / 8] ^= 1 << (bit % 8);
            batches.delete_one(it).await.expect("it is up");
            batches.insert_one(found).await.expect("it is up");
            Ok(())
        })
    }
}
