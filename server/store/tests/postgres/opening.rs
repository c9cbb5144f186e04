//! Which databases are taken for a store.

use crate::bench::{connect, parsed};
use crate::server;
use boxoffice_store::{
    Migration, Postgres, PostgresAddress, PostgresError, PostgresSettings, UnsafeSettings, migrate,
};

async fn refused(address: &str) -> PostgresError {
    let opened = Postgres::open(&parsed(address), &PostgresSettings::default()).await;
    opened.err().expect("it is refused")
}

#[tokio::test]
async fn a_setting_that_loses_what_was_acknowledged_is_refused_by_name_or_accepted_and_said() {
    let server = server!("-c fsync=off");
    let address = parsed(&server.address());
    migrate(&address).await.expect("the database takes it");
    let error = refused(&server.address()).await;
    let named = matches!(&error, PostgresError::Unsafe(found) if found.setting == "fsync");
    assert!(named && error.to_string().contains("set it to on"), "{error}");
    let unsafe_settings = UnsafeSettings::Accepted;
    let settings = PostgresSettings { unsafe_settings, ..PostgresSettings::default() };
    let store = Postgres::open(&address, &settings).await.expect("it was accepted");
    let said: Vec<_> = store.unsafe_settings().iter().map(|found| found.setting).collect();
    assert_eq!(said, ["fsync"]);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let error = refused("host=/no/such/folder user=postgres").await;
    assert!(matches!(error, PostgresError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_schema_that_is_missing_or_newer_is_refused_by_name() {
    let server = server!("");
    let address = parsed(&server.address());
    let missing = refused(&server.address()).await;
    assert!(matches!(missing, PostgresError::SchemaMissing), "{missing:?}");
    let together = tokio::join!(migrate(&address), migrate(&address));
    let mut done = [together.0, together.1].map(|done| done.expect("the database takes it").from);
    done.sort_unstable();
    assert_eq!(done, [0, 1], "one makes it, the other finds it made");
    let again = migrate(&address).await.expect("there is nothing to do");
    assert_eq!(again, Migration { from: 1, to: 1 });
    let newer = "INSERT INTO boxoffice_schema (version) VALUES (9)";
    connect(&server.address()).await.batch_execute(newer).await.expect("a statement");
    let error = refused(&server.address()).await;
    assert!(matches!(error, PostgresError::SchemaNewer { found: 9, known: 1 }), "{error:?}");
    let error = migrate(&address).await.expect_err("it is newer");
    assert!(error.to_string().contains("newer program"), "{error}");
}

#[tokio::test]
async fn an_address_shows_no_password() {
    for whole in ["postgres://shop:hunter2@localhost/a", "postgres://shop:hunter2?@localhost/a"] {
        assert!(!format!("{:?}", parsed(whole)).contains("hunter2"));
    }
    let wrong = [
        "postgres://shop@localhost/shop?hunter2=1",
        "host=localhost password=x hunter2=1",
        "postgres://shop:hunter2@localhost:port/shop",
    ];
    for address in wrong {
        let error = PostgresAddress::parse(address).expect_err("it is wrong");
        assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
    }
    let unreachable = refused("postgres://shop:hunter2@127.0.0.1:1/shop").await;
    assert!(!format!("{unreachable:?} {unreachable}").contains("hunter2"), "{unreachable:?}");
}

#[test]
fn what_protects_too_little_is_refused_by_name() {
    for (address, named) in [
        ("postgres://db.example/shop?sslmode=prefer", "verify-full"),
        ("postgres://db.example/shop?sslrootcert=%2Fno%2Fsuch.pem", "/no/such.pem"),
        ("host=localhost sslrootcert=/no/such.pem sslmode=verify-full", "/no/such.pem"),
        ("host=localhost hostaddr=192.0.2.1 sslrootcert=/no/such.pem", "/no/such.pem"),
        ("host=localhost target_session_attrs=read-only", "read-write"),
        ("dbname=shop", "host"),
    ] {
        let error = PostgresAddress::parse(address).expect_err("it is wrong").to_string();
        assert!(error.contains(named), "{address}: {error}");
    }
    for address in [
        "postgres://one.example,two.example/shop?sslmode=disable",
        "host=/run/pg",
        "host=localhost hostaddr=127.0.0.1 sslrootcert=/no/such.pem",
    ] {
        PostgresAddress::parse(address).expect("it was chosen");
    }
}
