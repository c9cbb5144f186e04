//! What is durable of one event, in the catalog.

use super::cluster_state::ClusterState;
use super::event_memory::estimate;
use boxoffice_inventory::{Inventory, UsedIds};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use boxoffice_shared::Shown;
use boxoffice_store::Divergence;
use std::sync::Arc;

use crate::catalog::Event;

/// The catalog's event, which follows the actor's copy change by change.
#[derive(Debug)]
pub(super) struct ShownCopy {
    id: EventId,
    /// None if there is no such event, or it is not loaded.
    pub(super) event: Option<Arc<Event>>,
    /// The ids that events which had its slug have used.
    before: Arc<UsedIds>,
}

impl ShownCopy {
    pub(super) fn new(id: EventId) -> Self {
        Self { id, event: None, before: Arc::default() }
    }

    pub(super) fn show(&mut self, cluster: &ClusterState, shown: Shown) {
        match shown {
            Shown::Snapshot { version, event } => self.begin(cluster, version, event),
            Shown::Changes(changes) => {
                changes.iter().for_each(|change| self.go_on(cluster, change));
            }
            Shown::Gap(why) => {
                let id = &self.id;
                if why == Divergence::Trimmed {
                    tracing::info!(event = %id, "the event's log was trimmed meanwhile");
                } else {
                    cluster.diverged.add(1);
                    tracing::error!(event = %id, ?why, "the event's log does not go on from its copy");
                }
                if let Some(event) = &self.event {
                    event.doubt();
                }
            }
        }
    }

    /// About as many bytes as the event takes with the copy that it follows.
    pub(super) fn bytes(&self) -> u64 {
        self.event.as_ref().map_or(0, |event| event.look(estimate).value)
    }

    fn begin(&mut self, cluster: &ClusterState, version: u64, state: Option<Box<Inventory>>) {
        let catalog = &cluster.catalog;
        let is_live = state.as_ref().is_some_and(|state| !state.is_deleted());
        match state {
            Some(state) if is_live => match &self.event {
                Some(event) => catalog.show_instead(event, *state),
                None => self.event = Some(catalog.show_event(*state)),
            },
            gone => {
                if let Some(event) = self.event.take() {
                    catalog.show_no_more(&event);
                }
                let used = gone.and_then(|gone| gone.used_ids()).unwrap_or_default();
                self.before = Arc::new(used);
            }
        }
        if version > 0 {
            cluster.index.note(&self.id, version, is_live);
        }
    }

    fn go_on(&mut self, cluster: &ClusterState, recorded: &Recorded) {
        let catalog = &cluster.catalog;
        if let Change::Created(spec) = &recorded.change {
            let hall = catalog.hall(spec).expect("the actor's copy is in it");
            let created = Inventory::create(self.id.clone(), catalog.secrets(), recorded, hall);
            let created = created.expect("the change is a creation");
            let created = created.after(std::mem::take(&mut self.before), recorded.at);
            self.event = Some(catalog.show_event(created));
            cluster.index.note(&self.id, recorded.version, true);
            return;
        }
        let event = self.event.as_ref().expect("a change follows a creation");
        catalog.show_change(event, recorded);
        if matches!(recorded.change, Change::Deleted) {
            let used = event.look(Inventory::used_ids).value.unwrap_or_default();
            self.before = Arc::new(used);
            self.event = None;
            cluster.index.note(&self.id, recorded.version, false);
        }
    }
}
