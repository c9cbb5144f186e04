//! What the benchmarks share: what work costs, and reservations to work on.

#![allow(dead_code, unreachable_pub, reason = "each benchmark uses a part of it")]

pub mod cost;
pub mod world;
