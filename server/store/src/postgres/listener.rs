//! Hints of other servers, by PostgreSQL's notifications.

use super::address::PostgresAddress;
use super::connection::Connection;
use super::failure::Failure;
use crate::log_id::LogId;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{MissedTickBehavior, interval};

/// The pause between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Notifications that have not been passed on. Of more, some get lost.
const BACKLOG: usize = 1_024;

/// A connection that gets notifications.
pub(super) struct Listener {
    _connection: Connection,
    notified: mpsc::Receiver<String>,
}

impl Listener {
    pub(super) async fn open(address: &PostgresAddress) -> Result<Self, Failure> {
        let (say, notified) = mpsc::channel(BACKLOG);
        let connection = Connection::open(address, Duration::ZERO, Some(say)).await?;
        connection.run("LISTEN boxoffice").await?;
        Ok(Self { _connection: connection, notified })
    }

    /// Passes hints on until the connection ends.
    async fn pass(mut self, hints: &broadcast::Sender<LogId>) {
        while let Some(hint) = self.notified.recv().await {
            if let Ok(log) = LogId::parse(&hint) {
                // It fails where nothing listens: then the hint is of no use.
                drop(hints.send(log));
            }
        }
    }
}

/// Passes hints on, and connects again where the connection is lost. What is missed meanwhile is
/// found by the ends of logs.
pub(super) async fn listen(
    first: Listener,
    address: PostgresAddress,
    hints: broadcast::Sender<LogId>,
) {
    first.pass(&hints).await;
    let mut pace = interval(PAUSE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        if let Ok(listener) = Listener::open(&address).await {
            listener.pass(&hints).await;
        }
    }
}
