//! What can be set of the store.

use std::time::Duration;

/// How a server uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresSettings {
    /// Connections for appends; as many for reads, and for appends that wait for another server's.
    pub connections: usize,
    /// How long a request waits for a connection. It is not sent then.
    pub connection_wait: Duration,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self { connections: 4, connection_wait: Duration::from_secs(5) }
    }
}
