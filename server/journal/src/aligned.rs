//! Memory that is aligned for direct writes to the disk (`O_DIRECT`).

use crate::block::BLOCK;

/// Memory that begins at a block's border, as [`Access::Append`](crate::disk::Access)
/// wants it, and is zero at first.
pub(crate) struct Aligned {
    /// A block more than needed.
    memory: Vec<u8>,
    start: usize,
}

impl Aligned {
    pub(crate) fn new(bytes: usize) -> Self {
        let memory = vec![0; bytes + BLOCK];
        // `align_offset` may say that it does not know; the disk would refuse the write then.
        let start = memory.as_ptr().align_offset(BLOCK).min(BLOCK);
        Self { memory, start }
    }

    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        let length = self.memory.len() - BLOCK;
        &mut self.memory[self.start..][..length]
    }

    pub(crate) fn shared(&self) -> &[u8] {
        &self.memory[self.start..][..self.memory.len() - BLOCK]
    }
}
