//! TLS settings: the trusted authorities.

use super::TlsFault;
use super::trust::{AcceptAll, fault};
use rustls::client::{ClientConfig, Resumption, WantsClientCert};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ConfigBuilder, DEFAULT_VERSIONS, RootCertStore, WantsVerifier};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The name of the protocol in TLS (ALPN, RFC 7301).
const ALPN: &[u8] = b"boxoffice";

/// TLS settings of a client: the authorities that it trusts.
///
/// ```no_run
/// use boxoffice_client::{Client, ClientConfig, TlsConfig};
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::connect(ClientConfig {
///     server: "tickets.example.org:7117".to_owned(),
///     tls: Some(TlsConfig::system()?),
///     ..ClientConfig::default()
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// The server must present a valid certificate for the host of
/// [`ClientConfig::server`](crate::ClientConfig::server), a name or an address, signed by a trusted
/// authority. Making the settings reads files: make them once and clone them.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    rustls: Arc<ClientConfig>,
}

/// TLS settings that cannot be made.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TlsConfigError {
    #[error("cannot read the authorities' certificates in {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{path} has no certificate of an authority: it must have a line -----BEGIN CERTIFICATE-----"
    )]
    Empty { path: PathBuf },
    #[error("certificate {number} in {path} cannot be understood")]
    Damaged { path: PathBuf, number: usize },
    /// The system has no trusted authorities.
    #[error("this system trusts no authorities{0}; name the server's")]
    NoSystem(String),
}

impl TlsConfig {
    /// Trusts the authorities of the system, or those that `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name.
    ///
    /// # Errors
    /// [`TlsConfigError::NoSystem`] if there are none.
    pub fn system() -> Result<Self, TlsConfigError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        // Some systems list old certificates that cannot be parsed.
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.first().map(|error| format!(" ({error})"));
            return Err(TlsConfigError::NoSystem(why.unwrap_or_default()));
        }
        Ok(Self::trusting(roots))
    }

    /// Trusts only the authorities in a PEM file, not those of the system.
    ///
    /// # Errors
    /// [`TlsConfigError`] if the file has no usable certificate.
    pub fn authorities_in(path: &Path) -> Result<Self, TlsConfigError> {
        let path = path.to_owned();
        let pem = match fs::read(&path) {
            Ok(pem) => pem,
            Err(source) => return Err(TlsConfigError::Read { path, source }),
        };
        let mut roots = RootCertStore::empty();
        for (index, certificate) in CertificateDer::pem_slice_iter(&pem).enumerate() {
            if !certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()) {
                return Err(TlsConfigError::Damaged { path, number: index + 1 });
            }
        }
        if roots.is_empty() {
            return Err(TlsConfigError::Empty { path });
        }
        Ok(Self::trusting(roots))
    }

    /// Trusts any server. The connection is encrypted, but a machine between client and server can pose
    /// as the server, and then read and change everything, the token too.
    #[must_use]
    pub fn insecure() -> Self {
        let verifier = Arc::new(AcceptAll(provider()));
        Self::of(builder().dangerous().with_custom_certificate_verifier(verifier))
    }

    fn trusting(roots: RootCertStore) -> Self {
        Self::of(builder().with_root_certificates(roots))
    }

    fn of(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> Self {
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.resumption = Resumption::disabled();
        Self { rustls: Arc::new(config) }
    }

    /// The TLS handshake with `server`, a host and port.
    pub(crate) async fn connect(
        &self,
        server: &str,
        stream: TcpStream,
    ) -> io::Result<TlsStream<TcpStream>> {
        let name = host(server);
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| TlsFault::BadName { name: name.to_owned() })?;
        TlsConnector::from(Arc::clone(&self.rustls)).connect(name, stream).await.map_err(fault)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(DEFAULT_VERSIONS);
    builder.expect("the provider has suites for TLS 1.2 and 1.3")
}

/// The host of `host:port` or `[address]:port`.
fn host(server: &str) -> &str {
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_is_before_the_port() {
        for (server, expected) in [
            ("localhost:7117", "localhost"),
            ("127.0.0.1:7117", "127.0.0.1"),
            ("[::1]:7117", "::1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(host(server), expected);
        }
    }

    #[test]
    fn a_file_without_authorities_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ca.pem");
        let error = || TlsConfig::authorities_in(&path).expect_err("nobody to trust");
        assert!(matches!(error(), TlsConfigError::Read { .. }), "{}", error());
        fs::write(&path, "no PEM").expect("written");
        assert!(matches!(error(), TlsConfigError::Empty { .. }), "{}", error());
        let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        fs::write(&path, junk).expect("written");
        assert!(matches!(error(), TlsConfigError::Damaged { number: 1, .. }), "{}", error());
        assert!(error().to_string().contains("ca.pem"));
    }
}
