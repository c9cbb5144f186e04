//! What can be set of the store.

use crate::unsafe_setting::UnsafeSettings;
use std::time::Duration;

/// How a server uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresSettings {
    /// Connections for appends; as many for reads, and for appends that wait for another server's.
    pub connections: usize,
    /// How long a request waits for a connection. It is not sent then.
    pub connection_wait: Duration,
    /// What to do about settings of PostgreSQL that lose acknowledged changes in a crash.
    pub unsafe_settings: UnsafeSettings,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self {
            connections: 4,
            connection_wait: Duration::from_secs(5),
            unsafe_settings: UnsafeSettings::Refused,
        }
    }
}
