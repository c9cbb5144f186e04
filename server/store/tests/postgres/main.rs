//! PostgreSQL keeps the laws of a store, on servers of the tests' own.

mod appending;
mod bench;
mod encryption;
mod large;
mod network;
mod opening;
mod outage;
mod proxy;
mod standby;

use bench::{PostgresBench, parsed};
use boxoffice_store::laws;
use boxoffice_store::{Batch, BatchId, End, LogId, Outcome, Postgres, PostgresSettings};
use boxoffice_store::{Store, StoreError, migrate};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{DatabaseServer, seed};

/// A server, or the news that the test is skipped.
macro_rules! server {
    ($options:expr) => {
        match crate::start($options, boxoffice_testing::test_name!()) {
            Some(server) => server,
            None => return,
        }
    };
}
pub(crate) use server;

fn start(options: &str, test: &str) -> Option<DatabaseServer> {
    let started = DatabaseServer::start(options);
    started.map_err(|why| skip(test, Need::Postgres, &why)).ok()
}

async fn open(server: &DatabaseServer) -> Postgres {
    open_with(server, &PostgresSettings::default()).await
}

async fn open_with(server: &DatabaseServer, settings: &PostgresSettings) -> Postgres {
    let address = parsed(&server.address());
    migrate(&address).await.expect("the database takes it");
    Postgres::open(&address, settings).await.expect("it is up")
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

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = server!("");
    let bench = PostgresBench::new(server.address()).await;
    let seed = seed();
    for round in 0..5 {
        laws::all(&bench, seed.wrapping_add(round)).await;
    }
}
