//! Real-time order, in one pass by version: if one reply was had before another request was sent,
//! the other is not of an older version.
//!
//! Going up through the versions of an event, the latest time at which anything older was sent is
//! kept. Whoever has its answer before that time knew a version that a later request did not see.

use super::merged::Position;
use crate::exchange::{Exchange, NEVER, Outcome};
use boxoffice_client::protocol::reply::Effect;
use std::collections::HashMap;

/// What a view's age leaves open: it is told in whole milliseconds, from a clock that is read in
/// whole milliseconds.
const AGE_SLACK_MS: u64 = 2;

const MS_NS: u64 = 1_000_000;

/// The sweep over one event.
#[derive(Debug, Default)]
pub(super) struct Order {
    all: Sweep,
    /// A connection never gets a view that is older than what it was told, however old it may be.
    views_of: HashMap<u16, Sweep>,
}

/// An exchange that was answered before a later one was sent, which yet has an older version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfOrder {
    /// The one that was answered first, of the newer version.
    pub(super) first: Position,
    /// The one that was sent afterwards.
    pub(super) then: Position,
}

impl Order {
    /// The next exchange of the event, in the order of versions, with that which made a version
    /// before those that saw it.
    pub(super) fn see(
        &mut self,
        position: Position,
        exchange: &Exchange<'_>,
    ) -> Option<OutOfOrder> {
        if !exchange.has_version() || exchange.done_ns == NEVER {
            return None;
        }
        let version = exchange.version;
        let mut then = self.all.answered(version, exchange.done_ns);
        if let Some(sweep) = self.views_of.get_mut(&exchange.connection) {
            then = then.or(sweep.answered(version, exchange.done_ns));
        }
        let age_ms = match exchange.outcome {
            Outcome::Read { age_ms, .. } => age_ms,
            _ => None,
        };
        if age_ms.is_some() {
            let sweep = self.views_of.entry(exchange.connection).or_default();
            sweep.sent(version, exchange.sent_ns, position, Made::Before);
        }
        let age_ns = age_ms.map_or(0, |age| (u64::from(age) + AGE_SLACK_MS) * MS_NS);
        // A time before the run's start is before every answer.
        if let Some(sent_ns) = exchange.sent_ns.checked_sub(age_ns) {
            self.all.sent(version, sent_ns, position, Made::by(exchange));
        }
        then.map(|then| OutOfOrder { first: position, then })
    }
}

/// Whether an exchange made its version, or came when it was made already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    It,
    Before,
}

impl Made {
    fn by(exchange: &Exchange<'_>) -> Self {
        match exchange.outcome {
            Outcome::Reservation { effect: Effect::Applied, .. } => Self::It,
            _ => Self::Before,
        }
    }
}

/// The latest that anything was sent, of those that did not see `version` and of those that did.
#[derive(Debug, Default)]
struct Sweep {
    version: u64,
    older: Option<(u64, Position)>,
    same: Option<(u64, Position)>,
}

impl Sweep {
    /// Something of `version` was answered: whoever was sent after it and is older, if any.
    fn answered(&mut self, version: u64, done_ns: u64) -> Option<Position> {
        self.advance(version);
        self.older.filter(|(sent_ns, _)| done_ns < *sent_ns).map(|(_, position)| position)
    }

    fn sent(&mut self, version: u64, sent_ns: u64, position: Position, made: Made) {
        self.advance(version);
        // Who made a version comes before all who saw it.
        let latest = if made == Made::It { &mut self.older } else { &mut self.same };
        if latest.is_none_or(|(latest_ns, _)| latest_ns < sent_ns) {
            *latest = Some((sent_ns, position));
        }
    }

    fn advance(&mut self, version: u64) {
        if self.version < version {
            self.version = version;
            if let Some((sent_ns, position)) = self.same.take()
                && self.older.is_none_or(|(latest_ns, _)| latest_ns < sent_ns)
            {
                self.older = Some((sent_ns, position));
            }
        }
    }
}
