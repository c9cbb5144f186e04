//! Expiries of due holds that no decision asks for: those that a read rests on are recorded before
//! it is answered, the others by the sweeper.
//!
//! A read shows its version, and nothing but changes makes a version: so a due hold is recorded as
//! expired first, as before a decision. Large numbers of them take turns. Where the ledger takes
//! nothing, reads go on and show what is recorded.

use super::catalog::Catalog;
use super::event::{Event, Reading};
use boxoffice_inventory::{EXPIRY_CHUNK, Inventory};
use std::sync::Arc;

/// Holds that are expired in one turn. They take about as long as the turn of a connection, and the
/// event's lock is free after each [`EXPIRY_CHUNK`] of them.
const EXPIRIES_A_TURN: u64 = 16 * EXPIRY_CHUNK as u64;

/// The expiries of one turn, of one event or several.
#[derive(Debug, Default)]
pub(crate) struct ExpiryTurn {
    pub(crate) expired: u64,
}

/// What is left of an event's due holds after some of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DueHolds {
    /// All of them are recorded as expired.
    Recorded,
    /// The turn is used up: others have theirs before the next one.
    Remain,
    /// The ledger takes no changes now.
    Refused,
}

impl Catalog {
    /// Records expiries of an event's due holds, for as long as the turn lasts.
    pub(crate) fn expire_due(&self, event: &Arc<Event>, turn: &mut ExpiryTurn) -> DueHolds {
        while turn.expired < EXPIRIES_A_TURN {
            match self.sweep(event) {
                Ok(swept) => {
                    turn.expired += swept.expired;
                    if !swept.more {
                        return DueHolds::Recorded;
                    }
                }
                Err(_) => return DueHolds::Refused,
            }
        }
        DueHolds::Remain
    }

    /// Looks at an event once every hold that is due is recorded as expired. None if the turn is
    /// used up before: then others have theirs, and this is asked again.
    pub(crate) fn read<T>(
        &self,
        event: &Arc<Event>,
        turn: &mut ExpiryTurn,
        look: impl Fn(&Inventory) -> T,
    ) -> Option<Reading<T>> {
        loop {
            let now = self.context.clock.now();
            if let Some(reading) = event.read(Some(now), &look) {
                return Some(reading);
            }
            match self.expire_due(event, turn) {
                DueHolds::Recorded => {}
                DueHolds::Remain => return None,
                DueHolds::Refused => return event.read(None, &look),
            }
        }
    }
}
