//! How long an ended reservation is remembered.

use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_protocol::time::Timestamp;

/// Forgotten reservations that one change drops from memory. More than one, so that memory shrinks.
pub const FORGET_A_CHANGE: usize = 2;

/// An ended reservation is remembered for a day: from its end, so that the request can be
/// repeated, and at least until its id could no longer be accepted as new.
pub fn remembered_until(id: ReservationId, ended_at: Timestamp) -> Timestamp {
    if mutants::on(Mutant::ForgottenTooEarly) {
        return ended_at.plus(core::time::Duration::from_secs(60));
    }
    let from = id.time().max(ended_at);
    Timestamp::from_ms(from.as_ms().saturating_add(MAX_ID_AGE_MS))
}
