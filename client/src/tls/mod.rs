//! TLS: the trusted authorities ([`TlsConfig`]), and the faults of a handshake ([`TlsFault`]). All but
//! the latter needs the feature `tls`.

#[cfg(feature = "tls")]
mod config;
mod fault;
#[cfg(feature = "tls")]
mod trust;

#[cfg(feature = "tls")]
pub use config::{TlsConfig, TlsConfigError};
pub use fault::TlsFault;
