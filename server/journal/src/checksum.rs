//! Checksums that cannot be made without the folder's key.
//!
//! XXH3 (64 bits, <https://github.com/Cyan4973/xxHash>), seeded with the key: what a client sends
//! ends up in a batch's body byte for byte, but without the key it cannot pose as a batch.

use std::fmt;
use twox_hash::XxHash3_64;

/// The random key of a journal's folder.
#[derive(Clone, Copy)]
pub(crate) struct Key(u64);

impl Key {
    pub(crate) const fn new(key: u64) -> Self {
        Self(key)
    }

    pub(crate) const fn as_u64(self) -> u64 {
        self.0
    }

    pub(crate) fn checksum(self, bytes: &[u8]) -> u64 {
        XxHash3_64::oneshot_with_seed(self.0, bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A checksum for the file that the key is read from.
pub(crate) fn unkeyed(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}
