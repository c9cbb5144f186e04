//! The state file: everything that the journal's changes come to, as rows that any SQL client can
//! query.
//!
//! One SQLite file, `boxoffice.db`, which follows the journal. A restart loads it and replays what
//! the journal has behind its mark; the journal's segments before the mark are no longer needed.
//! It is history too: what memory has forgotten stays here.
//! - [`Rows::apply`] writes changes, in one transaction with the mark they lead to (`apply`,
//!   `event_rows`, `reservation_rows`). `event_cache` keeps between transactions what would else
//!   have to be read for every change.
//! - [`Rows::take_over`] writes an event as it is, where another store has no changes that lead to it.
//! - [`Rows::load`] gives everything back at a start; [`RowsReader`] inspects, exports and backs up
//!   while a server writes.
//! - [`FollowedRows`] follow the logs of a store that several servers share, each event by its own log;
//!   `followed.sql` has the tables for that, and `live_seats` finds a seat that was sold twice. An event
//!   whose log lacks what its rows lack is removed (`removal`) and taken over. Where they lie in PostgreSQL,
//!   they are `StagedRows` while they are worked on, and `json_rows` on their way; `postgres_tables` makes
//!   its tables of the same SQL.
//! - [`PlanRows`] writes plans, beside the changes.
//! - `schema.sql` has the tables, `views.sql` the views for people.
//! - Rows are verified when they are read: `checksums` has the checksum of a row and the tallies of
//!   tables, `verify` compares them, `structure` looks at SQLite's pages and index, `schema` at the
//!   tables themselves.
//!
//! Nothing here waits for anything but the disk. Only [`Rows::restore`] uses a thread of its own,
//! until it returns.
//!
//! # What lies where
//! - Reservations are numbered in the order in which they were made, so that new ones go to the end
//!   of their table; ids begin with the time, so that their index grows near its end too. What
//!   happens to a reservation happens mostly soon, to pages that are in memory.
//! - A reservation's one seat is a number in its row, several are JSON; the view `places` unfolds
//!   them to a row a seat. A table of seats would double what is written for each reservation.
//! - A reservation's row has the version of the event that its beginning made: lists go on by it, so
//!   that one that was begun before a restart neither skips nor repeats.

mod apply;
mod audit;
mod backup;
mod checksums;
mod columns;
mod error;
mod event_cache;
mod event_row;
mod event_rows;
mod export;
mod file;
mod followed_rows;
mod identity;
#[cfg(feature = "postgres")]
mod json_rows;
mod live_seats;
mod load;
mod mark;
mod plan_rows;
#[cfg(feature = "postgres")]
mod postgres_tables;
mod predecessors;
mod reader;
mod removal;
mod reservation_rows;
mod restored;
mod rows;
mod schema;
mod scratch;
mod section_rows;
mod snapshot;
mod sold_twice;
#[cfg(feature = "postgres")]
mod staged_rows;
mod structure;
mod take_over;
#[cfg(test)]
mod tests;
mod times;
mod verify;

pub use audit::Audited;
pub use backup::{BackedUp, StillWanted};
pub use error::RowsError;
pub use export::ExportedReservation;
pub use file::Quiet;
pub use followed_rows::{FollowedRows, Step};
pub use identity::{FORMAT, Identity};
pub use load::{Saved, Tombstone};
pub use mark::RowsMark;
pub use plan_rows::{PlanRow, PlanRows};
#[cfg(feature = "postgres")]
pub use postgres_tables::postgres_tables;
pub use reader::RowsReader;
pub use restored::{InHalls, Made, Restored, Restoring};
pub use rows::Rows;
pub use sold_twice::{SeatTaker, SoldTwice};
#[cfg(feature = "postgres")]
pub use staged_rows::{EVENT_TABLES, LastNumbers, StagedRows, touched_by};
