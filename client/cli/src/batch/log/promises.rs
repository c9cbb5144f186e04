//! The promises of a batch, as the records of its log add up to.

use super::record::{RecordFact, RowOutcome};
use crate::batch::input::RowFingerprint;
use boxoffice_client::protocol::id::ReservationId;

/// A row with its permanent id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Promise {
    /// The fingerprint of the row, which tells it from equal ones.
    pub(crate) hash: RowFingerprint,
    /// The fingerprint of what the row keeps when it is corrected.
    pub(crate) group: RowFingerprint,
    /// Where the row was when it was planned.
    pub(crate) line: u64,
    /// The id that it is sent with; a bad row has none.
    pub(crate) id: Option<ReservationId>,
    pub(crate) state: PromiseState,
}

/// The progress of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PromiseState {
    /// It has no outcome, and may have been sent.
    Open,
    Ended(RowOutcome),
}

/// All promises, in the order in which they were planned.
#[derive(Default)]
pub(super) struct Promises {
    /// Promise `n` is at `n - 1`.
    all: Vec<Promise>,
    /// Whether a first plan is complete.
    pub(super) is_ready: bool,
    /// Whether promises were made since the last plan that is complete. Those were not sent.
    pub(super) is_planning: bool,
    /// The fingerprint of the file that failed rows were copied into last.
    pub(super) copied: Option<RowFingerprint>,
}

/// A fact contradicts the earlier ones.
pub(super) struct UnexpectedRecord;

impl Promises {
    pub(super) fn all(&self) -> &[Promise] {
        &self.all
    }

    /// Takes a fact.
    pub(super) fn learn(&mut self, number: u64, fact: RecordFact) -> Result<(), UnexpectedRecord> {
        let next = number == self.all.len() as u64 + 1;
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let known = index.and_then(|index| self.all.get_mut(index));
        let taken = match (fact, known) {
            (RecordFact::Ready, _) => {
                let complete = number == self.all.len() as u64;
                self.is_ready |= complete;
                self.is_planning &= !complete;
                complete
            }
            (RecordFact::Copied(file), _) => {
                self.copied = Some(file);
                true
            }
            (RecordFact::Planned { hash, group, line, id }, None) => {
                if next {
                    let state = PromiseState::Open;
                    self.all.push(Promise { hash, group, line, id, state });
                    self.is_planning = true;
                }
                next
            }
            (RecordFact::Planned { hash, id, .. }, Some(promise)) => {
                let stale = promise.state == PromiseState::Ended(RowOutcome::Stale);
                let anew = stale && promise.hash == hash;
                if anew {
                    (promise.id, promise.state) = (id, PromiseState::Open);
                }
                anew
            }
            // Nothing is sent while promises are made.
            (RecordFact::Outcome(outcome), _) if self.is_planning && outcome != RowOutcome::Bad => {
                false
            }
            (RecordFact::Outcome(outcome), Some(promise)) => {
                // A promise keeps its first outcome.
                if promise.state == PromiseState::Open {
                    promise.state = PromiseState::Ended(outcome);
                }
                true
            }
            // A damaged number: the outcome is asked for again.
            (RecordFact::Outcome(_), None) => self.is_ready && !self.is_planning,
        };
        if taken { Ok(()) } else { Err(UnexpectedRecord) }
    }
}
