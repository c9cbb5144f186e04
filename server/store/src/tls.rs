//! Encrypted connections to an engine.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// A file of authorities that cannot be used.
#[derive(Debug)]
pub(crate) struct UnusableAuthorities {
    pub(crate) file: String,
    pub(crate) why: String,
}

/// What encrypts connections, and verifies certificates by the authorities of a PEM file; without a
/// file, by those that the system trusts.
pub(crate) fn verifying(file: Option<&Path>) -> Result<ClientConfig, UnusableAuthorities> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in authorities(file)? {
                roots.add(certificate).map_err(|error| unusable(file, &error))?;
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
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, UnusableAuthorities> {
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| unusable(file, &error))?;
    let certificates: Result<Vec<_>, _> = certificates.collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unusable(file, &"it has no certificate")),
        Err(error) => Err(unusable(file, &error)),
    }
}

fn unusable(file: &Path, why: &dyn std::fmt::Display) -> UnusableAuthorities {
    UnusableAuthorities { file: file.display().to_string(), why: why.to_string() }
}
