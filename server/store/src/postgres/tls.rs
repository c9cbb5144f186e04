//! Encrypted connections.

use super::error::PostgresError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What encrypts connections, and verifies certificates by the authorities of a PEM file; without a
/// file, by those that the system trusts.
pub(super) fn verifying(file: Option<&Path>) -> Result<MakeRustlsConnect, PostgresError> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in authorities(file)? {
                roots.add(certificate).map_err(|error| unreadable(file, &error))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs().certs;
            // Some of a system's certificates are always unusable.
            let _ = roots.add_parsable_certificates(found);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.expect("the provider has them");
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, PostgresError> {
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| unreadable(file, &error))?;
    let certificates: Result<Vec<_>, _> = certificates.collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unreadable(file, &"it has no certificate")),
        Err(error) => Err(unreadable(file, &error)),
    }
}

fn unreadable(file: &Path, why: &dyn std::fmt::Display) -> PostgresError {
    PostgresError::Authorities { file: file.display().to_string(), why: why.to_string() }
}
