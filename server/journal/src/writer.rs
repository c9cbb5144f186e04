//! The journal for writing: appends batches, and hands out the work that no answer has to wait for.

use crate::batch::BatchPlace;
use crate::batch::{BatchKind, Header};
use crate::block::BLOCK;
use crate::block::disk_bytes;
use crate::checksum::Key;
use crate::disk::{Disk, DiskFile};
use crate::draft::Draft;
use crate::error::{JournalError, Tried};
use crate::mark::BatchMark;
use crate::options::{JournalOptions, Writing};
use crate::poison::Poison;
use crate::preparation::{Preparation, Prepared};
use crate::reader::JournalReader;
use crate::removal::Removal;
use crate::segment::{self, SegmentLayout};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;

/// A journal that is open for writing. One at a time for a folder: see
/// [`FolderLock`](crate::disk::FolderLock).
#[derive(Debug)]
pub struct Journal<D: Disk> {
    pub(crate) disk: D,
    pub(crate) options: JournalOptions,
    pub(crate) key: Key,
    pub(crate) active: Active<D::File>,
    pub(crate) spare: Option<Active<D::File>>,
    /// Segments before the active one, the oldest first.
    pub(crate) full: VecDeque<FullSegment>,
    pub(crate) end: BatchMark,
    pub(crate) durable: BatchMark,
    pub(crate) poison: Poison,
    /// Another clone belongs to the preparation of a segment.
    pub(crate) under_way: Arc<()>,
}

/// A batch that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its number, and how far it goes.
    pub mark: BatchMark,
    pub place: BatchPlace,
}

/// A segment that is written into.
#[derive(Debug)]
pub(crate) struct Active<F> {
    pub(crate) file: F,
    pub(crate) layout: SegmentLayout,
    /// Where the next batch begins.
    pub(crate) next: u64,
}

/// A segment that is no longer written into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FullSegment {
    pub(crate) number: u64,
    /// The sequence of the last batch in it.
    pub(crate) last: u64,
}

/// Space for batches that is reserved on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalRoom {
    /// Bytes left in the segment that is written now.
    pub now: u64,
    /// Bytes of the next segment; nothing where it is not prepared.
    pub next: Option<u64>,
}

impl<D: Disk> Journal<D> {
    /// Writes one batch; with [`Writing::Durable`] it is durable when this returns. The draft stays
    /// as it is.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] and [`JournalError::NoRoom`] leave everything as it was. After
    /// any other error the journal is poisoned: whether the batch is there, the next start knows.
    pub fn append(&mut self, draft: &mut Draft, at: Timestamp) -> Result<Appended, JournalError> {
        self.poison.check()?;
        let (body_bytes, _) = draft.counts(self.options.max_body_bytes)?;
        if !self.active.takes(body_bytes, self.options.writing) {
            self.begin_next_segment(at)?;
        }
        self.write(draft, at, BatchKind::Records)
    }

    /// Makes durable everything that was appended; for [`Writing::Lax`].
    ///
    /// # Errors
    /// The disk's error; the journal is poisoned then.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.poison.check()?;
        if self.durable != self.end {
            let synced = self.active.file.sync_data();
            let synced = self.poison.on_error(synced.tried("sync", &self.active.name()));
            if !mutants::on(Mutant::FailedSyncIgnored) {
                synced?;
            }
            self.durable = self.end;
        }
        Ok(())
    }

    /// Stops in good order: appends the closing batch, behind which damage is always noticed, and
    /// makes everything durable. There is always room for it.
    ///
    /// # Errors
    /// The disk's error; everything that was durable still is.
    pub fn close(mut self, at: Timestamp) -> Result<BatchMark, JournalError> {
        self.poison.check()?;
        // Where there is no room for it, one is there already, and nothing was appended since.
        if self.active.next <= self.active.layout.records_end() {
            self.write(&mut Draft::new(), at, BatchKind::Closing)?;
        }
        self.sync()?;
        Ok(self.end)
    }

    /// The last batch that was written.
    pub const fn end(&self) -> BatchMark {
        self.end
    }

    /// Reads durable batches again, from another thread.
    pub fn reader(&self) -> JournalReader<D> {
        JournalReader::new(self.disk.clone(), self.key)
    }

    /// The last batch that is durable.
    pub const fn durable(&self) -> BatchMark {
        self.durable
    }

    /// Whether a write or barrier has failed, here or in work that was given away.
    pub fn is_poisoned(&self) -> bool {
        self.poison.check().is_err()
    }

    /// How much can be appended without the disk having to find space.
    pub fn room(&self) -> JournalRoom {
        let room = |segment: &Active<D::File>| {
            let usable = segment.layout.writing == self.options.writing;
            if usable { segment.layout.records_end().saturating_sub(segment.next) } else { 0 }
        };
        JournalRoom { now: room(&self.active), next: self.spare.as_ref().map(room) }
    }

    /// The work of preparing the next segment, where that is neither done nor under way.
    pub fn preparation(&self) -> Option<Preparation<D>> {
        let free = self.spare.is_none() && Arc::strong_count(&self.under_way) == 1;
        free.then(|| self.prepare(self.active.layout.number + 1))
    }

    fn prepare(&self, number: u64) -> Preparation<D> {
        let layout = self.options.layout(number);
        Preparation::new(
            self.disk.clone(),
            layout,
            self.key,
            self.poison.clone(),
            Arc::clone(&self.under_way),
        )
    }

    /// Takes the segment that this journal's [`preparation`](Self::preparation) made.
    pub fn accept(&mut self, prepared: Prepared<D>) {
        self.spare = Some(Active::new(prepared));
    }

    /// The work of removing the segments that end at or before `mark`, where there are any: call it
    /// only when the rows that reach it are committed. The segment with the last batch always
    /// stays.
    pub fn forget_through(&mut self, mark: BatchMark) -> Option<Removal<D>> {
        // The active segment may hold no durable batch yet; the one before it stays then.
        let last = mark.sequence.min(self.durable.sequence.saturating_sub(1));
        let forgotten = self.full.iter().take_while(|segment| segment.last <= last).count();
        let numbers: Vec<u64> = self.full.drain(..forgotten).map(|full| full.number).collect();
        let (disk, poison) = (self.disk.clone(), self.poison.clone());
        (!numbers.is_empty()).then_some(Removal { disk, numbers, poison })
    }

    fn begin_next_segment(&mut self, at: Timestamp) -> Result<(), JournalError> {
        let spare = self.spare.take().ok_or(JournalError::NoRoom)?;
        self.write(&mut Draft::new(), at, BatchKind::Continued)?;
        // The next segment's first batch must never be there without this one's last.
        self.sync()?;
        let number = self.active.layout.number;
        self.full.push_back(FullSegment { number, last: self.end.sequence });
        self.active = spare;
        Ok(())
    }

    fn write(
        &mut self,
        draft: &mut Draft,
        at: Timestamp,
        kind: BatchKind,
    ) -> Result<Appended, JournalError> {
        let (body_bytes, records) = draft.counts(self.options.max_body_bytes)?;
        let header = Header {
            sequence: self.end.next(),
            position: self.end.position + u64::from(records),
            at,
            previous: self.end.checksum,
            body_bytes,
            records,
            kind,
        };
        let (bytes, checksum) = draft.seal(&header, self.key);
        let written = self.active.file.write_at(bytes, self.active.next);
        self.poison.on_error(written.tried("write", &self.active.name()))?;
        let (segment, offset) = (self.active.layout.number, self.active.next);
        self.active.next += bytes.len() as u64;
        self.end = BatchMark { sequence: header.sequence, position: header.position, checksum };
        if self.options.writing == Writing::Durable && !mutants::on(Mutant::AnswerBeforeSync) {
            self.sync()?;
        }
        Ok(Appended { mark: self.end, place: BatchPlace { segment, offset, body_bytes } })
    }
}

impl<F> Active<F> {
    pub(crate) fn new<D: Disk<File = F>>(prepared: Prepared<D>) -> Self {
        let Prepared { file, layout, .. } = prepared;
        Self { file, layout, next: BLOCK as u64 }
    }

    /// Whether a batch with such a body can go here.
    fn takes(&self, body_bytes: u32, writing: Writing) -> bool {
        self.layout.writing == writing
            && u64::from(body_bytes) <= self.layout.max_body
            && self.next + disk_bytes(body_bytes as usize) as u64 <= self.layout.records_end()
    }

    fn name(&self) -> String {
        segment::name(self.layout.number)
    }
}

impl JournalOptions {
    pub(crate) const fn layout(&self, number: u64) -> SegmentLayout {
        SegmentLayout {
            number,
            writing: self.writing,
            bytes: self.segment_bytes,
            max_body: self.max_body_bytes,
        }
    }
}
