//! Fairness: whose work is done next where there is more than the server can do (law 9).
//!
//! A `Principal` is the party that asks: a token, or an address without one. Principals belong to a
//! `Class`. What they share, they share by class first and by principal inside of it, so a hundred
//! connections of one principal get the share of one.
//!
//! Every poll of a connection's task is one of the [`Turns`]. The connection has a `TurnTaker`, and
//! the `schedule` says whether it is at turn; if not, it is parked until the schedule picks it.

mod place;
mod principal;
mod schedule;
mod turn_taker;
mod turns;

pub(crate) use principal::{Class, Party, Principal};
pub(crate) use turn_taker::TurnTaker;
pub use turns::Turns;
