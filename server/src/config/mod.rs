//! Configuration: as `typed` (flags, environment, file), then `resolved` and checked.
//!
//! A flag wins over the environment, that over the file, and that over the default.

mod connection_memory;
mod connection_shares;
mod error;
mod host_name;
mod log;
mod resolved;
mod typed;
mod values;

pub use connection_memory::ConnectionMemory;
pub use connection_shares::ConnectionShares;
pub use error::ConfigError;
pub use host_name::HostName;
pub use log::{LogFormat, LogSetting};
pub use resolved::{Config, DATA_FOLDER, StoreChoice, StreamLimits, tokens_place};
pub use typed::Settings;
pub use values::{HttpListen, Lifetime, Span, SyncSetting};
