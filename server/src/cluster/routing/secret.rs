//! The secret that all servers of a store are given.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A secret has to have so many bytes at least: those of 128 random bits as hexadecimal digits.
const LEAST_BYTES: usize = 32;

/// Permission of every user to read.
const ALL_READ: u32 = 0o004;

/// What servers show each other that they know.
pub(crate) struct ClusterSecret(Hmac<Sha256>);

/// Why a secret cannot be used.
#[derive(Debug, Error)]
pub(crate) enum SecretError {
    #[error("cannot read the servers' secret {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: every user can read it, and so act for any client; chmod 600 {path}",
        path = .0.display())]
    Readable(PathBuf),
    #[error(
        "{}: it has less than {LEAST_BYTES} characters; make one with: openssl rand -hex 32",
        .0.display()
    )]
    Short(PathBuf),
}

impl ClusterSecret {
    /// Reads it, without white space around it. Blocks.
    pub(crate) fn read(path: &Path) -> Result<Self, SecretError> {
        let unread = |source| SecretError::File { path: path.to_owned(), source };
        if fs::metadata(path).map_err(unread)?.mode() & ALL_READ != 0 {
            return Err(SecretError::Readable(path.to_owned()));
        }
        let text = fs::read(path).map_err(unread)?;
        let secret = text.trim_ascii();
        if secret.len() < LEAST_BYTES {
            return Err(SecretError::Short(path.to_owned()));
        }
        Ok(Self::of(secret))
    }

    /// These bytes as a secret.
    fn of(secret: &[u8]) -> Self {
        Self(keyed(secret))
    }

    /// A digest of it, under a key that clients do not have.
    pub(crate) fn digest(&self, key: &[u8]) -> u64 {
        let digest = self.key(b"boxoffice: a digest in a lease, 1", &[key]).finalize().into_bytes();
        digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }

    /// A key for one purpose.
    pub(super) fn key(&self, purpose: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut key = self.0.clone().chain_update(purpose);
        parts.iter().for_each(|part| key.update(part));
        keyed(&key.finalize().into_bytes())
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

impl fmt::Debug for ClusterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterSecret").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_secret_that_is_short_or_open_or_missing_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cluster.secret");
        assert!(matches!(ClusterSecret::read(&path), Err(SecretError::File { .. })));
        fs::write(&path, "short\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(ClusterSecret::read(&path), Err(SecretError::Short(_))));
        fs::write(&path, format!("{}\n", "ab".repeat(16))).unwrap();
        assert!(ClusterSecret::read(&path).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(ClusterSecret::read(&path), Err(SecretError::Readable(_))));
    }
}
