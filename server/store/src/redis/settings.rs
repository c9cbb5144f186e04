//! What can be set of the store.

use crate::unsafe_setting::UnsafeSettings;
use std::time::Duration;

/// How a server uses its Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisSettings {
    /// Connections for appends to each primary; as many for everything else.
    pub connections: usize,
    /// How long a request waits for a connection. It is not sent then.
    pub connection_wait: Duration,
    /// So many replicas have to have a change before it counts. Without any, a failover may lose what
    /// was acknowledged.
    pub replicas: usize,
    /// How long these are waited for. The outcome is unknown then.
    pub replica_wait: Duration,
    /// What to do about settings of Redis that lose acknowledged changes in a crash or a failover.
    pub unsafe_settings: UnsafeSettings,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            connections: 4,
            connection_wait: Duration::from_secs(5),
            replicas: 0,
            replica_wait: Duration::from_secs(1),
            unsafe_settings: UnsafeSettings::Refused,
        }
    }
}
