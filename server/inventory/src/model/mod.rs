//! The naive model of an event: what an inventory should do, too simple to be wrong, and random
//! commands for both.
//!
//! `state` has its lists, `decide`, `transfer`, `exchange`, `order`, `update` and `best` its decisions, `seen` its views. [`dice`]
//! and [`random_command`] make commands from a seed.

mod best;
mod decide;
pub mod dice;
mod exchange;
pub mod fixtures;
mod labels;
mod late;
mod order;
mod places;
pub mod random_command;
mod random_presentation;
mod random_seats;
mod random_tickets;
mod random_updates;
mod seen;
mod state;
mod tickets;
mod transfer;
mod update;

pub use state::{Answer, Booked, Model, without_reason};
