//! Seats by what people write.
//!
//! `candidates` finds everything that a text can mean in a hall; [`SeatReader`] takes the only one,
//! or the one that is written exactly as it is printed, and refuses the rest with all of them.
//! `list` splits lists, where a space may be within a place or between two.

mod candidates;
mod error;
mod found;
mod list;
mod lookups;
mod seat_reader;

pub use error::LabelError;
pub use found::{ReadScope, SeatRange};
pub use seat_reader::SeatReader;
