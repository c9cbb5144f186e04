//! All laws, one after the other.

use super::bench::Bench;
use super::{appends, reads, snapshots, tenancy};

/// Checks every law. The same seed makes the same batches.
///
/// # Panics
/// A law is broken.
pub async fn all(bench: &dyn Bench, seed: u64) {
    println!("store laws, seed {seed}");
    appends::all(bench, seed).await;
    reads::all(bench, seed).await;
    snapshots::all(bench, seed).await;
    tenancy::all(bench, seed).await;
}
