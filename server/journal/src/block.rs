//! The units of a disk, and the size of a batch in them.

/// The version of all files of a journal.
pub(crate) const FORMAT: u32 = 1;

/// Batches begin at multiples of it: no disk writes less than this and hurts its neighbours.
pub(crate) const BLOCK: usize = 4096;

/// The unit that a disk writes wholly or not at all.
pub(crate) const SECTOR: usize = 512;

/// Bytes of a batch before its body.
pub(crate) const HEADER_BYTES: usize = 64;

/// The size on disk of a batch with such a body: whole blocks.
pub(crate) const fn disk_bytes(body_bytes: usize) -> usize {
    (HEADER_BYTES + body_bytes).next_multiple_of(BLOCK)
}
