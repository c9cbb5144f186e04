//! The engine PostgreSQL, 15 and later: one row a batch.
//!
//! `appender` sends what waits in the queue of appends together over a few connections of a `store_pool`;
//! `append` is the conditional insert of many logs in one round trip. `failure` says what an error
//! means for a statement that got it. `rows` turns rows into batches, `statements` has the rest of
//! the SQL, `listener` gets hints, and `engine` is the [`Store`](crate::Store).
//!
//! `session` is for what lies beside, of which the store knows nothing.
//!
//! `address` says where a database is and how it is reached; decisions rest on a primary,
//! so a standby is never taken. `schema` makes the tables; it and `server_settings` refuse a database
//! that is not fit to be a store.

mod address;
mod append;
mod appender;
mod connection;
mod engine;
mod error;
mod failure;
mod listener;
mod rows;
mod schema;
mod server_settings;
mod session;
mod settings;
mod statements;
mod store_pool;

pub use address::PostgresAddress;
pub use engine::Postgres;
pub use error::PostgresError;
pub use schema::{Migration, migrate};
pub use session::{PostgresSession, SqlExpectation, SqlStep, TransactionEnd};
pub use settings::PostgresSettings;
