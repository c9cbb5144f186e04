//! Which databases are taken for a store.

use crate::server;
use boxoffice_store::{Postgres, PostgresError, PostgresSettings};

#[tokio::test]
async fn a_setting_that_loses_what_was_acknowledged_is_refused_by_name() {
    let server = server!("-c fsync=off");
    let refused = Postgres::open(&server.address(), &PostgresSettings::default()).await.err();
    let named = matches!(refused, Some(PostgresError::Setting { setting: "fsync", .. }));
    assert!(named, "{refused:?}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let nowhere = "host=/no/such/folder user=postgres";
    let missing = Postgres::open(nowhere, &PostgresSettings::default()).await.err();
    assert!(matches!(missing, Some(PostgresError::Unavailable(_))), "{missing:?}");
}
