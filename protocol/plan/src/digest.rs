//! The canonical form of a plan, and its digest.

use crate::file::PlanFile;
use boxoffice_protocol::id::PlanDigest;
use sha2::{Digest, Sha256};

/// The digest of the bytes that [`canonical`](PlanFile::canonical) gives.
pub fn plan_digest(canonical: &[u8]) -> PlanDigest {
    PlanDigest(Sha256::digest(canonical).into())
}

impl PlanFile {
    /// The canonical form: compact JSON with its keys in one order, without what has its default,
    /// whole numbers without a fraction. Files that differ only in format, layout and comments have
    /// the same; reading it gives this file again.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a plan's keys are texts and its numbers finite")
    }
}
