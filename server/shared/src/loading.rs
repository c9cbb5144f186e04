//! An event loaded from a store: its snapshot, then the batches behind it.
//!
//! A snapshot is unpacked by a [`SnapshotLoader`] on whatever thread may take its time: a million
//! reservations take about a second. Batches come in reads of bounded size.

use crate::copy::{EventCopy, Misfit};
use crate::request::NotApplied;
use crate::snapshot_body::{Unpacked, UnusableSnapshot, pack, unpack};
use boxoffice_inventory::{EventSecrets, Halls, Inventory, NoPlans};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Batch, End, LogId, Snapshot, StoreError};
use std::sync::Arc;

/// Makes an event's copy of its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotLoader {
    log: LogId,
    event: EventId,
    secrets: EventSecrets,
}

/// An event's copy as of its snapshot, or before its first batch if it has none.
#[derive(Debug)]
pub struct LoadedCopy {
    log: LogId,
    pub(crate) copy: EventCopy,
    /// The snapshot's end.
    pub(crate) snapshot: Option<End>,
}

impl SnapshotLoader {
    /// For this event and its log. `secrets` are as in
    /// [`Inventory::create`](boxoffice_inventory::Inventory::create).
    pub const fn new(log: LogId, event: EventId, secrets: EventSecrets) -> Self {
        Self { log, event, secrets }
    }

    /// The copy that the engine's answer comes to. It computes as long as there is state.
    ///
    /// # Errors
    /// The engine gave no answer, or the snapshot contradicts itself.
    pub fn load(
        &self,
        answer: Result<Option<Snapshot>, StoreError>,
        halls: &Arc<dyn Halls>,
    ) -> Result<LoadedCopy, NotApplied> {
        let empty = EventCopy::empty(self.event.clone(), self.secrets, Arc::clone(halls));
        let log = self.log.clone();
        let Some(snapshot) = answer.map_err(NotApplied::Store)? else {
            return Ok(LoadedCopy { log, copy: empty, snapshot: None });
        };
        if snapshot.log != log {
            let why = format!("it is of the log {}", snapshot.log);
            return Err(NotApplied::Snapshot(UnusableSnapshot::new(why)));
        }
        let unpacked = unpack(&snapshot, &self.event, self.secrets, &**halls);
        let unpacked = unpacked.map_err(NotApplied::Snapshot)?;
        let copy = empty.restored(unpacked, snapshot.end);
        Ok(LoadedCopy { log, copy, snapshot: Some(snapshot.end) })
    }
}

impl LoadedCopy {
    /// The copy of a state that another way led to than its log, which ends here and does not go on.
    pub fn of(log: LogId, inventory: Inventory, last_at: Timestamp, end: End) -> Self {
        let secrets = EventSecrets::of_tables(0);
        let empty = EventCopy::empty(inventory.id().clone(), secrets, Arc::new(NoPlans));
        let copy = empty.restored(Unpacked { inventory, last_at }, end);
        Self { log, copy, snapshot: Some(end) }
    }

    /// The event's state and the time of its last change; none before the first batch.
    pub fn into_state(self) -> Option<(Inventory, Timestamp)> {
        let last_at = self.copy.last_at();
        Some((self.copy.into_inventory()?, last_at))
    }

    pub fn end(&self) -> Option<End> {
        self.copy.end()
    }

    /// The version of its end.
    pub fn version(&self) -> u64 {
        self.copy.version()
    }

    /// The version of the snapshot that it was loaded from; 0 if there was none.
    pub fn snapshot_version(&self) -> u64 {
        self.snapshot.map_or(0, |end| end.version)
    }

    /// Goes on with the next batches of the log.
    ///
    /// # Errors
    /// They do not follow; the copy is of no use then.
    pub fn follow(&mut self, batches: &[Batch]) -> Result<(), Misfit> {
        batches.iter().try_for_each(|batch| self.copy.follow(batch).map(drop))
    }

    /// A snapshot of it; none before the first batch. It computes as long as there is state.
    pub fn snapshot(&self) -> Option<Snapshot> {
        let (inventory, end) = (self.copy.inventory()?, self.copy.end()?);
        let (summary, body) = pack(inventory, self.copy.last_at());
        Some(Snapshot { log: self.log.clone(), end, summary, body })
    }
}
