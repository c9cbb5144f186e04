//! What holds for a journal whatever its disk does.
//!
//! - [`appending`]: the journal on a disk that works, simulated and real.
//! - [`faults`]: every operation of a life may fail, in every way, and power go at any time.
//! - [`lax`]: what holds where appends do not wait for the disk.
//! - [`looking`]: what is seen of a journal while it is written.
//! - [`damage`]: every byte of a folder cut off, erased, flipped or stale.
//!
//! `BOXOFFICE_SEED` replays one schedule, `BOXOFFICE_FAULT_SECONDS` tries new ones for so long.

mod appending;
mod damage;
mod faults;
mod lax;
mod looking;
