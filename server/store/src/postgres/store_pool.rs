//! A few connections to one database.

use super::address::PostgresAddress;
use super::connection::Connection;
use super::failure::{Failure, Fate};
use super::settings::PostgresSettings;
use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult, TimeoutType,
};
use std::time::Duration;

/// Connections that are made when they are needed, and used again.
#[derive(Clone)]
pub(super) struct StorePool {
    pool: Pool<Connector>,
    wait: Duration,
}

pub(super) struct Connector {
    address: PostgresAddress,
    lock_timeout: Duration,
}

impl StorePool {
    /// A pool whose statements wait for those of other servers as long as `lock_timeout`.
    pub(super) fn new(
        address: PostgresAddress,
        settings: &PostgresSettings,
        lock_timeout: Duration,
    ) -> Self {
        let wait = settings.connection_wait;
        let pool = Pool::builder(Connector { address, lock_timeout })
            .max_size(settings.connections)
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("timeouts have their runtime");
        Self { pool, wait }
    }

    /// Runs statements on a connection. One whose failure may have to do with it is not used again.
    pub(super) async fn with<T>(
        &self,
        run: impl AsyncFnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut connection = self.connection().await?;
        let result = run(&mut connection).await;
        if let Err(failure) = &result {
            give_back(connection, failure);
        }
        result
    }

    /// A connection; an error means that nothing was sent.
    pub(super) async fn connection(&self) -> Result<Object<Connector>, Failure> {
        let failed = match self.pool.get().await {
            Ok(connection) => return Ok(connection),
            Err(PoolError::Backend(failure)) => return Err(failure),
            Err(PoolError::Timeout(TimeoutType::Wait)) => "no connection was free",
            Err(PoolError::Timeout(_)) => "the server took no connection",
            Err(_) => return Err(Failure::unavailable("the store is closed")),
        };
        let wait = self.wait.as_millis();
        Err(Failure::unavailable(format!("{failed} within the connection wait of {wait} ms")))
    }
}

/// Gives a connection back, unless its failure may have to do with it.
pub(super) fn give_back(connection: Object<Connector>, failure: &Failure) {
    match failure.fate {
        Fate::InTheWay | Fate::Refused => {}
        Fate::Unavailable | Fate::Unknown => drop(Object::take(connection)),
    }
}

impl Manager for Connector {
    type Type = Connection;
    type Error = Failure;

    async fn create(&self) -> Result<Connection, Failure> {
        Connection::open(&self.address, self.lock_timeout, None).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Failure> {
        match connection.is_closed() {
            true => Err(RecycleError::message("it is closed")),
            false => Ok(()),
        }
    }
}
