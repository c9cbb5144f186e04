//! When a snapshot of an event is taken, and how.
//!
//! A snapshot is made of the log and the snapshot before it, beside the actor and on a copy of its
//! own: no request waits for it, and what it is made of was read back from the engine. An engine keeps
//! it only if its end is the log's own, and acknowledges it behind all that it has, so that it never
//! has more than its log.

use crate::loading::{LoadedCopy, SnapshotLoader};
use crate::request::NotApplied;
use boxoffice_inventory::Halls;
use boxoffice_store::{LogId, Read, Store};
use std::sync::Arc;

/// Batches of one read at most.
pub const READ_LIMIT: usize = 256;

/// Changes since the last snapshot from which on another one is due, at least.
pub const SNAPSHOT_AFTER: u64 = 10_000;

/// What became of a snapshot that was to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotTaken {
    /// The version of the newest snapshot that is known: this one, or one that another server took.
    pub version: u64,
    /// Whether this one was kept.
    pub is_kept: bool,
}

/// Takes a snapshot of an event, if the one before it is older than the log by `after` changes, and
/// trims what the one before it has: servers that are a little behind still find the batches behind
/// that. It computes as long as there is state, so it runs where that stops nothing else.
///
/// # Errors
/// The engine gives no answer, or log and snapshot contradict themselves.
pub async fn take_snapshot(
    store: &dyn Store,
    log: &LogId,
    (loader, halls): (&SnapshotLoader, &Arc<dyn Halls>),
    after: u64,
) -> Result<SnapshotTaken, NotApplied> {
    let mut loaded = loader.load(store.snapshot(log).await, halls)?;
    let before = loaded.snapshot_version();
    catch_up(store, log, &mut loaded).await?;
    let nothing = SnapshotTaken { version: before, is_kept: false };
    if loaded.version() < before + after.max(1) {
        return Ok(nothing);
    }
    let Some(snapshot) = loaded.snapshot() else { return Ok(nothing) };
    drop(loaded);
    let version = snapshot.end.version;
    if !store.put_snapshot(snapshot).await.map_err(NotApplied::Store)? {
        return Ok(nothing);
    }
    if before > 0 {
        store.trim(log, before).await.map_err(NotApplied::Store)?;
    }
    Ok(SnapshotTaken { version, is_kept: true })
}

async fn catch_up(
    store: &dyn Store,
    log: &LogId,
    loaded: &mut LoadedCopy,
) -> Result<(), NotApplied> {
    loop {
        let read = store.read(log, loaded.version(), READ_LIMIT).await;
        let (batches, is_all) = match read.map_err(NotApplied::Store)? {
            Read::Batches(batches) => (batches, true),
            Read::Part(batches) => (batches, false),
            Read::Trimmed => return Err(NotApplied::Trimmed),
        };
        loaded.follow(&batches).map_err(NotApplied::Log)?;
        if is_all {
            return Ok(());
        }
    }
}
