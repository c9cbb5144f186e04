//! The store that several servers share.

use super::typed::Settings;
use std::fmt;
use std::path::PathBuf;

/// Where a shared store is, and what this server brings.
#[derive(Clone)]
pub struct SharedStoreOptions {
    /// The engine's address, which may have a password in it.
    pub address: String,
    /// The folder with the key of visitors' passes, which every server is given. Without it a pass is
    /// one of this server only.
    pub secrets: Option<PathBuf>,
    /// So many replicas of Redis have to have a change before it counts.
    pub redis_wait: usize,
    /// Whether settings of the engine are taken that lose what was acknowledged.
    pub accept_unsafe: bool,
}

impl SharedStoreOptions {
    pub(super) fn typed(settings: &Settings) -> Option<Self> {
        let address = settings.store.clone()?;
        Some(Self {
            address,
            secrets: settings.data.clone(),
            redis_wait: settings.redis_wait.unwrap_or(0),
            accept_unsafe: settings.accept_unsafe_store,
        })
    }
}

impl fmt::Debug for SharedStoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address: _, secrets, redis_wait, accept_unsafe } = self;
        let mut all = f.debug_struct("SharedStoreOptions");
        all.field("secrets", secrets).field("redis_wait", redis_wait);
        all.field("accept_unsafe", accept_unsafe).finish_non_exhaustive()
    }
}
