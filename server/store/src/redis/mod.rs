//! The engine Redis, 7.0 and later, or Valkey: one entry of a stream a batch.
//!
//! `functions.lua` has what runs in the engine, each function atomically; `library` loads and calls
//! it. `keys` names what is stored, `entry` turns batches into entries. `append` is the conditional
//! append, and `appender` sends what waits together. `failure` says what an error means for a command
//! that got it.
//!
//! `address` says where the engine is; `node` has a few connections to a primary; `router` knows which
//! primary has which keys, by the `slots` of a cluster or by a `sentinel`. `server_settings` refuses a
//! server that loses what it acknowledged. `listener` gets hints, and `engine` is the
//! [`Store`](crate::Store).

mod address;
mod append;
mod appender;
mod connection;
mod endpoint;
mod engine;
mod entry;
mod error;
mod failure;
mod keys;
mod library;
mod listener;
mod listing;
mod node;
mod router;
mod sentinel;
mod server_settings;
mod settings;
mod slots;
mod values;

pub use address::RedisAddress;
pub use engine::Redis;
pub use error::RedisError;
pub use settings::RedisSettings;
