//! TLS, for servers that speak it: whom a client trusts ([`TlsConfig`]), and what is wrong where it
//! does not ([`TlsFault`]). All but the latter is there with the feature `tls` only.

#[cfg(feature = "tls")]
mod config;
mod fault;
#[cfg(feature = "tls")]
mod trust;

#[cfg(feature = "tls")]
pub use config::{TlsConfig, TlsConfigError};
pub use fault::TlsFault;
