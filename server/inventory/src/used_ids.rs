//! Law 3 across a deletion: the ids that an event's predecessors under its slug have used.

use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::limits::{MAX_ID_AGE_MS, MAX_ID_AHEAD_MS};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// The reservation ids that a deleted event leaves to its tombstone, and to the event that is
/// created again under its slug.
///
/// Ids that were made more than 5 min before the deletion are refused, used or not, so only the
/// younger ones are kept: 16 bytes each, for as long as they could be accepted as new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsedIds {
    deleted_at: Option<Timestamp>,
    /// Ascending, each once.
    ids: Box<[ReservationId]>,
}

impl UsedIds {
    /// The ids that an event leaves which was deleted at `deleted_at`: of all that it and its
    /// predecessors used, those that the refusal by age does not cover.
    pub fn new(deleted_at: Timestamp, used: impl IntoIterator<Item = ReservationId>) -> Self {
        let oldest = Self::oldest_kept(deleted_at);
        let mut ids: Vec<_> = used.into_iter().filter(|id| id.time() >= oldest).collect();
        ids.sort_unstable();
        ids.dedup();
        if mutants::on(Mutant::PredecessorForgotten) {
            ids.clear();
        }
        Self { deleted_at: Some(deleted_at), ids: ids.into() }
    }

    /// The same, where the deletion was this much later.
    #[must_use]
    pub fn deleted_at(self, deleted_at: Timestamp) -> Self {
        let oldest = Self::oldest_kept(deleted_at);
        let older = self.ids.partition_point(|id| id.time() < oldest);
        let ids = if older == 0 { self.ids } else { self.ids[older..].into() };
        Self { deleted_at: Some(deleted_at), ids }
    }

    /// When the last of these events was deleted.
    pub const fn last_deletion(&self) -> Option<Timestamp> {
        self.deleted_at
    }

    /// How many ids are kept.
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether no id is kept.
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids that are kept, ascending.
    pub fn iter(&self) -> impl Iterator<Item = ReservationId> {
        self.ids.iter().copied()
    }

    /// Until when any id is kept: then the youngest is too old to be new.
    pub fn kept_until(&self) -> Option<Timestamp> {
        self.ids.last().map(|id| kept_until(*id))
    }

    /// What is left at `now`, if that is less: all ids go at once.
    pub fn forgotten_at(&self, now: Timestamp) -> Option<Self> {
        let is_over = self.kept_until()? < now;
        is_over.then(|| Self { deleted_at: self.deleted_at, ids: Box::default() })
    }

    /// Ids made before this are not kept of an event that was deleted at `deleted_at`: they are
    /// refused.
    pub fn oldest_kept(deleted_at: Timestamp) -> Timestamp {
        Timestamp::from_ms(deleted_at.as_ms().saturating_sub(MAX_ID_AHEAD_MS))
    }

    /// Whether a predecessor has used an id that could be new by its age.
    pub(crate) fn has(&self, id: &ReservationId, now: Timestamp) -> bool {
        !self.ids.is_empty() && now <= kept_until(*id) && self.ids.binary_search(id).is_ok()
    }

    /// Whether an id was made so long before the last deletion that it is refused.
    pub(crate) fn refuses(&self, id: &ReservationId) -> bool {
        self.deleted_at.is_some_and(|deleted_at| id.time() < Self::oldest_kept(deleted_at))
    }
}

fn kept_until(id: ReservationId) -> Timestamp {
    id.time().plus(Duration::from_millis(MAX_ID_AGE_MS))
}
