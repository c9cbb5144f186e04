//! Whether the server was right: what every reply of a run said, against each other and against what
//! the server has in the end.
//!
//! - [`merged`] puts the exchanges in order: event after event, version after version. In that one
//!   pass [`order`] checks real time and [`replay`](mod@replay) checks the effects, with [`claims`] for what reads
//!   and refusals say, [`gaps`] and [`deadline`] for holds that end by themselves.
//! - [`after`] compares the end of it with the server's own reservations, which [`listing`] fetches.
//! - [`verdict`] shows what was found: of each kind the shortest history.
//!
//! The pass is linear, after a sort; it takes about 8 bytes a reservation beside the history.

mod after;
mod claims;
mod deadline;
mod fairness;
mod gaps;
mod hall;
mod listing;
mod merged;
mod order;
mod recent;
mod replay;
mod reservations;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub(crate) use fairness::jain;
pub(crate) use listing::verify;
pub(crate) use verdict::{ExchangeRow, rows, sentence, show};

use super::exchange::{EventBefore, Exchange, Outcome};
use super::history::History;
use super::result::{Verification, ViolationKind, ViolationRecord};
use merged::{Exchanges, Position};
use order::{Order, OutOfOrder};
use replay::{Replay, Replayed};
use reservations::Reservations;

/// So much of what could not be checked is told.
const MOST_UNCHECKED: usize = 8;

/// A run that is being verified.
#[derive(Debug)]
pub(crate) struct Verifier<'a> {
    events: &'a [EventBefore],
    exchanges: Exchanges,
    reservations: Reservations,
    replayed: Vec<Replayed>,
    /// Events that the server's reservations were compared of.
    compared: Vec<bool>,
    /// What could not be checked beyond what is told.
    unchecked_more: u64,
    verification: Verification,
}

impl<'a> Verifier<'a> {
    /// Sorts the histories and replays them. Their events are indexes of `events`.
    pub(crate) fn new(events: &'a [EventBefore], histories: Vec<History>) -> Self {
        let verification = Verification {
            exchanges: histories.iter().map(|history| history.len() as u64).sum(),
            left_out: histories.iter().map(History::left_out).sum(),
            history_bytes: histories.iter().map(|history| history.bytes() as u64).sum(),
            ..Verification::default()
        };
        let known = Known::of(events.len(), &histories);
        let exchanges = Exchanges::new(histories);
        let mut reservations = Reservations::default();
        let mut found = Vec::new();
        let replayed = replay(events, &exchanges, &known, &mut reservations, &mut found);
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
    fn is_whole(&self) -> bool {
        self.verification.left_out == 0
    }

    fn take(&mut self, replayed: Vec<Replayed>, found: Vec<ViolationRecord>) {
        self.verification.events = self.events.len() as u64;
        self.verification.replayed = replayed.iter().map(|event| event.exchanges).sum();
        self.verification.compared = replayed.iter().map(|event| event.compared).sum();
        self.replayed = replayed;
        let misstated = self.replayed.iter_mut().filter_map(|event| event.misstated.take());
        let found = found.into_iter().chain(misstated).collect::<Vec<_>>();
        found.into_iter().for_each(|wrong| self.found(wrong));
    }

    /// Keeps the shortest history of each kind.
    fn found(&mut self, wrong: ViolationRecord) {
        self.verification.violations_found += 1;
        let violations = &mut self.verification.violations;
        match violations.iter_mut().find(|other| other.kind == wrong.kind) {
            Some(other) if other.history.len() > wrong.history.len() => *other = wrong,
            Some(_) => {}
            None => violations.push(wrong),
        }
    }

    fn unchecked(&mut self, what: impl Into<String>) {
        if self.verification.unchecked.len() < MOST_UNCHECKED {
            self.verification.unchecked.push(what.into());
        } else {
            self.unchecked_more += 1;
        }
    }
}

/// The one pass over everything, event after event.
fn replay(
    events: &[EventBefore],
    exchanges: &Exchanges,
    known: &Known,
    reservations: &mut Reservations,
    found: &mut Vec<ViolationRecord>,
) -> Vec<Replayed> {
    let mut pass = exchanges.in_order().peekable();
    let mut replay_event = |(event, (before, &until)): (u32, (_, &u64))| {
        let mut order = Some(Order::default());
        let mut replay = Replay::new(exchanges, before, reservations);
        let mut is_right = true;
        while let Some((position, exchange)) = pass.next_if(|(_, exchange)| exchange.event == event)
        {
            let wrong = order.as_mut().and_then(|order| order.see(position, &exchange));
            if let Some(wrong) = wrong {
                found.push(out_of_order(wrong, before, exchanges));
                order = None;
            }
            if is_right
                && exchange.version <= until
                && let Err(wrong) = replay.see(position, exchange)
            {
                found.push(wrong);
                is_right = false;
            }
        }
        replay.finish(is_right)
    };
    (0u32..).zip(events.iter().zip(&known.until)).map(&mut replay_event).collect()
}

/// Up to which version of each event everything that happened is in the history.
struct Known {
    until: Vec<u64>,
}

impl Known {
    /// What was left out was sent after some time, so it made only versions that are higher than
    /// any that had been told by then.
    fn of(events: usize, histories: &[History]) -> Self {
        let whole_until_ns = histories.iter().map(History::whole_until_ns).min();
        let Some(time) = whole_until_ns.filter(|&time| time != u64::MAX) else {
            return Self { until: vec![u64::MAX; events] };
        };
        let mut until = vec![0; events];
        for exchange in histories.iter().flat_map(History::iter) {
            if exchange.done_ns < time
                && exchange.has_version()
                && let Some(version) = until.get_mut(exchange.event as usize)
            {
                *version = exchange.version.max(*version);
            }
        }
        Self { until }
    }
}

fn out_of_order(
    OutOfOrder { first, then }: OutOfOrder,
    before: &EventBefore,
    exchanges: &Exchanges,
) -> ViolationRecord {
    let (newer, older): (Exchange<'_>, Exchange<'_>) = (exchanges.at(first), exchanges.at(then));
    let (kind, which) = match older.outcome {
        Outcome::Read { .. } => (ViolationKind::StaleRead, "a read"),
        _ => (ViolationKind::Order, "a request"),
    };
    let what = format!(
        "version {} was told before {which} was sent that was answered at version {}",
        newer.version, older.version
    );
    words::violation(kind, what, before, exchanges, &[first, then])
}
