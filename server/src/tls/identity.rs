//! The server's identity: a chain of certificates and the key of the first, from two files.

use crate::config::TlsFiles;
use boxoffice_protocol::time::Timestamp;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, InconsistentKeys, RootCertStore};
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// More than any chain or key has; a wrong path may be a disk.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Why certificate and key cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is larger than 1 MiB: it is no certificate and no key")]
    TooLarge { path: PathBuf },
    /// A file is no PEM. The message does not show its content, which may be a key.
    #[error("{path} is damaged: {why}")]
    Pem { path: PathBuf, why: &'static str },
    #[error(
        "{path} has no certificate: it must have a line -----BEGIN CERTIFICATE-----; if it is \
         DER, convert it with openssl x509 -inform der"
    )]
    NoCertificate { path: PathBuf },
    #[error("{path} has no private key: it must have a line -----BEGIN PRIVATE KEY-----")]
    NoKey { path: PathBuf },
    #[error(
        "the private key in {path} is encrypted, and the server has no password for it; decrypt \
         it with openssl pkey"
    )]
    EncryptedKey { path: PathBuf },
    #[error(
        "the key in {key} is not that of the first certificate in {certificate}; the server's own \
         certificate must come first"
    )]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("certificate {number} of {path} cannot be understood")]
    BadCertificate { path: PathBuf, number: usize },
    #[error("everybody on this machine can read the key in {path}; chmod o= {path}")]
    KeyIsOpen { path: PathBuf },
    /// The key is of a kind that TLS does not know, or damaged.
    #[error("the private key in {path} cannot be used: {why}")]
    BadKey { path: PathBuf, why: String },
}

/// A chain of certificates and the key of the first, which belong together.
#[derive(Debug)]
pub(super) struct ServerIdentity {
    key: Arc<CertifiedKey>,
    /// The validity of the first certificate.
    validity: Range<Timestamp>,
}

impl ServerIdentity {
    pub(super) fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<Self, TlsError> {
        let chain = certificates(&files.certificate)?;
        let validity = validity(&files.certificate, &chain, provider)?;
        if is_open(&files.key) {
            return Err(TlsError::KeyIsOpen { path: files.key.clone() });
        }
        let key = private_key(&files.key)?;
        let key = CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch {
                certificate: files.certificate.clone(),
                key: files.key.clone(),
            },
            error => TlsError::BadKey { path: files.key.clone(), why: error.to_string() },
        })?;
        Ok(Self { key: Arc::new(key), validity })
    }

    pub(super) fn key(&self) -> &Arc<CertifiedKey> {
        &self.key
    }

    /// The validity of the server's certificate.
    pub(super) fn validity(&self) -> &Range<Timestamp> {
        &self.validity
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let failed = |source| TlsError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(TlsError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = read(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    chain.map_err(|error| TlsError::Pem { path: path.to_owned(), why: fault(&error) })
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let pem = read(path)?;
    let path = path.to_owned();
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        pem::Error::NoItemsFound if is_encrypted(&pem) => TlsError::EncryptedKey { path },
        pem::Error::NoItemsFound => TlsError::NoKey { path },
        error => TlsError::Pem { path, why: fault(&error) },
    })
}

fn fault(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "an -----END line is missing",
        pem::Error::IllegalSectionStart { .. } => "a -----BEGIN line is not as it should be",
        pem::Error::Base64Decode(_) => "what is between two lines is no base64",
        _ => "it is no PEM",
    }
}

fn is_encrypted(pem: &[u8]) -> bool {
    const MARK: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    pem.windows(MARK.len()).any(|window| window == MARK)
}

/// Parses all certificates of a chain, and returns the validity of the first.
fn validity(
    path: &Path,
    chain: &[CertificateDer<'_>],
    provider: &CryptoProvider,
) -> Result<Range<Timestamp>, TlsError> {
    let mut first = None;
    for (index, certificate) in chain.iter().enumerate() {
        let bad = || TlsError::BadCertificate { path: path.to_owned(), number: index + 1 };
        let certificate = ParsedCertificate::try_from(certificate).map_err(|_| bad())?;
        let from = bound(&certificate, Duration::ZERO, provider).ok_or_else(bad)?;
        let until = bound(&certificate, END_OF_TIME, provider).ok_or_else(bad)?;
        first.get_or_insert(from..until);
    }
    first.ok_or_else(|| TlsError::NoCertificate { path: path.to_owned() })
}

/// Later than any date of a certificate.
const END_OF_TIME: Duration = Duration::from_secs(u64::MAX);

/// The beginning or end of a certificate's validity, whichever `time` is beyond. Validity is
/// verified first, so the certificate needs no trusted signature.
fn bound(
    certificate: &ParsedCertificate<'_>,
    time: Duration,
    provider: &CryptoProvider,
) -> Option<Timestamp> {
    let verified = verify_server_cert_signed_by_trust_anchor(
        certificate,
        &RootCertStore::empty(),
        &[],
        UnixTime::since_unix_epoch(time),
        provider.signature_verification_algorithms.all,
    );
    let bound = match verified {
        Err(rustls::Error::InvalidCertificate(CertificateError::NotValidYetContext {
            not_before,
            ..
        })) => not_before,
        Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
            not_after,
            ..
        })) => not_after,
        // A certificate that is valid since 1970 or before.
        Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            UnixTime::since_unix_epoch(Duration::ZERO)
        }
        _ => return None,
    };
    Some(Timestamp::from_ms(bound.as_secs().saturating_mul(1_000)))
}

/// Whether users other than the file's owner and group can read it.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}
