//! Reads batches of a journal again while it is written: those that are durable, and not yet
//! everywhere where they have to go.

use crate::aligned::Aligned;
use crate::batch::Header;
use crate::block::disk_bytes;
use crate::checksum::Key;
use crate::disk::{Access, Disk, DiskFile};
use crate::error::{JournalError, Tried};
use crate::mark::BatchMark;
use crate::place::BatchPlace;
use crate::segment::{self, damaged};

/// Reads batches whose segments have not been forgotten, past the page cache, as they were written.
#[derive(Debug)]
pub struct JournalReader<D: Disk> {
    disk: D,
    key: Key,
    /// The segment that was read last.
    open: Option<(u64, D::File)>,
}

impl<D: Disk> JournalReader<D> {
    pub(crate) const fn new(disk: D, key: Key) -> Self {
        Self { disk, key, open: None }
    }

    /// Closes what it has open: a segment that was removed takes its space until then.
    pub fn let_go(&mut self) {
        self.open = None;
    }

    /// The body of the batch `mark` at `place`.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if it is not there, or what the disk says.
    pub fn body(&mut self, mark: BatchMark, place: BatchPlace) -> Result<Box<[u8]>, JournalError> {
        let name = segment::name(place.segment);
        let file = match &mut self.open {
            Some((number, file)) if *number == place.segment => file,
            open => {
                let file = self.disk.open(&name, Access::Look).tried("open", &name)?;
                &mut open.insert((place.segment, file)).1
            }
        };
        let mut memory = Aligned::new(disk_bytes(place.body_bytes as usize));
        file.read_at(memory.bytes(), place.offset).tried("read", &name)?;
        let bytes = &*memory.bytes();
        let header = Header::read(bytes, self.key).filter(|header| {
            header.sequence == mark.sequence && header.body_bytes == place.body_bytes
        });
        match header.and_then(|header| header.body(bytes, self.key)) {
            Some((body, checksum)) if checksum == mark.checksum => Ok(body.into()),
            _ => {
                let offset = usize::try_from(place.offset).unwrap_or(usize::MAX);
                Err(damaged(place.segment, offset, "it has changed since it was written"))
            }
        }
    }
}
