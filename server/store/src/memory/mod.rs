//! The engine in memory, for tests: with a clock that the test moves and faults that it injects.
//!
//! `logs` has what is stored and decides every append; `engine` is the [`Store`](crate::Store) over
//! it, with the faults, and `bench` puts it under the laws.

mod bench;
mod engine;
mod logs;

pub use bench::MemoryBench;
pub use engine::{AppendFault, Memory};
