//! A connection, with its prepared statements.

use super::address::{PostgresAddress, Tls};
use super::failure::Failure;
use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_postgres::error::{DbError, Severity};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, NoTls, Row, Statement};

/// Of every connection: a commit is durable, or comes with a warning that is told, and a statement
/// ends before a trimmed key does.
const SETTINGS: &str = "SET synchronous_commit = on; SET client_min_messages = warning; \
    SET statement_timeout = '10s'; SET default_transaction_isolation = 'read committed'";

/// Longer than any statement may take. A server that has not answered by then is not waited for.
const ANSWER: Duration = Duration::from_secs(15);

/// What a statement is asked with.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection, used by one statement at a time.
pub(super) struct Connection {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
    /// How many came so far.
    warnings: Arc<AtomicU64>,
    task: AbortHandle,
}

impl Connection {
    /// Connects to the host that takes changes. Notifications go to `hints`.
    pub(super) async fn open(
        address: &PostgresAddress,
        lock_timeout: Duration,
        hints: Option<mpsc::Sender<String>>,
    ) -> Result<Self, Failure> {
        let warnings = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&warnings);
        let unsent = |error| Failure::of_unsent(&error);
        let (client, task) = match &address.tls {
            Tls::Off => {
                let (client, connection) = address.config.connect(NoTls).await.map_err(unsent)?;
                (client, attend(connection, counted, hints))
            }
            Tls::Verified(tls) => {
                let connected = address.config.connect(tls.clone()).await;
                let (client, connection) = connected.map_err(unsent)?;
                (client, attend(connection, counted, hints))
            }
        };
        let connection = Self { client, prepared: HashMap::new(), warnings, task };
        let lock_timeout = lock_timeout.as_millis();
        connection.run(&format!("{SETTINGS}; SET lock_timeout = '{lock_timeout}ms'")).await?;
        Ok(connection)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements that come without values.
    pub(super) async fn run(&self, statements: &str) -> Result<(), Failure> {
        let ran = tokio::time::timeout(ANSWER, self.client.batch_execute(statements)).await;
        let ran = ran.map_err(|_| no_answer())?;
        ran.map_err(|error| Failure::of_sent(&error))
    }

    /// Asks for rows. The statement is prepared when it is asked for the first time. One that comes
    /// with a warning is unknown: a commit whose wait for a standby was cut is local only.
    pub(super) async fn ask(
        &mut self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let prepared = match self.prepared.get(statement) {
            Some(prepared) => prepared.clone(),
            None => self.prepare(statement).await?,
        };
        if self.is_closed() {
            return Err(Failure::unavailable("the connection was lost before it was used"));
        }
        let before = self.warnings.load(Ordering::Acquire);
        let rows = tokio::time::timeout(ANSWER, self.client.query(&prepared, values)).await;
        let rows = rows.map_err(|_| no_answer())?.map_err(|error| Failure::of_sent(&error))?;
        match self.warnings.load(Ordering::Acquire) == before {
            true => Ok(rows),
            false => Err(Failure::unknown("the answer came with a warning")),
        }
    }

    async fn prepare(&mut self, statement: &'static str) -> Result<Statement, Failure> {
        let prepared = tokio::time::timeout(ANSWER, self.client.prepare(statement)).await;
        let prepared = prepared.map_err(|_| Failure::unavailable(no_answer().why))?;
        let prepared = prepared.map_err(|error| Failure::of_unsent(&error))?;
        self.prepared.insert(statement, prepared.clone());
        Ok(prepared)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // An answer that did not come in time is not waited for here, either.
        self.task.abort();
    }
}

/// Reads from a connection until it ends.
fn attend<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    warnings: Arc<AtomicU64>,
    hints: Option<mpsc::Sender<String>>,
) -> AbortHandle
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let task = tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            match (message, &hints) {
                (AsyncMessage::Notice(notice), _) if is_warning(&notice) => {
                    warnings.fetch_add(1, Ordering::AcqRel);
                }
                // One that is lost is found by the ends of logs.
                (AsyncMessage::Notification(hint), Some(hints)) => {
                    drop(hints.try_send(hint.payload().to_owned()));
                }
                _ => {}
            }
        }
    });
    task.abort_handle()
}

/// By the name of its severity that is the same in every language.
fn is_warning(notice: &DbError) -> bool {
    notice.parsed_severity() == Some(Severity::Warning)
}

fn no_answer() -> Failure {
    Failure::unknown(format!("the server did not answer within {} s", ANSWER.as_secs()))
}
