//! Times as people write them, and the database of time zones.
//!
//! The rules come from the machine's database, which its administrators keep up to date, or where it has
//! none from the one in the program. They are asked when a time is given, and never again: what
//! is recorded has the instant and the local time, and [`moved`] tells where today's rules would say
//! something else.
//!
//! *Architecture Invariant:* nothing is decided by the rules of a zone. The inventory, the journal and
//! the page do not know them.

mod checking;
mod database;
mod reading;

pub use checking::{check, moved};
pub use reading::{read, read_at};
