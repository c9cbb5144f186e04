//! Inspects data folders for people: is everything well, and what is in there. Read-only, also
//! while a server uses the folder.
//!
//! - [`check`] compares everything that can be compared; [`Report`] is its result. `past` compares
//!   changes that the rows have with the journal, `replay` applies the changes that they do not
//!   have, once in memory and once to a copy of the rows.
//! - [`Reservations`] are those that ever were, up to the end of the journal; [`changes`] those
//!   that the journal still has.

mod attempts;
mod changes;
mod check;
mod past;
mod replay;
mod report;
mod reservations;
mod tail;

pub use changes::changes;
pub use check::{CheckStage, check};
pub use report::{Finding, JournalReport, Report};
pub use reservations::Reservations;
