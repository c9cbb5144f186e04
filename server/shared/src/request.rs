//! What is asked of an event, and what becomes of it.

use crate::copy::Misfit;
use crate::snapshot_body::UnusableSnapshot;
use boxoffice_inventory::{Command, HoldRules, Inventory};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::Principal;
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Divergence, StoreError};

/// A request to an event, admitted by its server.
pub trait EventRequest {
    fn wish(&self) -> Wish<'_>;

    /// The bounds on holds that are this caller's.
    fn rules(&self) -> HoldRules;

    fn principal(&self) -> Option<&Principal>;

    /// Whether its server has room for this change, which the request comes to.
    ///
    /// # Errors
    /// Why it has none; the request is refused with that.
    fn admit(&self, _change: &Change, _now: Timestamp) -> Result<(), UnavailableWhy> {
        Ok(())
    }

    /// When the caller waits no longer, in the engine's time.
    fn deadline(&self) -> Timestamp;
}

/// What a request wants.
#[derive(Clone, Copy)]
pub enum Wish<'a> {
    Command(Command<'a>),
    /// The event is created like this.
    Create(&'a EventSpec),
    /// A fresh read: this is rendered from the event's state. Due holds are expired first.
    Look(&'a dyn Fn(&Inventory, Timestamp) -> Body),
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It was decided on the event's state, and what it rests on is durable.
    Decided(Decided),
    /// It may have been applied, or be applied later.
    OutcomeUnknown,
    /// It was not applied, and never will be.
    NotApplied(NotApplied),
}

/// A decision about a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The event's version at the decision.
    pub version: u64,
    /// The time of the decision.
    pub at: Timestamp,
    pub body: Body,
}

/// Why a request was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotApplied {
    /// The engine did not answer, or refused.
    Store(StoreError),
    /// The log contradicts itself.
    Log(Misfit),
    /// The event's snapshot contradicts itself.
    Snapshot(UnusableSnapshot),
    /// The log's beginning was trimmed, and there is no snapshot in its place.
    Trimmed,
    /// The log was another one than what was loaded, several times in a row.
    Diverged(Divergence),
    /// This server's time is too far ahead of the engine's.
    ClockAhead { now_ms: u64 },
    /// Its deadline came before its turn.
    TooLate,
}
