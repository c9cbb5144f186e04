//! Logs of batches in an engine that many servers share.
//!
//! A server decides the requests of an event on its own copy, and appends the changes to the event's
//! log as one [`Batch`]. The append succeeds only if the log ends where the copy does ([`Outcome`]), so
//! two servers never sell the same seat. An engine implements [`Store`]; [`laws`] are what every engine
//! has to keep, and [`Memory`] is the engine for tests, with faults.
//!
//! # Invariants
//! - The crate knows bytes, versions and ids, and no event.
//! - What is read from an engine passes its checksum, or is refused by name.
//! - [`Outcome::Unknown`] is settled by sending the same batch again, never by a look.

#[cfg(feature = "engine")]
mod append_queue;
#[cfg(feature = "engine")]
mod appender;
mod batch;
mod copy;
#[cfg(feature = "engine")]
mod engine_thread;
mod error;
pub mod laws;
mod lease;
mod log_id;
mod memory;
#[cfg(feature = "mongodb")]
mod mongodb;
mod outcome;
#[cfg(feature = "postgres")]
mod postgres;
mod read;
#[cfg(feature = "redis")]
mod redis;
mod snapshot;
mod store;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod tls;
#[cfg(feature = "engine")]
mod unsafe_setting;

#[cfg(feature = "mongodb")]
pub use self::mongodb::{Mongo, MongoAddress, MongoError, MongoSettings};
#[cfg(feature = "redis")]
pub use self::redis::{Redis, RedisAddress, RedisError, RedisSettings};
pub use batch::{Batch, BatchId, End, Stored};
pub use copy::{CopyError, CopyFigures, CopySource, copy, is_unfinished};
pub use error::StoreError;
pub use lease::{Lease, LeaseAnswer};
pub use log_id::{LogId, LogIdError};
pub use memory::{AppendFault, Memory, MemoryBench};
pub use outcome::{Divergence, Outcome};
#[cfg(feature = "postgres")]
pub use postgres::{
    Migration, Postgres, PostgresAddress, PostgresError, PostgresSession, PostgresSettings,
    SqlExpectation, SqlStep, TransactionEnd, migrate,
};
pub use snapshot::{Snapshot, Summary};
pub use store::{Hints, Pending, READ_BYTES, Read, Store};
#[cfg(feature = "engine")]
pub use unsafe_setting::{UnsafeSetting, UnsafeSettings};
