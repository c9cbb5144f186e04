//! Which servers are taken for a store.

use crate::bench::{operator, parsed, typed};
use crate::server;
use boxoffice_store::{Redis, RedisError, RedisSettings, Store, UnsafeSettings};
use boxoffice_testing::RedisServer;
use boxoffice_testing::reserved_port::ReservedPort;

async fn refused(address: &str, settings: &RedisSettings) -> RedisError {
    Redis::open(&parsed(address), settings).await.err().expect("it is refused")
}

fn accepting() -> RedisSettings {
    RedisSettings { unsafe_settings: UnsafeSettings::Accepted, ..RedisSettings::default() }
}

#[tokio::test]
async fn a_setting_that_loses_what_was_acknowledged_is_refused_by_name_or_accepted_and_said() {
    let server = server!();
    for (setting, bad, good) in [
        ("appendonly", "no", "yes"),
        ("appendfsync", "everysec", "always"),
        ("no-appendfsync-on-rewrite", "yes", "no"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ] {
        let mut operator = operator(&server);
        let _: () = typed(&mut operator, &format!("CONFIG SET {setting} {bad}"));
        let error = refused(&server.address(), &RedisSettings::default()).await;
        let is_named = matches!(&error, RedisError::Unsafe(found)
            if found.setting == setting && found.value == bad && found.needed == good);
        assert!(is_named, "{error}");
        let store = Redis::open(&parsed(&server.address()), &accepting()).await;
        let store = store.expect("it was accepted");
        let said: Vec<_> = store.unsafe_settings().iter().map(|found| found.setting).collect();
        assert_eq!(said, [setting]);
        let _: () = typed(&mut operator, &format!("CONFIG SET {setting} {good}"));
    }
    Redis::open(&parsed(&server.address()), &RedisSettings::default()).await.expect("it is good");
}

#[tokio::test]
async fn settings_that_are_not_told_are_refused_by_name() {
    let server = server!();
    let _: () = typed(&mut operator(&server), "ACL SETUSER default -config");
    let error = refused(&server.address(), &RedisSettings::default()).await;
    let is_named = matches!(&error, RedisError::Unsafe(found) if found.value.contains("not told"));
    assert!(is_named, "{error}");
}

#[tokio::test]
async fn replicas_that_no_change_waits_for_are_refused_by_name() {
    let primary = server!();
    let port = primary.port().to_string();
    let replica = RedisServer::start("redis-server", &["--replicaof", "127.0.0.1", &port]);
    let replica = replica.expect("its primary is here");
    until_replicas(&primary, 1);
    let error = refused(&primary.address(), &RedisSettings::default()).await;
    assert!(matches!(error, RedisError::Unsafe(found) if found.setting == "wait for replicas"));
    let two = RedisSettings { replicas: 2, ..RedisSettings::default() };
    let error = refused(&primary.address(), &two).await;
    assert!(matches!(error, RedisError::Replicas { needed: 2, found: 1 }), "{error}");
    let one = RedisSettings { replicas: 1, ..RedisSettings::default() };
    Redis::open(&parsed(&primary.address()), &one).await.expect("it is good");
    let error = refused(&replica.address(), &one).await;
    assert!(error.to_string().contains("is no primary"), "{error}");
}

/// Waits until a primary has so many replicas that follow it.
pub(crate) fn until_replicas(primary: &RedisServer, count: usize) {
    let mut operator = operator(primary);
    loop {
        let info: String = typed(&mut operator, "INFO replication");
        if info.matches("state=online").count() == count {
            return;
        }
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said() {
    let nobody = ReservedPort::new().expect("a free port");
    let error = refused(&format!("redis://{}", nobody.address), &RedisSettings::default()).await;
    assert!(matches!(error, RedisError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn several_hosts_that_are_no_cluster_are_refused() {
    let (one, other) = (server!(), server!());
    let both = format!("redis://{},{}", one.host(), other.host());
    let error = refused(&both, &RedisSettings::default()).await;
    assert!(error.to_string().contains("sentinel=NAME"), "{error}");
}

#[tokio::test]
async fn a_user_a_password_and_a_database_are_taken() {
    let server = server!();
    // What docs/stores.md says.
    let user = "ACL SETUSER shop on >s3/cret ~boxoffice:* &boxoffice +@read +@write +@scripting \
        +@pubsub +@connection +info +config|get +time +wait";
    let _: () = typed(&mut operator(&server), user);
    let address = format!("redis://shop:s3%2Fcret@{}/3", server.host());
    let store = Redis::open(&parsed(&address), &RedisSettings::default()).await.expect("it is up");
    let batch = crate::batch(&store, "film", None).await;
    assert_eq!(crate::append(&store, &batch).await, Ok(boxoffice_store::Outcome::Appended));
    store.hint(vec![crate::log("film")]).await.expect("it may");
    let keys: i64 = typed(&mut operator(&server), "DBSIZE");
    assert_eq!(keys, 0, "they are in another database");
    let wrong = format!("redis://shop:other@{}/3", server.host());
    let error = refused(&wrong, &RedisSettings::default()).await;
    assert!(!error.to_string().contains("other@"), "{error}");
}
