//! Several servers over one store, whichever engine that is.

use crate::common::{ClockedStore, config, start_with};
use boxoffice_protocol::id::{ReservationId, Token};
use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_server::{Dependencies, Server};
use boxoffice_store::Store;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{Raw, START, new_id, until_some};
use std::sync::Arc;
use std::time::Duration;

/// Servers that share a store.
pub(crate) struct Bench {
    pub(crate) servers: Vec<Server>,
    /// The engine in memory, where it is that.
    pub(crate) engine: Option<Arc<ClockedStore>>,
    #[cfg(feature = "postgres")]
    pub(crate) database: Option<boxoffice_testing::DatabaseServer>,
    /// That of clients; none where no tokens are in use.
    pub(crate) token: Option<Token>,
    /// It runs for as long as the servers do.
    _redis: Option<boxoffice_testing::RedisServer>,
    #[cfg(feature = "mongodb")]
    mongo: Option<boxoffice_testing::MongoServer>,
}

/// Which engine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    Memory,
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "redis")]
    Redis,
    #[cfg(feature = "mongodb")]
    Mongo,
}

/// The engines of this build.
pub(crate) const ENGINES: &[Engine] = &[
    Engine::Memory,
    #[cfg(feature = "postgres")]
    Engine::Postgres,
    #[cfg(feature = "redis")]
    Engine::Redis,
    #[cfg(feature = "mongodb")]
    Engine::Mongo,
];

impl Bench {
    /// Starts so many servers; none where the machine has no such engine.
    pub(crate) async fn start(engine: Engine, servers: usize, test: &str) -> Option<Self> {
        Self::with(engine, servers, test, &config()).await
    }

    pub(crate) async fn with(
        engine: Engine,
        servers: usize,
        test: &str,
        config: &Config,
    ) -> Option<Self> {
        let _ = test;
        match engine {
            Engine::Memory => {
                let clock = Clock::manual(START);
                let engine = Arc::new(ClockedStore::new(clock.clone()));
                let mut started = Vec::new();
                for _ in 0..servers {
                    let store: Arc<dyn Store> = Arc::clone(&engine) as Arc<dyn Store>;
                    let clock = Some(clock.clone());
                    let given = Dependencies { clock, store: Some(store), ..Default::default() };
                    started.push(start_with(given, config.clone()).await);
                }
                Some(Self {
                    servers: started,
                    engine: Some(engine),
                    #[cfg(feature = "postgres")]
                    database: None,
                    token: None,
                    _redis: None,
                    #[cfg(feature = "mongodb")]
                    mongo: None,
                })
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres => Self::over_postgres(servers, test, config).await,
            #[cfg(feature = "redis")]
            Engine::Redis => Self::over_redis(servers, test, config).await,
            #[cfg(feature = "mongodb")]
            Engine::Mongo => Self::over_mongo(servers, test, config).await,
        }
    }

    #[cfg(feature = "postgres")]
    async fn over_postgres(servers: usize, test: &str, config: &Config) -> Option<Self> {
        use boxoffice_testing::DatabaseServer;
        use boxoffice_testing::skip::{Need, skip};
        let database = DatabaseServer::start("");
        let database = database.map_err(|why| skip(test, Need::Postgres, &why)).ok()?;
        boxoffice_server::engines::migrate(&address(database.host()))
            .await
            .expect("it takes tables");
        let mut started = Vec::new();
        for _ in 0..servers {
            started.push(over(&database, config).await);
        }
        Some(Self {
            servers: started,
            engine: None,
            database: Some(database),
            token: None,
            _redis: None,
            #[cfg(feature = "mongodb")]
            mongo: None,
        })
    }

    #[cfg(feature = "redis")]
    async fn over_redis(servers: usize, test: &str, config: &Config) -> Option<Self> {
        use boxoffice_testing::RedisServer;
        use boxoffice_testing::skip::{Need, skip};
        let redis = RedisServer::start("redis-server", &[]);
        let redis = redis.map_err(|why| skip(test, Need::Redis, &why)).ok()?;
        let mut started = Vec::new();
        for _ in 0..servers {
            started.push(at(redis.address(), config).await);
        }
        Some(Self {
            servers: started,
            engine: None,
            #[cfg(feature = "postgres")]
            database: None,
            token: None,
            _redis: Some(redis),
            #[cfg(feature = "mongodb")]
            mongo: None,
        })
    }

    #[cfg(feature = "mongodb")]
    async fn over_mongo(servers: usize, test: &str, config: &Config) -> Option<Self> {
        use boxoffice_testing::MongoServer;
        use boxoffice_testing::skip::{Need, skip};
        let mongo = MongoServer::start().map_err(|why| skip(test, Need::Mongo, &why)).ok()?;
        let mut started = Vec::new();
        for _ in 0..servers {
            started.push(at(mongo.address().to_owned(), config).await);
        }
        Some(Self {
            servers: started,
            engine: None,
            #[cfg(feature = "postgres")]
            database: None,
            token: None,
            _redis: None,
            mongo: Some(mongo),
        })
    }

    /// Where its MongoDB is.
    #[cfg(feature = "mongodb")]
    pub(crate) fn mongo_address(&self) -> &str {
        self.mongo.as_ref().expect("it has one").address()
    }

    /// Where its Redis is.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_address(&self) -> String {
        self._redis.as_ref().expect("it has one").address()
    }

    /// A connection to one of the servers.
    pub(crate) async fn client(&self, server: usize) -> Raw {
        let address = self.servers[server % self.servers.len()].address();
        match &self.token {
            Some(token) => enter(address, token).await,
            None => Raw::connect(address).await,
        }
    }

    /// Starts another server over the same store.
    pub(crate) async fn another(&mut self, config: &Config) {
        let server = match self {
            #[cfg(feature = "postgres")]
            Self { database: Some(database), .. } => over(database, config).await,
            #[cfg(feature = "redis")]
            Self { _redis: Some(redis), .. } => at(redis.address(), config).await,
            #[cfg(feature = "mongodb")]
            Self { mongo: Some(mongo), .. } => at(mongo.address().to_owned(), config).await,
            Self { engine, .. } => {
                let engine = Arc::clone(engine.as_ref().expect("it is in memory"));
                let clock = Some(self.servers[0].clock().clone());
                let given = Dependencies { clock, store: Some(engine), ..Default::default() };
                start_with(given, config.clone()).await
            }
        };
        self.servers.push(server);
    }

    /// A figure of a server's.
    pub(crate) async fn count(&self, server: usize, name: &str) -> u64 {
        let Body::Stats(stats) = self.client(server).await.ask(&Request::Stats).await.body else {
            panic!("stats")
        };
        let stat = stats.iter().find(|stat| stat.name == name);
        match stat.map(|stat| &stat.value) {
            Some(StatValue::Count(count)) => *count,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// Waits until a figure of a server's is this.
    pub(crate) async fn until_count(&self, server: usize, name: &str, count: u64) {
        let what = format!("{name} is {count}");
        until_some(&what, async || (self.count(server, name).await == count).then_some(())).await;
    }

    /// An id of this moment.
    pub(crate) fn id(&self) -> ReservationId {
        new_id(self.servers[0].clock().now())
    }

    /// Lets time pass, where the test moves the clock.
    pub(crate) fn advance(&self, span: Duration) {
        self.servers[0].clock().advance(span);
    }
}

/// The address of a database as users write it, by the folder of its socket.
#[cfg(feature = "postgres")]
pub(crate) fn address(host: &std::path::Path) -> String {
    let host = host.display().to_string().replace('/', "%2F");
    format!("postgres://postgres@{host}/postgres")
}

/// A server over a database, with the settings that a user would give.
#[cfg(feature = "postgres")]
pub(crate) async fn over(database: &boxoffice_testing::DatabaseServer, config: &Config) -> Server {
    at(address(database.host()), config).await
}

/// A server over the store at an address.
#[cfg(feature = "engine")]
async fn at(address: String, config: &Config) -> Server {
    use boxoffice_server::config::{SharedStoreOptions, StoreChoice};
    let shared = SharedStoreOptions { address, secrets: None, redis_wait: 0, accept_unsafe: false };
    let config = Config { store: StoreChoice::Shared(shared), ..config.clone() };
    Server::start(config).await.expect("the store is up")
}
