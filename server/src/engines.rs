//! The engines that several servers can share, by the address of a store. Each is a feature of the
//! build.

use crate::config::SharedStoreOptions;
#[cfg(feature = "mongodb")]
use boxoffice_store::{Mongo, MongoAddress, MongoError, MongoSettings};
#[cfg(feature = "postgres")]
use boxoffice_store::{Postgres, PostgresAddress, PostgresError, PostgresSettings};
#[cfg(feature = "redis")]
use boxoffice_store::{Redis, RedisAddress, RedisError, RedisSettings};
use boxoffice_store::{Store, StoreError};
#[cfg(feature = "engine")]
use boxoffice_store::{UnsafeSetting, UnsafeSettings};
use std::sync::Arc;
use thiserror::Error;

/// A store that was opened.
pub(crate) struct OpenedEngine {
    pub(crate) store: Arc<dyn Store>,
    /// The engine's name, for people.
    pub(crate) name: &'static str,
    /// When a change counts as durable, for people.
    pub(crate) sync: String,
}

/// Why there is no store at an address.
#[derive(Debug, Error)]
pub enum EngineError {
    #[error("--store begins with postgres://, redis://, rediss:// or mongodb://, and not with {0}")]
    Unknown(String),
    /// The engine is none of this program's.
    #[error(
        "this program was built without {engine}; get one with it by \
         cargo build --release --bin boxoffice-server --features {feature}"
    )]
    NotBuilt { engine: &'static str, feature: &'static str },
    #[cfg(feature = "postgres")]
    #[error("--store: {0}")]
    Postgres(#[from] PostgresError),
    #[cfg(feature = "postgres")]
    #[error("--store: {0}: boxoffice-server migrate --store ADDRESS")]
    Schema(PostgresError),
    #[cfg(feature = "redis")]
    #[error("--store: {0}")]
    Redis(#[from] RedisError),
    #[cfg(feature = "mongodb")]
    #[error("--store: {0}")]
    Mongo(#[from] MongoError),
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl EngineError {
    /// Whether trying again is of no use before a person has looked.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Store(StoreError::Unavailable(_) | StoreError::Busy) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(PostgresError::Unavailable(_)) => false,
            #[cfg(feature = "redis")]
            Self::Redis(RedisError::Unavailable(_) | RedisError::Replicas { .. }) => false,
            #[cfg(feature = "mongodb")]
            Self::Mongo(MongoError::Unavailable(_)) => false,
            _ => true,
        }
    }
}

/// An engine, by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Postgres,
    Redis,
    Mongo,
}

impl Engine {
    fn of(address: &str) -> Result<Self, EngineError> {
        match address.split_once("://").map_or(address, |(scheme, _)| scheme) {
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "redis" | "rediss" => Ok(Self::Redis),
            "mongodb" | "mongodb+srv" => Ok(Self::Mongo),
            // What is no scheme may be a password.
            scheme if address.contains("://") => Err(EngineError::Unknown(format!("{scheme}://"))),
            _ => Err(EngineError::Unknown("anything else".to_owned())),
        }
    }
}

/// Opens the store at an address, and checks that it keeps what it acknowledges.
pub(crate) async fn open(options: &SharedStoreOptions) -> Result<OpenedEngine, EngineError> {
    match Engine::of(&options.address)? {
        #[cfg(feature = "postgres")]
        Engine::Postgres => open_postgres(options).await,
        #[cfg(not(feature = "postgres"))]
        Engine::Postgres => Err(WITHOUT_POSTGRES),
        #[cfg(feature = "redis")]
        Engine::Redis => open_redis(options).await,
        #[cfg(not(feature = "redis"))]
        Engine::Redis => Err(WITHOUT_REDIS),
        #[cfg(feature = "mongodb")]
        Engine::Mongo => open_mongo(options).await,
        #[cfg(not(feature = "mongodb"))]
        Engine::Mongo => Err(WITHOUT_MONGO),
    }
}

/// Makes the tables of a store, or brings them to the version of this program. Returns what was done,
/// for people.
///
/// # Errors
/// As of the engine, or there is nothing to make.
pub async fn migrate(address: &str) -> Result<String, EngineError> {
    match Engine::of(address)? {
        #[cfg(feature = "postgres")]
        Engine::Postgres => {
            let address = PostgresAddress::parse(address)?;
            let boxoffice_store::Migration { from, to } =
                boxoffice_store::migrate(&address).await?;
            Ok(match from == to {
                true => format!("the tables have version {to} already"),
                false => format!("the tables have version {to} now; before, {from}"),
            })
        }
        #[cfg(not(feature = "postgres"))]
        Engine::Postgres => Err(WITHOUT_POSTGRES),
        Engine::Redis => Ok("Redis has no tables: there is nothing to make".to_owned()),
        Engine::Mongo => Ok("each server makes the collections that MongoDB lacks".to_owned()),
    }
}

#[cfg(not(feature = "postgres"))]
const WITHOUT_POSTGRES: EngineError =
    EngineError::NotBuilt { engine: "PostgreSQL", feature: "postgres" };

#[cfg(not(feature = "redis"))]
const WITHOUT_REDIS: EngineError = EngineError::NotBuilt { engine: "Redis", feature: "redis" };

#[cfg(not(feature = "mongodb"))]
const WITHOUT_MONGO: EngineError = EngineError::NotBuilt { engine: "MongoDB", feature: "mongodb" };

#[cfg(feature = "postgres")]
async fn open_postgres(options: &SharedStoreOptions) -> Result<OpenedEngine, EngineError> {
    let unsafe_settings = unsafe_settings(options);
    let settings = PostgresSettings { unsafe_settings, ..PostgresSettings::default() };
    let address = PostgresAddress::parse(&options.address)?;
    let store = Postgres::open(&address, &settings).await.map_err(|error| match error {
        PostgresError::SchemaMissing | PostgresError::SchemaOlder { .. } => {
            EngineError::Schema(error)
        }
        error => EngineError::Postgres(error),
    })?;
    let sync = sync(store.unsafe_settings());
    Ok(OpenedEngine { store: Arc::new(store), name: "postgres", sync })
}

/// Where a store of PostgreSQL is.
#[cfg(feature = "postgres")]
pub(crate) fn postgres_address(
    options: &SharedStoreOptions,
) -> Result<PostgresAddress, EngineError> {
    Ok(PostgresAddress::parse(&options.address)?)
}

#[cfg(feature = "redis")]
async fn open_redis(options: &SharedStoreOptions) -> Result<OpenedEngine, EngineError> {
    let settings = RedisSettings {
        replicas: options.redis_wait,
        unsafe_settings: unsafe_settings(options),
        ..RedisSettings::default()
    };
    let address = RedisAddress::parse(&options.address)?;
    let store = Redis::open(&address, &settings).await?;
    let sync = sync(store.unsafe_settings());
    Ok(OpenedEngine { store: Arc::new(store), name: "redis", sync })
}

#[cfg(feature = "mongodb")]
async fn open_mongo(options: &SharedStoreOptions) -> Result<OpenedEngine, EngineError> {
    let unsafe_settings = unsafe_settings(options);
    let settings = MongoSettings { unsafe_settings, ..MongoSettings::default() };
    let address = MongoAddress::parse(&options.address)?;
    let store = Mongo::open(&address, &settings).await?;
    let sync = sync(store.unsafe_settings());
    Ok(OpenedEngine { store: Arc::new(store), name: "mongodb", sync })
}

#[cfg(feature = "engine")]
fn unsafe_settings(options: &SharedStoreOptions) -> UnsafeSettings {
    match options.accept_unsafe {
        true => UnsafeSettings::Accepted,
        false => UnsafeSettings::Refused,
    }
}

/// When a change counts as durable, where these settings of an engine are not what they should be.
#[cfg(feature = "engine")]
fn sync(lax: &[UnsafeSetting]) -> String {
    let lax: Vec<_> = lax.iter().map(|it| format!("{} is {}", it.setting, it.value)).collect();
    if lax.is_empty() {
        return "always".to_owned();
    }
    let lax = lax.join(", ");
    tracing::warn!(settings = lax, "the store may lose what was acknowledged");
    format!("not always, a crash or failover loses what was acknowledged: {lax}")
}
