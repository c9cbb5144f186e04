//! The next segment, prepared while the one before it is written.

use crate::aligned::Aligned;
use crate::blank::Blank;
use crate::block::BLOCK;
use crate::checksum::Key;
use crate::disk::{Disk, DiskFile};
use crate::error::{JournalError, Tried};
use crate::poison::Poison;
use crate::segment::{self, SegmentLayout, UNFINISHED};
use boxoffice_mutants::{self as mutants, Mutant};
use std::io;
use std::sync::Arc;

/// Bytes that one step fills: some hundred microseconds of a disk's time.
const STEP_BYTES: usize = 1 << 20;

/// The work of preparing the next segment: allocate it, fill it, make it durable under its name.
/// For a thread of its own; [`Journal::accept`](crate::Journal::accept) takes the result.
///
/// Dropping it gives up; another one can be asked for then.
#[derive(Debug)]
pub struct Preparation<D: Disk> {
    disk: D,
    layout: SegmentLayout,
    key: Key,
    poison: Poison,
    under_way: Arc<()>,
    file: Option<D::File>,
    filled: u64,
}

/// The result of a step.
#[derive(Debug)]
pub enum PreparationStep<D: Disk> {
    /// There is more to do.
    More(Preparation<D>),
    /// The segment is ready.
    Done(Prepared<D>),
}

/// A segment that is durable, blank, and under its name.
#[derive(Debug)]
pub struct Prepared<D: Disk> {
    pub(crate) file: D::File,
    pub(crate) layout: SegmentLayout,
    _under_way: Arc<()>,
}

impl<D: Disk> Preparation<D> {
    pub(crate) fn new(
        disk: D,
        layout: SegmentLayout,
        key: Key,
        poison: Poison,
        under_way: Arc<()>,
    ) -> Self {
        Self { disk, layout, key, poison, under_way, file: None, filled: 0 }
    }

    /// Does all of it.
    ///
    /// # Errors
    /// As [`Preparation::step`].
    pub fn run(self) -> Result<Prepared<D>, JournalError> {
        let mut preparation = self;
        loop {
            match preparation.step()? {
                PreparationStep::More(more) => preparation = more,
                PreparationStep::Done(prepared) => return Ok(prepared),
            }
        }
    }

    /// Does a part of it, at most 1 MiB of writing or one sync; so the caller can pace it.
    ///
    /// # Errors
    /// Where the disk has no space for it, what was taken is given back, and another preparation
    /// may succeed later. Any other error poisons the journal, and so does every error of a sync.
    pub fn step(mut self) -> Result<PreparationStep<D>, JournalError> {
        let done = match self.file.take() {
            None => self.create().map(Some),
            Some(file) if self.filled < self.layout.bytes => self.fill(file).map(Some),
            Some(mut file) => match self.poison.on_error(self.publish(&mut file)) {
                Ok(()) => {
                    let Self { layout, under_way, .. } = self;
                    return Ok(PreparationStep::Done(Prepared {
                        file,
                        layout,
                        _under_way: under_way,
                    }));
                }
                Err(error) => Err(error),
            },
        };
        match done {
            Ok(file) => {
                self.file = file;
                Ok(PreparationStep::More(self))
            }
            Err(error) if error.is_full() => {
                // If it cannot be removed now, the next preparation or start does.
                let _ = self.disk.remove(&self.unfinished());
                Err(error)
            }
            Err(error) => self.poison.on_error(Err(error)),
        }
    }

    fn create(&self) -> Result<D::File, JournalError> {
        let name = self.unfinished();
        let created = match self.disk.create(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.disk.remove(&name).tried("remove", &name)?;
                self.disk.create(&name)
            }
            created => created,
        };
        let mut file = created.tried("create", &name)?;
        file.allocate(self.layout.bytes).tried("allocate", &name)?;
        Ok(file)
    }

    fn fill(&mut self, mut file: D::File) -> Result<D::File, JournalError> {
        let rest = usize::try_from(self.layout.bytes - self.filled).unwrap_or(usize::MAX);
        let mut memory = Aligned::new(rest.min(STEP_BYTES));
        let bytes = memory.bytes();
        Blank::new(self.key).fill(bytes);
        if self.filled == 0 {
            self.layout.write(&mut bytes[..BLOCK], self.key);
        }
        file.write_at(bytes, self.filled).tried("fill", &self.unfinished())?;
        self.filled += bytes.len() as u64;
        Ok(file)
    }

    /// Makes it durable before it gets its name, and its name before it is used.
    fn publish(&self, file: &mut D::File) -> Result<(), JournalError> {
        let (unfinished, name) = (self.unfinished(), segment::name(self.layout.number));
        file.sync_all().tried("sync", &unfinished)?;
        self.disk.rename(&unfinished, &name).tried("rename", &unfinished)?;
        if mutants::on(Mutant::FolderNeverSynced) {
            return Ok(());
        }
        self.disk.sync_folder().tried("sync the folder of", &name)
    }

    fn unfinished(&self) -> String {
        segment::name(self.layout.number) + UNFINISHED
    }
}
