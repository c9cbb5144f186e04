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
use boxoffice_store::laws::{self, append, batch, log};
use boxoffice_store::{Postgres, PostgresSettings, migrate};
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

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = server!("");
    let bench = PostgresBench::new(server.address()).await;
    let seed = seed();
    for round in 0..5 {
        laws::all(&bench, seed.wrapping_add(round)).await;
    }
}
