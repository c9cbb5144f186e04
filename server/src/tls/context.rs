//! The TLS configuration of both listeners, and the identity that they show.

use super::identity::{ServerIdentity, TlsError};
use crate::config::TlsFiles;
use arc_swap::ArcSwap;
use boxoffice_protocol::time::Timestamp;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{DEFAULT_VERSIONS, ServerConfig};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The binary protocol's name in ALPN (RFC 7301). A client may leave ALPN out, but one that names
/// another protocol is on the wrong port and told so.
const BINARY: &[u8] = b"boxoffice";

const HTTP: &[u8] = b"http/1.1";

/// A certificate that expires within this time is worth a warning.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Steps of handshakes that are taken between two looks at the sockets of established connections.
const STEPS_A_TURN: usize = 8;

/// The TLS configuration of a server.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    shown: Arc<ShownIdentity>,
    pub(super) binary: Arc<ServerConfig>,
    pub(super) http: Arc<ServerConfig>,
    /// Permits to continue a handshake.
    pub(super) turns: Semaphore,
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let identity = ServerIdentity::read(&files, &provider)?;
        let shown = Arc::new(ShownIdentity(ArcSwap::from_pointee(identity)));
        let binary = config(&provider, &shown, BINARY);
        let http = config(&provider, &shown, HTTP);
        let turns = Semaphore::new(STEPS_A_TURN);
        Ok(Self { files, shown, binary, http, turns })
    }

    /// Reads certificate and key again, for connections that begin from now on. If they cannot be
    /// used, the old ones stay.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        let provider = self.binary.crypto_provider();
        let identity = ServerIdentity::read(&self.files, provider)?;
        self.shown.0.store(Arc::new(identity));
        Ok(())
    }

    /// Logs the certificate's validity, with a warning if clients do not trust it `now` or soon.
    pub(crate) fn report(&self, now: Timestamp) {
        let identity = self.shown.0.load();
        let (file, validity) = (self.files.certificate.display(), identity.validity());
        let (from, until) = (date(validity.start), date(validity.end));
        if now < validity.start {
            tracing::warn!("clients will not trust {file} yet: it is valid only from {from}");
        } else if now >= validity.end {
            tracing::warn!("clients no longer trust {file}: it expired at {until}");
        } else if now.plus(SOON) >= validity.end {
            tracing::warn!("{file} expires soon, at {until}");
        } else {
            tracing::info!("clients are shown {file}, valid until {until}");
        }
    }
}

/// The identity that new connections are shown.
#[derive(Debug)]
struct ShownIdentity(ArcSwap<ServerIdentity>);

impl ResolvesServerCert for ShownIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(self.0.load().key()))
    }
}

/// The configuration of connections that speak `protocol`.
fn config(
    provider: &Arc<CryptoProvider>,
    shown: &Arc<ShownIdentity>,
    protocol: &[u8],
) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(Arc::clone(provider));
    let builder = builder.with_protocol_versions(DEFAULT_VERSIONS);
    let builder = builder.expect("the provider has suites for TLS 1.2 and 1.3");
    let shown: Arc<dyn ResolvesServerCert> = Arc::clone(shown) as _;
    let mut config = builder.with_no_client_auth().with_cert_resolver(shown);
    config.alpn_protocols = vec![protocol.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

fn date(time: Timestamp) -> String {
    let time = i64::try_from(time.as_ms()).ok().map(jiff::Timestamp::from_millisecond);
    time.and_then(Result::ok).map_or_else(|| "the end of time".to_owned(), |time| time.to_string())
}
