//! A connection for tables that lie beside those of a store, and that the store does not know.
//!
//! Values go in and come out as text: what is large is JSON.

use super::address::PostgresAddress;
use super::connection::Connection;
use super::error::PostgresError;
use super::failure::{Failure, Fate};
use super::rows::column;
use crate::engine_thread::EngineThread;
use crate::store::Pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

/// How long a statement waits for another one's lock.
const LOCK: Duration = Duration::from_secs(5);

/// A connection of its own, on a thread of its own. It ends when it is dropped, and with it the locks of its
/// session.
pub struct PostgresSession {
    thread: EngineThread,
    connection: Arc<Mutex<Connection>>,
}

/// A statement of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlStep {
    pub sql: &'static str,
    pub values: Vec<String>,
    pub expects: SqlExpectation,
}

/// What a statement of a transaction has to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlExpectation {
    Anything,
    /// At least a row, or nothing of the transaction is applied.
    Row,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionEnd {
    Committed,
    /// Nothing was applied: a statement came to no row.
    NoRow,
    /// Nothing was applied: a row is there already. PostgreSQL's words name the key.
    Violated(String),
}

impl PostgresSession {
    /// Connects to the primary of a database.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    pub async fn open(address: &PostgresAddress) -> Result<Self, PostgresError> {
        let address = address.clone();
        let opened = async move {
            let connection = Connection::open(&address, LOCK, None).await?;
            Ok(Arc::new(Mutex::new(connection)))
        };
        let (thread, connection) =
            EngineThread::open(opened, PostgresError::Thread, PostgresError::Unavailable).await?;
        Ok(Self { thread, connection })
    }

    /// Runs statements that come without values.
    pub fn run(&self, statements: String) -> Pending<()> {
        let connection = Arc::clone(&self.connection);
        self.thread.start(async move { Ok(connection.lock().await.run(&statements).await?) })
    }

    /// The first column of what a query finds, which has to be text.
    pub fn ask(&self, sql: &'static str, values: Vec<String>) -> Pending<Vec<String>> {
        let connection = Arc::clone(&self.connection);
        self.thread.start(async move {
            let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
            let rows = connection.lock().await.ask(sql, &values).await?;
            rows.iter().map(|row| column(row, 0)).collect()
        })
    }

    /// Runs all of these statements, or none. A crash of the engine may take back the last transactions,
    /// each as a whole: this is for what can be made anew.
    pub fn transact(&self, steps: Vec<SqlStep>) -> Pending<TransactionEnd> {
        let connection = Arc::clone(&self.connection);
        self.thread.start(async move {
            let mut connection = connection.lock().await;
            connection.run("BEGIN; SET LOCAL synchronous_commit = off").await?;
            let end = match all(&mut connection, &steps).await {
                Ok(TransactionEnd::Committed) => {
                    connection.run("COMMIT").await?;
                    return Ok(TransactionEnd::Committed);
                }
                Ok(end) => Ok(end),
                Err(failure) if failure.code == Some(SqlState::UNIQUE_VIOLATION) => {
                    Ok(TransactionEnd::Violated(failure.why))
                }
                Err(failure) => Err(failure),
            };
            if !matches!(&end, Err(Failure { fate: Fate::Unknown | Fate::Unavailable, .. })) {
                connection.run("ROLLBACK").await?;
            }
            Ok(end?)
        })
    }
}

async fn all(connection: &mut Connection, steps: &[SqlStep]) -> Result<TransactionEnd, Failure> {
    for SqlStep { sql, values, expects } in steps {
        let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = connection.ask(sql, &values).await?;
        if rows.is_empty() && *expects == SqlExpectation::Row {
            return Ok(TransactionEnd::NoRow);
        }
    }
    Ok(TransactionEnd::Committed)
}
