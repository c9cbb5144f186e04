//! MongoDB keeps the laws of a store: what speaks its wire on these machines, or a real one.

mod bench;
mod opening;
mod outage;
mod snapshots;

use bench::{MongoBench, parsed};
use boxoffice_store::laws::{self, append, batch, log, settle};
use boxoffice_store::{Mongo, MongoSettings};
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

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = server!(MongoServer::start);
    laws::all(&MongoBench::new(&server).await, seed()).await;
}
