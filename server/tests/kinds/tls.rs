//! A server that speaks TLS.

use crate::common::config;
use boxoffice_server::config::{Config, TlsFiles};
use boxoffice_testing::pki::Pki;

/// Settings of a server with this certificate.
pub(crate) fn with_tls(pki: &Pki) -> Config {
    let (certificate, key) = (pki.path("cert.pem"), pki.path("key.pem"));
    Config { tls: Some(TlsFiles { certificate, key }), ..config() }
}
