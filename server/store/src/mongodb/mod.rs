//! The engine MongoDB, 5.0 and later: one document a batch.
//!
//! `keys` names documents, and `documents` turns batches into them. `collections` has what is stored,
//! and how long an answer is waited for. `append` is the conditional append, and `appender` sends what
//! waits together. `failure` says what an error means for the request that got it.
//!
//! `snapshots` keeps them in parts, as a document is bounded. `leases` and `hints` are what they are
//! for all engines. `address` says where the engine is, `server_settings` refuses one that loses what
//! it acknowledged, and `engine` is the [`Store`](crate::Store).
//!
//! # Invariants
//! - A batch is inserted only where its predecessor was read from a majority: that one stays for good.
//! - The key of a batch is never removed, so its place is never free for an append that comes late.

mod address;
mod append;
mod appender;
mod collections;
mod documents;
mod engine;
mod error;
mod failure;
mod hints;
mod keys;
mod leases;
mod server_settings;
mod settings;
mod snapshots;

pub use address::MongoAddress;
pub use engine::Mongo;
pub use error::MongoError;
pub use settings::MongoSettings;
