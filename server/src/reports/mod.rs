//! Rows for reports: the tables of `boxoffice.db`, of what several servers decide over a store.
//!
//! A server that is asked for them follows the log of each event (`log_follower`), and writes what
//! it says into a file, or into PostgreSQL (`target`). What makes rows of a log is what makes them of a
//! journal ([`FollowedRows`](crate::ledger::rows::FollowedRows)), also where they lie in PostgreSQL
//! (`postgres_rows`, `postgres_sql`). It goes by events and their versions, so nothing is skipped that became
//! durable late. `following` is the task, and `state` what others may know of it. It never holds up an answer.

mod error;
mod following;
mod log_follower;
#[cfg(all(test, feature = "postgres"))]
mod postgres_race;
#[cfg(feature = "postgres")]
mod postgres_rows;
#[cfg(feature = "postgres")]
mod postgres_sql;
mod state;
mod target;

pub(crate) use error::ReportsError;
pub(crate) use following::Reports;
pub(crate) use state::ReportsState;
pub(crate) use target::ReportsTarget;
