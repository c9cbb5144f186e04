//! A draft: changes that were decided on a copy and are not in the log yet.

use crate::copy::EventCopy;
use crate::request::EventRequest;
use boxoffice_inventory::{ChangeSink, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::Principal;
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::time::Timestamp;

/// Changes that a batch has at most, but for the last request's own.
pub(crate) const MAX_BATCH_CHANGES: usize = 2_048;

/// The changes of the next batch. They lie on the copy until something else looks at it.
#[derive(Debug)]
pub(crate) struct Draft {
    changes: Vec<Recorded>,
    /// Whether the copy shows them now.
    is_applied: bool,
}

impl Draft {
    pub(crate) const fn new() -> Self {
        Self { changes: Vec::new(), is_applied: false }
    }

    pub(crate) fn changes(&self) -> &[Recorded] {
        &self.changes
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether no more requests are decided on it: changes of an event's terms are large.
    pub(crate) fn is_full(&self) -> bool {
        let newest = self.changes.last().map(|recorded| &recorded.change);
        self.changes.len() >= MAX_BATCH_CHANGES
            || matches!(newest, Some(Change::Created(_) | Change::Updated(_)))
    }

    /// Begins a batch with the event's creation, which stays off the copy until it is kept.
    pub(crate) fn create(&mut self, created: Recorded) {
        debug_assert!(self.is_empty(), "a creation is a batch of its own");
        self.changes.push(created);
        self.is_applied = false;
    }

    /// Takes the changes off the copy, which is as it is in the log then.
    pub(crate) fn lift(&mut self, copy: &mut EventCopy) {
        if std::mem::take(&mut self.is_applied) {
            self.changes.iter().rev().for_each(|change| copy.revert(change));
        }
    }

    /// Gives the changes up.
    pub(crate) fn discard(&mut self, copy: &mut EventCopy) {
        self.lift(copy);
        self.changes.clear();
    }

    /// Leaves the changes on the copy, and returns them.
    pub(crate) fn keep(&mut self, copy: &mut EventCopy) -> Vec<Recorded> {
        if !std::mem::take(&mut self.is_applied) {
            self.changes.iter().for_each(|change| copy.apply(change));
        }
        std::mem::take(&mut self.changes)
    }

    /// The sink for the changes of one request.
    pub(crate) fn taking<'a, R>(
        &'a mut self,
        inventory: &'a mut Inventory,
        now: Timestamp,
        request: &'a R,
    ) -> Drafting<'a, R> {
        debug_assert!(self.is_empty() || self.is_applied, "decisions rest on the whole draft");
        Drafting { draft: self, inventory, now, request }
    }
}

/// Takes the changes of one request into a draft.
#[derive(Debug)]
pub(crate) struct Drafting<'a, R> {
    draft: &'a mut Draft,
    inventory: &'a mut Inventory,
    now: Timestamp,
    request: &'a R,
}

impl<R> Drafting<'_, R> {
    pub(crate) fn is_full(&self) -> bool {
        self.draft.is_full()
    }

    fn take(&mut self, principal: Option<Principal>, change: Change) {
        let version = self.inventory.version() + 1;
        let recorded = Recorded { version, at: self.now, principal, change };
        self.inventory.apply(&recorded);
        self.draft.changes.push(recorded);
        self.draft.is_applied = true;
    }
}

impl<R: EventRequest> ChangeSink for Drafting<'_, R> {
    fn inventory(&self) -> &Inventory {
        self.inventory
    }

    fn expire(&mut self, expiry: Change) -> Result<(), UnavailableWhy> {
        self.take(None, expiry);
        Ok(())
    }

    fn make(&mut self, change: Change) -> Result<(), UnavailableWhy> {
        self.request.admit(&change, self.now)?;
        self.take(self.request.principal().cloned(), change);
        Ok(())
    }
}
