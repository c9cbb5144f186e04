//! Where a batch lies.

use crate::block::disk_bytes;

/// Where a batch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchPlace {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) body_bytes: u32,
}

impl BatchPlace {
    /// What the batch takes on disk.
    pub const fn disk_bytes(self) -> u64 {
        disk_bytes(self.body_bytes as usize) as u64
    }
}
