//! The filling of a segment's unused space.
//!
//! It is filled with a word that only the folder's key makes, and not with zeros: zeros are what a
//! disk returns for blocks that it lost, discarded or never wrote. So space that was never used can
//! be told from batches that were erased.

use crate::block::{BLOCK, SECTOR};
use crate::checksum::Key;

/// The contents of an unused block in one segment.
pub(crate) struct Blank(Vec<u8>);

impl Blank {
    pub(crate) fn new(key: Key) -> Self {
        // Never zero.
        let word = key.checksum(b"unused") | 1;
        Self(word.to_le_bytes().repeat(BLOCK / 8))
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(BLOCK) {
            block.copy_from_slice(&self.0[..block.len()]);
        }
    }

    /// Where in `bytes`, which begin at a sector's border, the first sector that is not blank
    /// begins and the last one ends.
    pub(crate) fn used(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let first = self.dirty_sectors(bytes).next()?;
        let last = self.dirty_sectors(bytes).last()?;
        Some((first * SECTOR, ((last + 1) * SECTOR).min(bytes.len())))
    }

    fn dirty_sectors(&self, bytes: &[u8]) -> impl Iterator<Item = usize> {
        let dirty = |bytes: &[u8]| bytes != &self.0[..bytes.len()];
        let blocks = bytes.chunks(BLOCK).enumerate().filter(move |(_, block)| dirty(block));
        blocks.flat_map(move |(block, bytes)| {
            let sectors = bytes.chunks(SECTOR).enumerate().filter(move |(_, sector)| dirty(sector));
            sectors.map(move |(sector, _)| block * (BLOCK / SECTOR) + sector)
        })
    }
}
