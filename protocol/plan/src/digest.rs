//! The identity of a plan: SHA-256 of its canonical form.

use crate::file::PlanFile;
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 of a plan's canonical form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanDigest(pub [u8; 32]);

impl PlanDigest {
    /// The digest of the bytes that [`canonical`](PlanFile::canonical) gives.
    pub fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PlanFile {
    /// The canonical form: compact JSON with its keys in one order, without what has its default,
    /// whole numbers without a fraction. Files that differ only in format, layout and comments have
    /// the same; reading it gives this file again.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a plan's keys are texts and its numbers finite")
    }
}
