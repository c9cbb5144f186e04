//! The engine PostgreSQL, 15 and later: one row a batch.
//!
//! `appender` sends what waits in `append_queue` together over a few connections of a `store_pool`;
//! `append` is the conditional insert of many logs in one round trip. `failure` says what an error
//! means for a statement that got it. `rows` turns rows into batches, `statements` has the rest of
//! the SQL, `listener` gets hints, and `engine` is the [`Store`](crate::Store). Decisions rest on a
//! primary: a standby is refused at the start.

mod append;
mod append_queue;
mod appender;
mod connection;
mod engine;
mod error;
mod failure;
mod listener;
mod rows;
mod settings;
mod statements;
mod store_pool;

pub use engine::Postgres;
pub use error::PostgresError;
pub use settings::PostgresSettings;
