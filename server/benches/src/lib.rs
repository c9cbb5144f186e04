//! What the benches share: the cost of work in processor time, and reservations to work on.

pub mod cost;
pub mod world;
