//! Reads a journal without changing anything, whether a server writes it or not.
//!
//! While a server writes, the end of the journal moves, and a reading is not of one moment. A batch
//! that is being written is told from damage by one rule of the writer: it begins a batch only when
//! the one before it is durable. So a bad place with something behind it was complete by then: it
//! is read again, and is damaged if it is still bad. A bad place with nothing behind it is a batch
//! on its way.
//!
//! All files are opened at the beginning: segments that the rows have caught up with may be removed
//! meanwhile, and can still be read.

use crate::batch::Batch;
use crate::disk::{Access, Disk, DiskFile};
use crate::error::{JournalError, Tried};
use crate::head::Head;
use crate::mark::BatchMark;
use crate::scan::{Applied, Each, Scan};
use crate::segment;
use crate::settle::{JournalFolder, Recovered, no_head};
use crate::tail::Image;
use std::error::Error;
use std::io;

/// How often a folder is listed again because a file was removed before it could be opened.
const LISTINGS: usize = 100;

/// Whether a server writes the journal while it is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Still,
    /// A server may: the end is wherever it is seen, and a batch is made durable before it is
    /// handed out.
    Moving,
}

/// The files of a journal, open to be looked at.
#[derive(Debug)]
pub struct JournalInspection<D: Disk> {
    disk: D,
    head: Head,
    numbers: Vec<u64>,
    files: Vec<D::File>,
    /// Files that mean nothing, and that the next start of a server removes.
    pub leftovers: Vec<String>,
    /// Files in which starts of a server have kept what a crash tore.
    pub torn_kept: Vec<String>,
}

impl<D: Disk> JournalInspection<D> {
    /// Opens the files; nothing where there never was a journal.
    ///
    /// # Errors
    /// They cannot be opened, or the file with the key is missing or damaged.
    pub fn begin(disk: &D) -> Result<Option<Self>, JournalError> {
        let mut listings = 0;
        loop {
            listings += 1;
            let folder = JournalFolder::read(disk)?;
            let head = match folder.head {
                Some(head) => head,
                None if folder.segments.is_empty() => return Ok(None),
                None => return Err(no_head()),
            };
            let open = |&number: &u64| {
                let name = segment::name(number);
                disk.open(&name, Access::Look).tried("open", &name)
            };
            let is_torn = |name: &&String| name.contains(".log.torn");
            match folder.segments.iter().map(open).collect() {
                Err(error) if is_gone(&error) && listings < LISTINGS => {}
                opened => {
                    let torn_kept = folder.names.iter().filter(is_torn).cloned().collect();
                    let (numbers, leftovers) = (folder.segments, folder.leftovers);
                    let (files, disk) = (opened?, disk.clone());
                    return Ok(Some(Self { disk, head, numbers, files, leftovers, torn_kept }));
                }
            }
        }
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        self.numbers.len()
    }

    /// Reads everything, and gives `each` every batch that holds records, in order, once. `from` is
    /// what the rows have applied.
    ///
    /// # Errors
    /// As [`Journal::open`](crate::Journal::open). Where it is in [`Motion::Moving`],
    /// [`JournalError::BehindRows`] and [`JournalError::AheadOfRows`] may only mean that the rows
    /// were looked at much later or earlier, and a segment that is missing that the rows have got
    /// beyond it: begin again, with the rows as they are then.
    pub fn walk<E: Into<Box<dyn Error + Send + Sync>>>(
        &mut self,
        motion: Motion,
        from: BatchMark,
        mut each: impl FnMut(Batch<'_>, Applied) -> Result<(), E>,
    ) -> Result<Recovered, JournalError> {
        let mut handed_out = 0;
        let mut suspected = None;
        let each: Each<'_> = &mut |batch, applied| {
            if batch.mark.sequence <= handed_out {
                return Ok(());
            }
            handed_out = batch.mark.sequence;
            each(batch, applied).map_err(Into::into)
        };
        loop {
            match self.scan(motion, from, each) {
                Ok(None) => {}
                Ok(Some(recovered)) => return Ok(recovered),
                Err(JournalError::Damaged { file, offset, .. })
                    if motion == Motion::Moving
                        && suspected.as_ref() != Some(&(file.clone(), offset)) =>
                {
                    suspected = Some((file, offset));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads everything once; nothing where the rows have got into a segment that was not there
    /// yet. Further it does not run after the writer.
    fn scan(
        &mut self,
        motion: Motion,
        from: BatchMark,
        each: Each<'_>,
    ) -> Result<Option<Recovered>, JournalError> {
        let Self { head, numbers, files, .. } = self;
        let mut unread = files.iter_mut();
        let read = &mut |number| {
            let file = unread.next().expect("there is a file for each number");
            let image = Image::read(file, head.key, number)?;
            if motion == Motion::Moving {
                // No reader may learn of a batch that a loss of power could still take back.
                file.sync_data().tried("sync", &segment::name(number))?;
            }
            Ok(image)
        };
        let scan = match Scan::run(head, numbers, from, read, each) {
            Err(JournalError::BehindRows { .. })
                if motion == Motion::Moving && self.open_next()? =>
            {
                return Ok(None);
            }
            scanned => scanned?,
        };
        if motion == Motion::Still || scan.continued && !self.open_next()? {
            scan.check_end(&self.numbers)?;
        }
        let torn = scan.torn.as_ref().map(|torn| torn.describe(None));
        Ok(Some(scan.describe(torn)))
    }

    /// Opens the segment behind the last one; says whether it is there.
    fn open_next(&mut self) -> Result<bool, JournalError> {
        let number = self.numbers.last().map_or(1, |last| last + 1);
        let name = segment::name(number);
        match self.disk.open(&name, Access::Look).tried("open", &name) {
            Ok(file) => {
                self.numbers.push(number);
                self.files.push(file);
                Ok(true)
            }
            Err(error) if is_gone(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn is_gone(error: &JournalError) -> bool {
    matches!(error, JournalError::Disk { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

/// Reads a journal that no server writes, without changing anything; `each` gets the batches after
/// `from`.
///
/// # Errors
/// As [`JournalInspection::walk`]; and [`JournalError::Damaged`] where there is no journal.
pub fn inspect<D: Disk, E: Into<Box<dyn Error + Send + Sync>>>(
    disk: &D,
    from: BatchMark,
    mut each: impl FnMut(Batch<'_>) -> Result<(), E>,
) -> Result<Recovered, JournalError> {
    let mut look = JournalInspection::begin(disk)?.ok_or_else(no_head)?;
    look.walk(Motion::Still, from, |batch, applied| match applied {
        Applied::InRows => Ok(()),
        Applied::NotYet => each(batch),
    })
}
