//! Verification: every reply of a run against the others, and against the server's state after it.
//!
//! - [`merged_history`] puts the exchanges in order: event by event, version by version. [`pass`] goes
//!   over them once: [`order`] checks real time, [`replay`] checks the effects of changes, [`claims`]
//!   checks reads and refusals. [`gaps`] are versions that no reply explains: holds that expired.
//! - [`after`] compares the end of the replay with the server's reservations, which [`server_state`]
//!   fetches.
//! - [`findings`] shows the violations, of each kind the one with the shortest history.
//!
//! The pass is linear after a sort. It takes about 8 bytes a reservation beside the history.

mod after;
mod claims;
pub mod findings;
mod gaps;
mod merged_history;
mod occupancy;
mod order;
mod pass;
mod recent_changes;
mod replay;
mod reservation_reply;
mod reservations;
mod server_state;
#[cfg(test)]
mod tests;
mod verifier;
mod wording;

pub(crate) use server_state::verify;
