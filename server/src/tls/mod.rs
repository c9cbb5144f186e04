//! TLS for both listeners.
//!
//! `Tls` shows clients an `identity`, a chain of certificates with its key, which `Tls::reload`
//! exchanges while the server runs. Every connection begins with a `handshake`; after it, a session
//! reads and writes a `stream`. With TLS on, a port speaks nothing else.
//!
//! Sessions are not resumed: a connection made after a certificate was exchanged gets the new one,
//! the server keeps nothing of ended connections, and no two connections share keys.

mod context;
mod handshake;
mod identity;
mod stream;

pub use context::Tls;
pub use identity::TlsError;
pub(crate) use stream::{TlsReader, TlsStream};
