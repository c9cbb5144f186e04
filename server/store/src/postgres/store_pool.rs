//! A few connections to one database.

use crate::error::StoreError;
use parking_lot::Mutex;
use std::error::Error as _;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

/// Statements at once. One that waits for another server's append holds up no other.
const CONNECTIONS: usize = 8;

/// Of every connection: a commit is durable, and a statement ends before a trimmed key does.
const SETTINGS: &str = "SET synchronous_commit = on; SET statement_timeout = '10s'; \
    SET default_transaction_isolation = 'read committed'";

/// StorePool that are made when they are needed, and used again.
pub(super) struct StorePool {
    config: Config,
    /// How long a statement waits for that of another server.
    lock_timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
    hints: broadcast::Sender<String>,
}

/// A connection, used by one statement at a time.
pub(super) struct Connection {
    pub(super) client: Client,
    warnings: Arc<AtomicU64>,
}

impl Connection {
    /// Warnings so far. One during a commit may say that it is not on a standby yet.
    pub(super) fn warnings(&self) -> u64 {
        self.warnings.load(Ordering::Acquire)
    }
}

/// What the server said, and why.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl StorePool {
    pub(super) fn new(
        config: Config,
        lock_timeout: Duration,
        hints: broadcast::Sender<String>,
    ) -> Self {
        let (idle, free) = (Mutex::default(), Semaphore::new(CONNECTIONS));
        Self { config, lock_timeout, idle, free, hints }
    }

    /// Runs statements on a connection. An error of `connect` means that nothing was sent.
    pub(super) async fn with<T>(
        &self,
        run: impl AsyncFnOnce(&Connection) -> T,
    ) -> Result<T, StoreError> {
        let _permit = self.free.acquire().await.map_err(|_| StoreError::Busy)?;
        let idle = self.idle.lock().pop().filter(|idle| !idle.client.is_closed());
        let connection = match idle {
            Some(idle) => idle,
            None => self.connect().await.map_err(|e| StoreError::Unavailable(said(&e)))?,
        };
        let result = run(&connection).await;
        if !connection.client.is_closed() {
            self.idle.lock().push(connection);
        }
        Ok(result)
    }

    /// A connection of its own.
    pub(super) async fn connect(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, mut connection) = self.config.connect(NoTls).await?;
        let warnings = Arc::new(AtomicU64::new(0));
        let (counted, hints) = (Arc::clone(&warnings), self.hints.clone());
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await
            {
                match message {
                    AsyncMessage::Notice(notice) if notice.severity() == "WARNING" => {
                        counted.fetch_add(1, Ordering::AcqRel);
                    }
                    // Where nothing listens, nothing misses it.
                    AsyncMessage::Notification(hint) => drop(hints.send(hint.payload().to_owned())),
                    _ => {}
                }
            }
        });
        let lock_timeout = self.lock_timeout.as_millis();
        let settings = format!("{SETTINGS}; SET lock_timeout = '{lock_timeout}ms'");
        client.batch_execute(&settings).await?;
        Ok(Connection { client, warnings })
    }
}
