//! Tests of the inventory through its public face.
//!
//! - `desk`: an inventory with a log and a time, and short words to ask it for things.
//! - `refusals`: every refusal, and which one comes first where several are true.
//! - `lives`: what reservations go through, and what is seen of it.
//! - `laws`: the laws that the inventory has to keep, by name.
//! - `best_seats`: what the best seats are, by examples.
//! - `against_model`: random commands, compared with `model`, which is too simple to be wrong. The
//!   simulation of a whole server compares what it says with the same model.

pub(crate) mod against_model;
mod best_seats;
pub(crate) mod desk;
pub(crate) mod dice;
mod laws;
mod lives;
pub(crate) mod model;
mod model_best;
mod model_decide;
mod model_seen;
mod model_update;
mod refusals;
mod updates;
pub(crate) mod wishes;
