//! The engine PostgreSQL, 15 and later: one row a batch.
//!
//! `store_pool` has a few connections to one database; `append` is the conditional insert of many
//! logs in one round trip; `rows` turns rows into batches; `engine` is the [`Store`](crate::Store).
//! Decisions rest on a primary: a standby is refused at the start.

mod append;
mod engine;
mod error;
mod rows;
mod store_pool;

pub use engine::Postgres;
pub use error::PostgresError;
