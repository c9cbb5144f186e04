//! The space behind the last good batch of a segment: blank, torn by a crash, or damaged.

use crate::aligned::Aligned;
use crate::batch::Header;
use crate::blank::Blank;
use crate::block::{BLOCK, SECTOR};
use crate::checksum::Key;
use crate::disk::DiskFile;
use crate::error::{JournalError, Tried};
use crate::options::Writing;
use crate::segment::damaged;
use crate::segment::{self, SegmentLayout};

const READ_BYTES: usize = 1 << 20;

/// A whole segment in memory.
pub(crate) struct Image {
    pub(crate) layout: SegmentLayout,
    pub(crate) key: Key,
    pub(crate) blank: Blank,
    pub(crate) bytes: Vec<u8>,
}

/// The space behind the last good batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    Blank,
    /// Rests of batches that never became durable, up to this offset.
    Torn {
        end: usize,
    },
}

impl Image {
    /// Reads the file of segment `number`.
    ///
    /// The last part first: where a writer appends meanwhile, earlier parts of the file are read
    /// later, so a batch that is seen has those before it, but for what one read operation sees in
    /// another order.
    pub(crate) fn read(
        file: &mut impl DiskFile,
        key: Key,
        number: u64,
    ) -> Result<Self, JournalError> {
        let name = segment::name(number);
        let length = file.length().tried("read", &name)?;
        if length < BLOCK as u64 {
            let why = "it ends within its first block".to_owned();
            return Err(JournalError::Damaged { file: name, offset: length, why });
        }
        let whole = usize::try_from(length).unwrap_or(usize::MAX);
        let mut memory = Aligned::new(READ_BYTES.min(whole));
        file.read_at(&mut memory.bytes()[..BLOCK], 0).tried("read", &name)?;
        let layout = SegmentLayout::read(&memory.bytes()[..BLOCK], number, key)?;
        if length != layout.bytes {
            let why = format!("it is {length} bytes long, and was made with {}", layout.bytes);
            let offset = length.min(layout.bytes);
            return Err(JournalError::Damaged { file: name, offset, why });
        }
        let mut bytes = vec![0; whole];
        for (index, part) in bytes.chunks_mut(READ_BYTES).enumerate().rev() {
            let read = &mut memory.bytes()[..part.len()];
            file.read_at(read, (index * READ_BYTES) as u64).tried("read", &name)?;
            part.copy_from_slice(read);
        }
        Ok(Self { layout, key, blank: Blank::new(key), bytes })
    }

    /// The header at `offset`, if a batch may begin there and one did.
    pub(crate) fn header(&self, offset: usize) -> Option<Header> {
        let bytes = self.bytes.get(offset..self.batches_end())?;
        let header = Header::read(bytes, self.key)?;
        (header.disk_bytes() <= bytes.len()).then_some(header)
    }

    pub(crate) fn batches_end(&self) -> usize {
        usize::try_from(self.layout.batches_end()).unwrap_or(usize::MAX)
    }

    /// Classifies the space behind `end`, where the last good batch ends.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where no crash can have left it like this.
    pub(crate) fn tail(&self, end: usize) -> Result<Tail, JournalError> {
        let Some((_, used_end)) = self.blank.used(&self.bytes[end..]) else {
            return Ok(Tail::Blank);
        };
        if self.bytes[end..].iter().take(SECTOR).all(|&byte| byte == 0) {
            return self.damaged(end, "what was here was erased");
        }
        if let Some(later) = self.later_batch(end) {
            return self
                .damaged(end, &format!("a batch is bad, but byte {later} begins a good one"));
        }
        let reach = self.reach(end);
        if let Some((beyond, _)) = self.blank.used(&self.bytes[reach..]) {
            return self.damaged(reach + beyond, "what was unused is not blank");
        }
        Ok(Tail::Torn { end: end + used_end })
    }

    /// Where a batch begins that was written only after the one at `end` was durable.
    fn later_batch(&self, end: usize) -> Option<usize> {
        let mut later = (end + BLOCK..self.batches_end()).step_by(BLOCK);
        match self.layout.writing {
            Writing::Durable => later.find(|&offset| self.header(offset).is_some()),
            // No batch waited for a sync: any may have reached the disk before any other.
            Writing::Lax => None,
        }
    }

    /// How far what was on its way to the disk behind `end` can have reached.
    pub(crate) fn reach(&self, end: usize) -> usize {
        let bytes = match (self.layout.writing, self.header(end)) {
            (Writing::Lax, _) => self.batches_end(),
            (Writing::Durable, Some(header)) => header.disk_bytes(),
            (Writing::Durable, None) => {
                usize::try_from(self.layout.largest_batch()).unwrap_or(usize::MAX)
            }
        };
        end.saturating_add(bytes).min(self.batches_end()).max(end)
    }

    /// Refuses the segment because of what is at `offset`.
    pub(crate) fn damaged<T>(&self, offset: usize, why: &str) -> Result<T, JournalError> {
        Err(damaged(self.layout.number, offset, why))
    }
}
