//! Certificates made for a test, and connections that use them.

use crate::patience::until_some;
use crate::raw::Raw;
use boxoffice_client::{ClientConfig, TlsConfig};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig as Rustls, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection of a test over TLS.
pub type RawTls = Raw<TlsStream<TcpStream>>;

/// An authority and a server's certificate, in a folder of their own.
pub struct Pki {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

/// A mistake in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// Valid in the past only.
    Expired,
    /// Valid in the future only.
    NotYet,
    OtherName,
    /// Signed by its own key.
    SelfSigned,
    /// Signed by its own key, and an authority's.
    Authority,
}

impl Pki {
    /// An authority, and a certificate for this host.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::new([]).expect("no names");
        authority.distinguished_name.push(DnType::CommonName, "a test's authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&key).expect("a certificate");
        fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("written");
        let pki = Self { folder, issuer: Issuer::new(authority, key) };
        pki.issue(Flaw::None);
        pki
    }

    /// Replaces certificate and key.
    pub fn issue(&self, flaw: Flaw) {
        let key = KeyPair::generate().expect("a key");
        self.write("key.pem", &key.serialize_pem());
        self.issue_certificate_again(flaw);
    }

    /// Replaces the certificate, and keeps the key.
    pub fn issue_certificate_again(&self, flaw: Flaw) {
        let key = fs::read_to_string(self.path("key.pem")).expect("a key");
        let key = KeyPair::from_pem(&key).expect("a key");
        let names = match flaw {
            Flaw::OtherName => ["tickets.example.org", "192.0.2.7"],
            _ => ["localhost", "127.0.0.1"],
        };
        let mut params = CertificateParams::new(names.map(str::to_owned)).expect("names");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match flaw {
            Flaw::Expired => {
                params.not_before = date_time_ymd(2019, 1, 1);
                params.not_after = date_time_ymd(2020, 1, 1);
            }
            Flaw::NotYet => {
                params.not_before = date_time_ymd(2100, 1, 1);
                params.not_after = date_time_ymd(2101, 1, 1);
            }
            Flaw::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Flaw::None | Flaw::OtherName | Flaw::SelfSigned => {}
        }
        let certificate = match flaw {
            Flaw::SelfSigned | Flaw::Authority => params.self_signed(&key),
            _ => params.signed_by(&key, &self.issuer),
        };
        self.write("cert.pem", &certificate.expect("a certificate").pem());
    }

    /// Writes a file that only its owner can read.
    pub fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::write(self.path(name), text).expect("written");
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).expect("its owner");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as an argument.
    pub fn argument(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    pub fn arguments(&self) -> [String; 4] {
        let [cert, key] = ["cert.pem", "key.pem"].map(|name| self.argument(name));
        ["--tls-cert".to_owned(), cert, "--tls-key".to_owned(), key]
    }

    pub fn certificate(&self) -> CertificateDer<'static> {
        certificate(&self.path("cert.pem"))
    }

    /// Settings of a client that trusts the authority.
    pub fn client(&self, server: SocketAddr) -> ClientConfig {
        self.client_trusting("ca.pem", server)
    }

    /// Settings of a client that trusts the authorities in this file.
    pub fn client_trusting(&self, file: &str, server: SocketAddr) -> ClientConfig {
        let tls = TlsConfig::authorities_in(&self.path(file)).expect("an authority");
        ClientConfig { server: server.to_string(), tls: Some(tls), ..ClientConfig::default() }
    }

    /// The TLS of a client without the library, which offers these protocols (ALPN).
    pub fn connector(&self, names: &[&str]) -> TlsConnector {
        self.connector_of(DEFAULT_VERSIONS, names)
    }

    /// The same with these versions of TLS.
    pub fn connector_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        names: &[&str],
    ) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&self.path("ca.pem"))).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = Rustls::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(versions).expect("there are suites for them");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config).into()
    }

    /// Connects without the library, and greets in TLS only.
    pub async fn silent(&self, server: SocketAddr) -> RawTls {
        let stream = TcpStream::connect(server).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP stream");
        let connected = self.connector(&[]).connect(localhost(), stream).await;
        Raw::around(connected.expect("a handshake"))
    }

    /// Connects, and shakes hands in the protocol too.
    pub async fn connect(&self, server: SocketAddr) -> RawTls {
        let mut raw = self.silent(server).await;
        raw.greet().await;
        raw
    }

    /// The same, again if the server's deadline for a handshake passes first: see
    /// [`Raw::connect_in_time`].
    pub async fn connect_in_time(&self, server: SocketAddr) -> RawTls {
        until_some("a handshake in time", async || {
            let stream = TcpStream::connect(server).await.ok()?;
            stream.set_nodelay(true).ok()?;
            let stream = self.connector(&[]).connect(localhost(), stream).await.ok()?;
            let mut raw = Raw::around(stream);
            raw.try_greet().await.then_some(raw)
        })
        .await
    }
}

/// The name in the certificates of tests.
pub fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").expect("a name")
}

/// The server's certificate, as a client has seen it.
pub fn shown(client: &RawTls) -> CertificateDer<'static> {
    let (_, connection) = client.stream.get_ref();
    connection.peer_certificates().expect("the handshake is over")[0].clone().into_owned()
}

fn certificate(path: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).expect("a certificate")
}
