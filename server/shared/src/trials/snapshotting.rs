//! Snapshots that servers take beside their actors, a step at a time.

use super::slow_store::{SlowStore, step};
use crate::loading::SnapshotLoader;
use crate::request::NotApplied;
use crate::snapshots::{SnapshotTaken, take_snapshot};
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::SECRETS;
use boxoffice_inventory::{EventSecrets, Halls, NoPlans};
use boxoffice_protocol::id::EventId;
use boxoffice_store::{LogId, Memory};
use std::pin::Pin;
use std::sync::Arc;

/// Changes from which on another snapshot is taken.
const AFTER: u64 = 5;

/// A snapshot on its way.
pub(super) struct SnapshotWork(Pin<Box<dyn Future<Output = Result<SnapshotTaken, NotApplied>>>>);

impl SnapshotWork {
    pub(super) fn begin(store: Memory, log: &LogId, dice: &mut Dice) -> Self {
        let event = EventId::parse("film").expect("a slug");
        let secrets = EventSecrets { seed: dice.roll(), ..SECRETS };
        let loader = SnapshotLoader::new(log.clone(), event, secrets);
        let (store, log) = (SlowStore(store), log.clone());
        let halls: Arc<dyn Halls> = Arc::new(NoPlans);
        Self(Box::pin(async move { take_snapshot(&store, &log, (&loader, &halls), AFTER).await }))
    }

    /// Goes one answer of the engine on.
    pub(super) fn step(&mut self) -> Option<Result<SnapshotTaken, NotApplied>> {
        step(&mut self.0)
    }
}

impl std::fmt::Debug for SnapshotWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SnapshotWork")
    }
}
