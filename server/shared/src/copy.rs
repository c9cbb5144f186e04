//! An event's copy: the state at the end of one of its log's batches.

use crate::changes::{UnreadableBatch, decode_changes};
use crate::snapshot_body::Unpacked;
use boxoffice_inventory::{EventSecrets, Hall, Halls, Inventory};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Batch, End};
use std::sync::Arc;
use thiserror::Error;

/// The state of one event, made of its log's batches up to one of them.
///
/// Invariant: the inventory is at the version of `end`, but for a draft that lies on it.
#[derive(Debug)]
pub(crate) struct EventCopy {
    event: EventId,
    /// Keys the inventory's hash tables.
    secrets: EventSecrets,
    halls: Arc<dyn Halls>,
    inventory: Option<Inventory>,
    end: Option<End>,
    /// The time of the newest change: no decision is made at an earlier one.
    last_at: Timestamp,
}

/// Why a batch does not go on from a copy, which is of no use then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Misfit {
    #[error("it follows another batch")]
    OtherPredecessor,
    #[error(transparent)]
    Unreadable(#[from] UnreadableBatch),
    #[error("the change that makes version {version} comes before the event's creation, or again")]
    OutOfPlace { version: u64 },
    #[error("version {version} creates an event whose plan is not there, or another one")]
    NoHall { version: u64 },
}

impl EventCopy {
    /// The state of an event whose log is empty.
    pub(crate) fn empty(event: EventId, secrets: EventSecrets, halls: Arc<dyn Halls>) -> Self {
        let last_at = Timestamp::default();
        Self { event, secrets, halls, inventory: None, end: None, last_at }
    }

    /// The same event before the first batch.
    pub(crate) fn restarted(&self) -> Self {
        Self::empty(self.event.clone(), self.secrets, Arc::clone(&self.halls))
    }

    /// The same event as of a snapshot with this end.
    pub(crate) fn restored(self, unpacked: Unpacked, end: End) -> Self {
        let Unpacked { inventory, last_at } = unpacked;
        Self { inventory: Some(inventory), end: Some(end), last_at, ..self }
    }

    pub(crate) const fn end(&self) -> Option<End> {
        self.end
    }

    /// The version of its end.
    pub(crate) fn version(&self) -> u64 {
        self.end.map_or(0, |end| end.version)
    }

    pub(crate) const fn last_at(&self) -> Timestamp {
        self.last_at
    }

    /// The event's state; none if it never was, and that of a tombstone if it is deleted.
    pub(crate) const fn inventory(&self) -> Option<&Inventory> {
        self.inventory.as_ref()
    }

    pub(crate) fn into_inventory(self) -> Option<Inventory> {
        self.inventory
    }

    /// The event's state for a draft to lie on; none where there is no event.
    pub(crate) fn existing(&mut self) -> Option<&mut Inventory> {
        self.inventory.as_mut().filter(|inventory| !inventory.is_deleted())
    }

    /// Whether this batch was appended where the copy ends.
    pub(crate) fn is_followed_by(&self, batch: &Batch) -> bool {
        let follows = batch.predecessor() == self.end.map(|end| end.batch);
        let follows = follows || mutants::on(Mutant::ReaderSkipsPredecessor);
        follows && batch.first() == self.version() + 1
    }

    /// Goes on with a batch that another server appended, and returns its changes.
    pub(crate) fn follow(&mut self, batch: &Batch) -> Result<Vec<Recorded>, Misfit> {
        if !self.is_followed_by(batch) {
            return Err(Misfit::OtherPredecessor);
        }
        let changes = decode_changes(batch)?;
        for recorded in &changes {
            let is_creation = matches!(recorded.change, Change::Created(_));
            if is_creation == self.existing().is_some() {
                return Err(Misfit::OutOfPlace { version: recorded.version });
            }
            if is_creation && self.hall_of(recorded).is_none() {
                return Err(Misfit::NoHall { version: recorded.version });
            }
            self.apply(recorded);
        }
        self.keep(&changes, batch.end());
        Ok(changes)
    }

    /// Makes a change that is not kept yet.
    pub(crate) fn apply(&mut self, recorded: &Recorded) {
        if !matches!(recorded.change, Change::Created(_)) {
            let inventory = self.inventory.as_mut().expect("a change follows a creation");
            inventory.apply(recorded);
            return;
        }
        let before = self.inventory.take().and_then(|gone| gone.used_ids()).unwrap_or_default();
        let hall = self.hall_of(recorded).expect("it was found before the change was made");
        let created = Inventory::create(self.event.clone(), self.secrets, recorded, hall);
        let created = created.expect("the change is a creation");
        self.inventory = Some(created.after(Arc::new(before), recorded.at));
    }

    /// Nothing up to its end is taken back any more.
    pub(crate) fn seal(&mut self) {
        let version = self.version();
        if let Some(inventory) = &mut self.inventory {
            inventory.seal(version);
        }
    }

    /// The hall of an event that is created; none if its plan is not at hand.
    fn hall_of(&self, created: &Recorded) -> Option<Hall> {
        let Change::Created(spec) = &created.change else { return None };
        self.halls.hall(spec.plan.as_ref()).filter(|hall| hall.check(spec).is_ok())
    }

    /// Takes the newest change back; it is none that creates the event.
    pub(crate) fn revert(&mut self, recorded: &Recorded) {
        self.inventory.as_mut().expect("a change follows a creation").revert(recorded);
    }

    /// Has these changes, which were made already, as a batch of the log.
    pub(crate) fn keep(&mut self, changes: &[Recorded], end: End) {
        self.end = Some(end);
        let newest = changes.iter().map(|change| change.at).max();
        self.last_at = self.last_at.max(newest.unwrap_or_default());
    }
}
