//! Configuration: as `typed` (flags, environment, file), then `resolved` and checked.
//!
//! A flag wins over the environment, that over the file, and that over the default. Settings are
//! plain values: what needs the knowledge of a room is built and checked there, and a value that the
//! room refuses is a [`ConfigError`] too.

mod catalog_limits;
mod cluster_options;
mod connection_memory;
mod connection_shares;
mod error;
mod host_name;
mod log;
mod merged;
mod reports_options;
mod resolved;
mod routing_options;
mod secrets;
mod shared_bound;
mod shared_store;
mod store;
mod typed;
mod values;
mod web_origin;

pub use catalog_limits::{CatalogLimits, HoldTimes};
pub use cluster_options::ClusterOptions;
pub use connection_memory::ConnectionMemory;
pub use connection_shares::{ConnectionShares, OPERATORS};
pub use error::ConfigError;
pub use host_name::HostName;
pub use log::{LogFormat, LogSetting};
pub use reports_options::ReportsOptions;
pub use resolved::{Config, StreamLimits};
pub use routing_options::RoutingOptions;
pub use secrets::{TlsFiles, TokenSettings, TokensPlace};
pub use shared_bound::SharedBound;
pub use shared_store::SharedStoreOptions;
pub use store::{DATA_FOLDER, FolderOptions, OpenFolder, StoreChoice};
pub use typed::Settings;
pub use values::{ByteCount, HttpListen, Lifetime, Span, SyncPolicy};
pub use web_origin::WebOrigin;
