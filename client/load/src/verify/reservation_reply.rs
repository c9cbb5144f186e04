//! A reply that states a reservation, and what follows from it for a hold's deadline.

use super::merged_history::ExchangePosition;
use crate::history::exchange::{
    EventBefore, Exchange, ExchangeOutcome, ExchangePlaces, NEVER, RequestedReservation,
};
use boxoffice_client::protocol::reservation::Status;

const MS_NS: u64 = 1_000_000;

/// The server decides in whole milliseconds; each end of a span may be off by one.
const STEP_NS: u64 = 2 * MS_NS;

/// Two clocks may drift apart by one part in so many.
const DRIFT: u64 = 1_000;

/// A reply that states a reservation.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReservationReply<'a> {
    pub(super) position: ExchangePosition,
    pub(super) exchange: Exchange<'a>,
    pub(super) number: u32,
    pub(super) requested: RequestedReservation,
    pub(super) status: Status,
    pub(super) places: ExchangePlaces<'a>,
}

impl<'a> ReservationReply<'a> {
    pub(super) fn by(position: ExchangePosition, exchange: Exchange<'a>) -> Option<Self> {
        match exchange.outcome {
            ExchangeOutcome::Reservation { number, requested, status, places, .. } => {
                Some(Self { position, exchange, number, requested, status, places })
            }
            _ => None,
        }
    }

    /// Whether the deadline of this hold was still ahead when its end had been seen. The server's
    /// clock decides and the generator's saw it, so only the bound that holds for both counts.
    pub(super) fn deadline_was_ahead(&self, event: &EventBefore, seen_ns: u64) -> bool {
        let soonest = |life_ns: u64| self.exchange.sent_ns + life_ns - life_ns / DRIFT;
        self.life_ns(event).is_some_and(|life| seen_ns.saturating_add(STEP_NS) < soonest(life))
    }

    /// Whether the deadline of this hold had passed when a later request was sent.
    pub(super) fn deadline_had_passed(&self, event: &EventBefore, later: Exchange<'_>) -> bool {
        let done_ns = self.exchange.done_ns;
        let latest = |life_ns: u64| done_ns + life_ns + life_ns / DRIFT + STEP_NS;
        done_ns != NEVER && self.life_ns(event).is_some_and(|life| later.sent_ns > latest(life))
    }

    /// The length of a new hold; none for others, which may have been extended.
    fn life_ns(&self, event: &EventBefore) -> Option<u64> {
        let is_new = (self.status, self.requested) == (Status::Held, RequestedReservation::New);
        event.hold_ms.filter(|_| is_new).map(|ms| ms.saturating_mul(MS_NS))
    }
}
