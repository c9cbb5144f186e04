//! MongoDB keeps the laws of a store: what speaks its wire on these machines, or a real one.

mod bench;
mod opening;
mod outage;
mod snapshots;

use bench::{MongoBench, parsed};
use boxoffice_store::laws;
use boxoffice_store::{Batch, BatchId, End, LogId, Mongo, MongoSettings, Outcome};
use boxoffice_store::{Store, StoreError};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{MongoServer, seed};

/// A server by one of these functions, or the news that the test is skipped.
macro_rules! server {
    ($start:path) => {
        match $start() {
            Ok(server) => server,
            Err(why) => return crate::skipped(boxoffice_testing::test_name!(), &why),
        }
    };
}
pub(crate) use server;

fn skipped(test: &str, why: &str) {
    skip(test, Need::Mongo, why);
}

async fn open(server: &MongoServer) -> Mongo {
    Mongo::open(&parsed(server.address()), &MongoSettings::default()).await.expect("it is up")
}

fn log(name: &str) -> LogId {
    LogId::parse(name).expect("a name")
}

async fn batch(store: &dyn Store, name: &str, end: Option<End>) -> Batch {
    let now = store.now().await.expect("it is up");
    Batch::new(log(name), end, BatchId(fastrand::u128(..).to_be_bytes()), 1, now, b"a change")
}

async fn append(store: &dyn Store, batch: &Batch) -> Result<Outcome, StoreError> {
    store.append(vec![batch.clone()]).pop().expect("an answer for a batch").await
}

/// Sends a batch until it is there, as a server does.
async fn settle(store: &dyn Store, batch: &Batch) {
    loop {
        match append(store, batch).await {
            Ok(Outcome::Appended) => return,
            Ok(Outcome::Unknown(_)) | Err(StoreError::Unavailable(_)) => {
                tokio::task::yield_now().await;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = server!(MongoServer::start);
    laws::all(&MongoBench::new(&server).await, seed()).await;
}
