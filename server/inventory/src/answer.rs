//! One request from its command to its answer: what is due is recorded first, of holds those that
//! the answer depends on, a chunk at a time; then the command's own change is made; then the answer is rendered
//! from the state after it.
//!
//! *Architecture Invariant:* this is the part of a decision that every way to be durable shares, so
//! it knows no ledger, position, gate or watcher. What happens to a change is left to the
//! [`ChangeSink`]: a server with a journal of its own records each change and applies it at once; a
//! server over a shared store applies changes to a copy and appends them as one batch before it
//! answers.

use crate::command::{Command, HoldRules};
use crate::decision::Decision;
use crate::inventory::Inventory;
use boxoffice_protocol::change::Change;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;

/// Takes the changes of decisions in order, and has the state that the next decision rests on.
pub trait ChangeSink {
    /// The state with every change that was taken.
    fn inventory(&self) -> &Inventory;

    /// Takes what happens by itself, which has no principal: an expiry of holds, a move of the sales
    /// window.
    ///
    /// # Errors
    /// Why it is not taken; the state is what it was then.
    fn expire(&mut self, expiry: Change) -> Result<(), UnavailableWhy>;

    /// Takes the change that a command comes to.
    ///
    /// # Errors
    /// Why it is not taken; the state is what it was then.
    fn make(&mut self, change: Change) -> Result<(), UnavailableWhy>;
}

/// The result of one turn of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// The body of its reply.
    Body(Body),
    /// A chunk of due holds was expired, and the answer depends on more: let other requests have a
    /// turn, then ask again.
    Again,
}

/// Decides one command at `now`, after one chunk of expiries at most, and leaves its own change to
/// the caller: none where it changes nothing. A few due holds do not cost a turn, so a request is not
/// put off for ever where some become due all the time.
///
/// # Errors
/// The answer without a change of its own: a refusal, or another turn.
#[inline(always)]
pub fn settle(
    sink: &mut impl ChangeSink,
    command: &Command<'_>,
    now: Timestamp,
    rules: &HoldRules,
) -> Result<Option<Change>, Answered> {
    let refused = |refusal| Answered::Body(Body::Refused(refusal));
    let mut has_expired = false;
    loop {
        match sink.inventory().decide(command, now, rules) {
            Decision::ExpireFirst(_) if has_expired => return Err(Answered::Again),
            Decision::ExpireFirst(expiry) => {
                has_expired = matches!(expiry, Change::Expired { .. });
                sink.expire(expiry).map_err(|why| refused(Refusal::Unavailable { why }))?;
            }
            Decision::Answer(decided) => return decided.map_err(refused),
        }
    }
}

/// Answers one command at `now`, or expires one chunk of holds: see [`settle`].
#[inline]
pub fn answer(
    sink: &mut impl ChangeSink,
    command: &Command<'_>,
    now: Timestamp,
    rules: &HoldRules,
) -> Answered {
    let body = match settle(sink, command, now, rules) {
        Ok(None) => body(sink.inventory(), command, now, Effect::Unchanged),
        Ok(Some(change)) => match sink.make(change) {
            Ok(()) => body(sink.inventory(), command, now, Effect::Applied),
            Err(why) => Body::Refused(Refusal::Unavailable { why }),
        },
        Err(answered) => return answered,
    };
    Answered::Body(body)
}

/// The body of a command's answer, rendered from the state after it.
fn body(inventory: &Inventory, command: &Command<'_>, now: Timestamp, effect: Effect) -> Body {
    let Some((id, customer)) = command.reservation() else {
        let Command::ConfirmOrder { order } = *command else { return Body::EventSaved { effect } };
        let reservations = inventory.of_order(order, now).into();
        return Body::OrderConfirmed { reservations, effect };
    };
    match inventory.reservation_for(&id, customer, now) {
        Some(reservation) => Body::Reservation { reservation: Box::new(reservation), effect },
        None => Body::Refused(Refusal::ReservationNotFound),
    }
}
