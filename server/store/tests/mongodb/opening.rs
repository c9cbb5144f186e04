//! Which servers are taken for a store.

use crate::bench::parsed;
use crate::{append, batch, open, server};
use boxoffice_store::{Mongo, MongoError, MongoSettings, Outcome};
use boxoffice_testing::MongoServer;
use boxoffice_testing::reserved_port::ReservedPort;
use std::time::Duration;

#[tokio::test]
async fn a_server_that_is_not_there_is_named_as_unavailable() {
    let port = ReservedPort::new().expect("a free port");
    let quick =
        MongoSettings { connection_wait: Duration::from_millis(200), ..MongoSettings::default() };
    let address = format!("mongodb://me:secret@{}", port.address);
    let error = Mongo::open(&parsed(&address), &quick).await.err().expect("nothing is there");
    assert!(matches!(error, MongoError::Unavailable(_)), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn what_is_there_already_is_used() {
    let server = server!(MongoServer::start);
    let first = batch(&open(&server).await, "kept", None).await;
    for _ in 0..2 {
        let store = open(&server).await;
        assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
        assert_eq!(store.unsafe_settings(), []);
    }
}
