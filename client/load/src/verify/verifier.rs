//! The verifier of one run: the replay of its history, and the violations found so far.

use super::merged_history::MergedHistory;
use super::pass::{CompleteUntil, replay_all};
use super::replay::ReplayOutcome;
use super::reservations::ReplayedReservations;
use crate::history::exchange::EventBefore;
use crate::history::packed::ThreadHistory;
use crate::result::{Verification, ViolationRecord};

/// Impossible checks that are listed; the rest is counted.
const MAX_UNCHECKED: usize = 8;

/// A run that is being verified.
#[derive(Debug)]
pub(super) struct Verifier<'a> {
    pub(super) events: &'a [EventBefore],
    pub(super) exchanges: MergedHistory,
    pub(super) reservations: ReplayedReservations,
    pub(super) replayed: Vec<ReplayOutcome>,
    /// Whether an event's reservations were compared with the server's list.
    pub(super) compared: Vec<bool>,
    /// Impossible checks beyond those that are listed.
    pub(super) unchecked_more: u64,
    pub(super) verification: Verification,
}

impl<'a> Verifier<'a> {
    /// Sorts the histories and replays them. Their exchanges name events by index.
    pub(super) fn new(events: &'a [EventBefore], histories: Vec<ThreadHistory>) -> Self {
        let verification = Verification {
            exchanges: histories.iter().map(|history| history.len() as u64).sum(),
            left_out: histories.iter().map(ThreadHistory::left_out).sum(),
            history_bytes: histories.iter().map(|history| history.bytes() as u64).sum(),
            ..Verification::default()
        };
        let complete = CompleteUntil::of(events.len(), &histories);
        let exchanges = MergedHistory::new(histories);
        let mut reservations = ReplayedReservations::default();
        let mut found = Vec::new();
        let replayed = replay_all(events, &exchanges, &complete, &mut reservations, &mut found);
        let compared = vec![false; events.len()];
        let mut verifier = Self {
            events,
            exchanges,
            reservations,
            replayed: Vec::new(),
            compared,
            unchecked_more: 0,
            verification,
        };
        verifier.take(replayed, found);
        verifier
    }

    /// Whether every exchange of the run was recorded.
    pub(super) fn is_whole(&self) -> bool {
        self.verification.left_out == 0
    }

    fn take(&mut self, replayed: Vec<ReplayOutcome>, found: Vec<ViolationRecord>) {
        self.verification.events = self.events.len() as u64;
        self.verification.replayed = replayed.iter().map(|event| event.exchanges).sum();
        self.verification.compared = replayed.iter().map(|event| event.compared).sum();
        self.replayed = replayed;
        let misstated = self.replayed.iter_mut().filter_map(|event| event.misstated.take());
        let found = found.into_iter().chain(misstated).collect::<Vec<_>>();
        found.into_iter().for_each(|wrong| self.found(wrong));
    }

    /// Counts a violation, and keeps it if it is the shortest of its kind.
    pub(super) fn found(&mut self, wrong: ViolationRecord) {
        self.verification.violations_found += 1;
        let violations = &mut self.verification.violations;
        match violations.iter_mut().find(|other| other.kind == wrong.kind) {
            Some(other) if other.history.len() > wrong.history.len() => *other = wrong,
            Some(_) => {}
            None => violations.push(wrong),
        }
    }

    pub(super) fn unchecked(&mut self, what: impl Into<String>) {
        if self.verification.unchecked.len() < MAX_UNCHECKED {
            self.verification.unchecked.push(what.into());
        } else {
            self.unchecked_more += 1;
        }
    }
}
