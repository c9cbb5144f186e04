//! When a hold can have ended. The server's clock decides it, and the generator's saw it: only what
//! both must agree on counts.

use super::replay::Said;
use crate::exchange::{Asked, EventBefore, Exchange, NEVER};
use boxoffice_client::protocol::reservation::Status;

const MS_NS: u64 = 1_000_000;

/// The server decides in whole milliseconds.
const STEP_NS: u64 = 2 * MS_NS;

/// Two clocks may run apart by a part of so many.
const DRIFT: u64 = 1_000;

/// Whether a hold's deadline was still to come when its end had been seen.
pub(super) fn was_ahead(event: &EventBefore, hold: Said<'_>, seen_ns: u64) -> bool {
    let soonest = |life_ns: u64| hold.exchange.sent_ns + life_ns - life_ns / DRIFT;
    life_ns(event, hold).is_some_and(|life| seen_ns.saturating_add(STEP_NS) < soonest(life))
}

/// Whether a hold's deadline had passed when a request was sent.
pub(super) fn had_passed(event: &EventBefore, hold: Said<'_>, later: Exchange<'_>) -> bool {
    let done_ns = hold.exchange.done_ns;
    let latest = |life_ns: u64| done_ns + life_ns + life_ns / DRIFT + STEP_NS;
    done_ns != NEVER && life_ns(event, hold).is_some_and(|life| later.sent_ns > latest(life))
}

/// How long the hold was to last; none where that is not known (it may have been extended).
fn life_ns(event: &EventBefore, hold: Said<'_>) -> Option<u64> {
    let is_new = (hold.status, hold.asked) == (Status::Held, Asked::New);
    event.hold_ms.filter(|_| is_new).map(|ms| u64::from(ms) * MS_NS)
}
