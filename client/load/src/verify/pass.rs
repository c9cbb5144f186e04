//! The one pass over all exchanges: real-time order and replay of each event.

use super::merged_history::{ExchangePosition, MergedHistory};
use super::order::{OrderCheck, OutOfOrder};
use super::replay::{Replay, ReplayOutcome, ReplayResult};
use super::reservation_reply::ReservationReply;
use super::reservations::ReplayedReservations;
use super::wording;
use crate::history::exchange::{EventBefore, Exchange, ExchangeOutcome};
use crate::history::packed::ThreadHistory;
use crate::result::{ViolationKind, ViolationRecord};
use boxoffice_client::protocol::reply::Effect;

/// Replays all exchanges in one pass, event after event. Violations are added to `found`.
pub(super) fn replay_all(
    events: &[EventBefore],
    exchanges: &MergedHistory,
    complete: &CompleteUntil,
    reservations: &mut ReplayedReservations,
    found: &mut Vec<ViolationRecord>,
) -> Vec<ReplayOutcome> {
    let mut pass = exchanges.in_order().peekable();
    let mut replay_event = |(event, (before, &until)): (u32, (_, &u64))| {
        let mut order = Some(OrderCheck::default());
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
    (0u32..).zip(events.iter().zip(&complete.until)).map(&mut replay_event).collect()
}

/// For each event, the version up to which the history is complete.
pub(super) struct CompleteUntil {
    until: Vec<u64>,
}

impl CompleteUntil {
    /// Exchanges that were not recorded were sent after some time, so they made only versions above
    /// all that had been received by then.
    pub(super) fn of(events: usize, histories: &[ThreadHistory]) -> Self {
        let whole_until_ns = histories.iter().map(ThreadHistory::whole_until_ns).min();
        let Some(time) = whole_until_ns.filter(|&time| time != u64::MAX) else {
            return Self { until: vec![u64::MAX; events] };
        };
        let mut until = vec![0; events];
        for exchange in histories.iter().flat_map(ThreadHistory::iter) {
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
    exchanges: &MergedHistory,
) -> ViolationRecord {
    let (newer, older): (Exchange<'_>, Exchange<'_>) = (exchanges.at(first), exchanges.at(then));
    let (kind, which) = match older.outcome {
        ExchangeOutcome::Read { .. } => (ViolationKind::StaleRead, "a read"),
        _ => (ViolationKind::Order, "a request"),
    };
    let what = format!(
        "version {} was told before {which} was sent that was answered at version {}",
        newer.version, older.version
    );
    wording::violation(kind, what, before, exchanges, &[first, then])
}

impl<'a> Replay<'a> {
    /// Applies the next exchange.
    ///
    /// # Errors
    /// The violation that it shows. The replay ends there: later findings would mean nothing.
    fn see(&mut self, position: ExchangePosition, exchange: Exchange<'a>) -> ReplayResult {
        self.outcome.exchanges += 1;
        let effect = match exchange.outcome {
            ExchangeOutcome::Unknown { .. } => {
                self.outcome.unknown += 1;
                return Ok(());
            }
            ExchangeOutcome::Reservation { effect, .. } => Some(effect),
            _ => None,
        };
        if !exchange.has_version() || (effect.is_none() && exchange.version < self.version) {
            // Decided without the event, or a view of it before the run.
            return Ok(());
        }
        self.advance(exchange.version, effect);
        match (ReservationReply::by(position, exchange), exchange.outcome) {
            (Some(reply), _) if effect == Some(Effect::Applied) => self.applied(reply),
            (Some(reply), _) => self.unchanged(reply),
            (_, ExchangeOutcome::Read { counts, .. }) => {
                self.read(position, counts);
                Ok(())
            }
            (_, ExchangeOutcome::Refused { code, number, claim }) => {
                self.refused(position, code, number, claim)
            }
            (_, _) => Ok(()),
        }
    }
}
