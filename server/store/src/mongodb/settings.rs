//! What can be set of the store.

use crate::unsafe_setting::UnsafeSettings;
use std::time::Duration;

/// How a server uses its MongoDB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MongoSettings {
    /// Appends that are on their way at a time.
    pub appends: usize,
    /// How long a request waits for a server that takes it. It is not sent then.
    pub connection_wait: Duration,
    /// How long a majority of the members is waited for. The outcome is unknown then.
    pub majority_wait: Duration,
    /// What to do about a MongoDB that loses acknowledged changes in a crash.
    pub unsafe_settings: UnsafeSettings,
}

impl Default for MongoSettings {
    fn default() -> Self {
        Self {
            appends: 4,
            connection_wait: Duration::from_secs(5),
            majority_wait: Duration::from_secs(5),
            unsafe_settings: UnsafeSettings::Refused,
        }
    }
}
