//! A data folder, read as a store.
//!
//! A folder has states and few of the changes that led to them. So the log of an event begins with its
//! newest version, as a trimmed one: a batch without a body, and a snapshot at its end. The same
//! folder makes the same bytes each time, so a copy that was killed finds what it copied.

use super::error::CopyingError;
use crate::catalog::Recovery;
use crate::cluster::{IndexEntry, encode_index, event_log, index_log, key_log};
use crate::config::{FolderOptions, OpenFolder, SyncPolicy};
use crate::ledger::rows::{Restored, Tombstone};
use crate::ledger::{DataFolder, STATE_FILE};
use crate::plans::batches_of;
use crate::randomness::Randomness;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::LoadedCopy;
use boxoffice_store::{Batch, BatchId, CopySource, End, LogId, Pending, Read, Snapshot};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

/// A segment that a folder may be opened with; none is made.
const SEGMENT_BYTES: u64 = 64 << 20;

/// A log, whose state is that of a copy.
struct SourceLog {
    /// At least one, in the log's order.
    batches: Vec<Batch>,
    /// None of a log that is no event's.
    copy: Option<LoadedCopy>,
}

/// A data folder that was recovered, and that no server can use while it is copied.
pub(super) struct FolderSource {
    logs: BTreeMap<LogId, SourceLog>,
    _folder: DataFolder,
}

impl FolderSource {
    /// Recovers a folder as a server does.
    ///
    /// # Errors
    /// It is none, a server uses it, or it is damaged.
    pub(super) fn open(path: &Path) -> Result<Self, CopyingError> {
        if !path.join(STATE_FILE).exists() {
            return Err(CopyingError::NoFolder { path: path.to_owned() });
        }
        let options = FolderOptions {
            path: path.to_owned(),
            sync: SyncPolicy::Always,
            segment_bytes: SEGMENT_BYTES,
            backlog_bytes: u64::MAX,
            open_folder: OpenFolder::Accepted,
        };
        let mut recovery = Recovery::new(Randomness::System.hashing());
        let folder = DataFolder::open(options, Randomness::System, &mut recovery)?;
        let (secret, last_at) = (folder.secret(), folder.last_at());
        let plans = recovery.plans().all();
        let (restored, version) = recovery.into_restored();
        let mut source = Self { logs: BTreeMap::new(), _folder: folder };
        let mut index = Vec::new();
        let Restored { events, deleted } = restored;
        for (event, last_at) in events {
            source.add_event(&mut index, &secret, event, last_at);
        }
        for Tombstone { id, version, last_at, used_ids } in deleted {
            let gone = Inventory::gone(id, version, Arc::new(used_ids));
            let gone = gone.expect("a deleted event had a version");
            source.add_event(&mut index, &secret, gone, last_at);
        }
        if version > 0 {
            index.sort_by(|one: &IndexEntry, two| one.event.cmp(&two.event));
            source.add(&secret, index_log(), version, last_at, &encode_index(&index));
        }
        source.add(&secret, key_log(), 1, last_at, &secret);
        for plan in plans {
            source.put(batches_of(&plan).collect(), None);
        }
        Ok(source)
    }

    fn add_event(
        &mut self,
        index: &mut Vec<IndexEntry>,
        secret: &[u8; 16],
        event: Inventory,
        last_at: Timestamp,
    ) {
        let (log, version) = (event_log(event.id()), event.version());
        let is_live = !event.is_deleted();
        index.push(IndexEntry { event: event.id().clone(), version, is_live });
        // Nothing reads the body of a batch at its snapshot's end.
        let before = (version > 1)
            .then(|| End { version: version - 1, batch: batch_id(secret, &log, version - 1) });
        let id = batch_id(secret, &log, version);
        let batch = Batch::new(log.clone(), before, id, 1, last_at.as_ms(), &[]);
        let copy = LoadedCopy::of(log, event, last_at, batch.end());
        self.put(vec![batch], Some(copy));
    }

    /// Adds a log of one batch with all versions up to this one.
    fn add(&mut self, secret: &[u8; 16], log: LogId, version: u64, at: Timestamp, body: &[u8]) {
        let id = batch_id(secret, &log, version);
        let batch = Batch::new(log, None, id, version, at.as_ms(), body);
        self.put(vec![batch], None);
    }

    fn put(&mut self, batches: Vec<Batch>, copy: Option<LoadedCopy>) {
        if let Some(batch) = batches.first() {
            self.logs.insert(batch.log().clone(), SourceLog { batches, copy });
        }
    }
}

/// The id of a batch that ends a log at this version. It is as unlike others as one that is drawn,
/// because the folder's key was drawn.
fn batch_id(secret: &[u8; 16], log: &LogId, version: u64) -> BatchId {
    let digest = Sha256::new().chain_update(secret).chain_update(version.to_le_bytes());
    let digest = digest.chain_update(log.as_str()).finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    BatchId(id)
}

fn at_once<T: Send + 'static>(answer: T) -> Pending<T> {
    Box::pin(ready(Ok(answer)))
}

impl CopySource for FolderSource {
    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.logs.range((from, Bound::Unbounded));
        at_once(behind.take(limit).map(|(log, _)| log.clone()).collect())
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        at_once(logs.iter().map(|log| Some(self.logs.get(log)?.batches.last()?.end())).collect())
    }

    fn read(&self, log: &LogId, after: u64, _limit: usize) -> Pending<Read> {
        let batches = self.logs.get(log).map_or(&[][..], |it| &it.batches);
        at_once(match batches.first() {
            Some(first) if after + 1 < first.first() => Read::Trimmed,
            _ => {
                let behind = batches.iter().filter(|batch| batch.last() > after);
                Read::Batches(behind.cloned().collect())
            }
        })
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        let copy = self.logs.get(log).and_then(|it| it.copy.as_ref());
        at_once(copy.and_then(LoadedCopy::snapshot))
    }
}
