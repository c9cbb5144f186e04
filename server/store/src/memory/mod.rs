//! The engine in memory, for tests: with a clock that the test moves and faults that it injects.
//!
//! `logs` has what is stored and decides every append; `engine` is the [`Store`](crate::Store) over
//! it, with the faults.

mod engine;
mod logs;

pub use engine::{AppendFault, Memory};
