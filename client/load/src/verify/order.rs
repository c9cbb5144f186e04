//! Real-time order: if a reply arrived before another request was sent, the other reply must not have
//! an older version.
//!
//! One pass upwards through the versions of an event keeps the latest time at which a request with an
//! older version was sent. A reply that arrived before that time breaks the order.

use super::merged_history::ExchangePosition;
use crate::history::exchange::{Exchange, ExchangeOutcome, NEVER};
use boxoffice_client::protocol::reply::Effect;
use std::collections::HashMap;

/// Slack of the age of a view: a number of whole milliseconds, by a clock that is read in whole
/// milliseconds.
const AGE_SLACK_MS: u64 = 2;

const MS_NS: u64 = 1_000_000;

/// The order of one event.
#[derive(Debug, Default)]
pub(super) struct OrderCheck {
    all: LatestSent,
    /// Monotonic reads: within one connection no view may be older than an earlier reply, whatever age
    /// it states.
    views_of: HashMap<u16, LatestSent>,
}

/// Two exchanges in real-time order whose versions go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfOrder {
    /// It was answered first and has the newer version.
    pub(super) first: ExchangePosition,
    /// It was sent afterwards and has the older version.
    pub(super) then: ExchangePosition,
}

impl OrderCheck {
    /// Takes the next exchange. They come by version, with the exchange that made a version before those
    /// that saw it.
    pub(super) fn see(
        &mut self,
        position: ExchangePosition,
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
            ExchangeOutcome::Read { age_ms, .. } => age_ms,
            _ => None,
        };
        if age_ms.is_some() {
            let sweep = self.views_of.entry(exchange.connection).or_default();
            sweep.sent(version, exchange.sent_ns, position, VersionRole::Saw);
        }
        let age_ns = age_ms.map_or(0, |age| (u64::from(age) + AGE_SLACK_MS) * MS_NS);
        // A time before the run began is before every reply.
        if let Some(sent_ns) = exchange.sent_ns.checked_sub(age_ns) {
            self.all.sent(version, sent_ns, position, VersionRole::by(exchange));
        }
        then.map(|then| OutOfOrder { first: position, then })
    }
}

/// The relation of an exchange to its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VersionRole {
    Made,
    Saw,
}

impl VersionRole {
    fn by(exchange: &Exchange<'_>) -> Self {
        match exchange.outcome {
            ExchangeOutcome::Reservation { effect: Effect::Applied, .. } => Self::Made,
            _ => Self::Saw,
        }
    }
}

/// The latest times of requests: one for those before `version`, one for those that saw it.
#[derive(Debug, Default)]
struct LatestSent {
    version: u64,
    older: Option<(u64, ExchangePosition)>,
    same: Option<(u64, ExchangePosition)>,
}

impl LatestSent {
    /// The request with an older version that was sent after this reply had arrived, if any.
    fn answered(&mut self, version: u64, done_ns: u64) -> Option<ExchangePosition> {
        self.advance(version);
        self.older.filter(|(sent_ns, _)| done_ns < *sent_ns).map(|(_, position)| position)
    }

    fn sent(&mut self, version: u64, sent_ns: u64, position: ExchangePosition, made: VersionRole) {
        self.advance(version);
        // The exchange that made a version comes before those that saw it.
        let latest = if made == VersionRole::Made { &mut self.older } else { &mut self.same };
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
