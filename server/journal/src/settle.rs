//! Recovery of a journal: after the scan, the folder is made fit to be written again.

use crate::batch::Batch;
use crate::blank::Blank;
use crate::checksum::Key;
use crate::disk::{Access, Disk, DiskFile};
use crate::error::{JournalError, Tried};
use crate::head::{self, Head, HeadStage};
use crate::mark::BatchMark;
use crate::options::JournalOptions;
use crate::poison::Poison;
use crate::preparation::Preparation;
use crate::scan::{ActiveSegment, Applied, Part, Scan};
use crate::segment::{self, UNFINISHED};
use crate::tail::Image;
use crate::writer::{Active, Journal};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;

/// A journal's content at its recovery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The last good batch.
    pub end: BatchMark,
    /// The latest time that a batch was written at; 1970 where there is none.
    pub last_at: Timestamp,
    /// Whether the server stopped in good order; so too where it never ran.
    pub clean: bool,
    /// Batches that were handed out.
    pub batches: u64,
    pub records: u64,
    /// The batch that a crash tore.
    pub torn: Option<TornTail>,
}

/// A batch that a crash tore before it was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    pub file: String,
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// The file in the journal's folder that has it now; nothing where it was only looked at.
    pub kept_as: Option<String>,
}

impl<D: Disk> Journal<D> {
    /// Opens the journal of a folder, and creates it where the folder has none; `from` is what the
    /// rows have applied, and every batch after it is handed to `each`, in order. Without
    /// rows it is [`BatchMark::default`]. A new journal goes on from `from`.
    ///
    /// When this fails, what was handed out counts for nothing. When it succeeds, everything that
    /// was handed out is durable, and what a crash tore is kept beside its segment as `.torn`.
    ///
    /// # Errors
    /// [`JournalError`]: what is damaged, or does not belong together. What the disk refused may be
    /// tried again; nothing is lost by an open that fails.
    pub fn open<E: Into<Box<dyn Error + Send + Sync>>>(
        disk: D,
        options: JournalOptions,
        from: BatchMark,
        mut each: impl FnMut(Batch<'_>) -> Result<(), E>,
    ) -> Result<(Self, Recovered), JournalError> {
        options.layout(1).check()?;
        let folder = JournalFolder::read(&disk)?;
        let head = match folder.head {
            Some(head) => head,
            None if folder.segments.is_empty() => {
                Head { key: Key::new(options.new_key), origin: from, stage: HeadStage::Begun }
            }
            None => return Err(no_head()),
        };
        let scan = Scan::run(
            &head,
            &folder.segments,
            from,
            &mut |number| {
                let name = segment::name(number);
                let mut file = disk.open(&name, Access::Recover).tried("open", &name)?;
                Image::read(&mut file, head.key, number)
            },
            &mut |batch, applied| match applied {
                Applied::InRows => Ok(()),
                Applied::NotYet => each(batch).map_err(Into::into),
            },
        )?;
        scan.check_end(&folder.segments)?;
        folder.tidy(&disk)?;
        let torn = match &scan.torn {
            Some(torn) => Some(torn.describe(Some(torn.keep(&disk, &folder.names)?))),
            None => None,
        };
        let recovered = scan.describe(torn);
        let journal = match &scan.active {
            Some(active) => scan.settle(active, disk, &head, options)?,
            None => begin(disk, &folder.segments, head, options)?,
        };
        Ok((journal, recovered))
    }
}

/// The files in the journal's folder.
pub(crate) struct JournalFolder {
    pub(crate) head: Option<Head>,
    /// The last segments without a gap in their numbers. What is before a gap was removed, and
    /// only its removal was lost.
    pub(crate) segments: Vec<u64>,
    /// Files that mean nothing.
    pub(crate) leftovers: Vec<String>,
    pub(crate) names: Vec<String>,
}

impl JournalFolder {
    pub(crate) fn read(disk: &impl Disk) -> Result<Self, JournalError> {
        let names = disk.list().tried("list", "")?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment::number(name)).collect();
        numbers.sort_unstable();
        let gap = numbers.windows(2).rposition(|pair| pair[0] + 1 != pair[1]);
        let segments = numbers.split_off(gap.map_or(0, |gap| gap + 1));
        let unfinished = names.iter().filter(|name| name.ends_with(UNFINISHED)).cloned();
        let leftovers = numbers.into_iter().map(segment::name).chain(unfinished).collect();
        Ok(Self { head: Head::read(disk)?, segments, leftovers, names })
    }

    fn tidy(&self, disk: &impl Disk) -> Result<(), JournalError> {
        self.leftovers.iter().try_for_each(|name| disk.remove(name).tried("remove", name))
    }
}

/// Removes segments that were never written into. They are prepared anew: that they were found does
/// not mean that their names, or the blank space in them, are durable.
fn remove_blank(disk: &impl Disk, numbers: &[u64]) -> Result<(), JournalError> {
    for name in numbers.iter().copied().map(segment::name) {
        disk.remove(&name).tried("remove", &name)?;
    }
    disk.sync_folder().tried("sync the folder of", head::FILE)
}

/// Creates a journal, or creates anew one that never had a batch: the process that began it may
/// have died before its files were durable.
fn begin<D: Disk>(
    disk: D,
    blank: &[u64],
    head: Head,
    options: JournalOptions,
) -> Result<Journal<D>, JournalError> {
    Head { stage: HeadStage::Begun, ..head }.write(&disk)?;
    remove_blank(&disk, blank)?;
    let first = blank.first().copied().unwrap_or(1);
    let (poison, under_way) = (Poison::default(), Arc::new(()));
    let layout = options.layout(first);
    let preparation = Preparation::new(disk.clone(), layout, head.key, poison.clone(), under_way);
    let active = Active::new(preparation.run()?);
    Head { stage: HeadStage::Ready, ..head }.write(&disk)?;
    Ok(Journal {
        disk,
        options,
        key: head.key,
        active,
        spare: None,
        full: VecDeque::new(),
        end: head.origin,
        durable: head.origin,
        poison,
        under_way: Arc::new(()),
    })
}

impl Scan {
    pub(crate) fn describe(&self, torn: Option<TornTail>) -> Recovered {
        Recovered {
            end: self.end,
            last_at: self.last_at,
            clean: torn.is_none() && (self.closed || self.active.is_none()),
            batches: self.batches,
            records: self.records,
            torn,
        }
    }

    /// Writes again what the disk may not have although it was read, and blanks what a batch that
    /// came after it may have left, whether any of it was read or not: after a failed barrier the
    /// page cache shows one thing and the disk may have another. Then goes on behind it.
    fn settle<D: Disk>(
        &self,
        active: &ActiveSegment,
        disk: D,
        head: &Head,
        options: JournalOptions,
    ) -> Result<Journal<D>, JournalError> {
        if let Some(unsure) = &self.unsure
            && !mutants::on(Mutant::LastBatchNotRewritten)
        {
            write(&disk, unsure)?;
        }
        let mut bytes = vec![0; active.reach - active.end];
        Blank::new(head.key).fill(&mut bytes);
        if !mutants::on(Mutant::TornTailKept) {
            write(&disk, &Part { number: active.layout.number, offset: active.end, bytes })?;
        }
        remove_blank(&disk, &self.spares)?;
        let name = segment::name(active.layout.number);
        let file = disk.open(&name, Access::Append).tried("open", &name)?;
        let ActiveSegment { layout, end, .. } = *active;
        Ok(Journal {
            disk,
            options,
            key: head.key,
            active: Active { file, layout, next: end as u64 },
            spare: None,
            full: self.full.clone(),
            end: self.end,
            durable: self.end,
            poison: Poison::default(),
            under_way: Arc::new(()),
        })
    }
}

impl Part {
    pub(crate) fn describe(&self, kept_as: Option<String>) -> TornTail {
        let (file, offset) = (segment::name(self.number), self.offset as u64);
        TornTail { file, offset, bytes: self.bytes.len() as u64, kept_as }
    }

    /// Keeps it in a file of its own beside its segment; returns that file's name.
    fn keep(&self, disk: &impl Disk, names: &[String]) -> Result<String, JournalError> {
        let torn = segment::name(self.number) + ".torn";
        let numbered = (2u64..).map(|number| format!("{torn}.{number}"));
        let is_new = |name: &String| !names.contains(name);
        let name = [torn.clone()].into_iter().chain(numbered).find(is_new).unwrap_or(torn);
        let unfinished = format!("{name}{UNFINISHED}");
        disk.create(&unfinished).tried("create", &unfinished)?;
        let mut file = disk.open(&unfinished, Access::Recover).tried("open", &unfinished)?;
        file.write_at(&self.bytes, 0).tried("write", &unfinished)?;
        file.sync_all().tried("sync", &unfinished)?;
        disk.rename(&unfinished, &name).tried("rename", &unfinished)?;
        disk.sync_folder().tried("sync the folder of", &name)?;
        Ok(name)
    }
}

/// Writes a part of a segment and makes it durable.
fn write(disk: &impl Disk, part: &Part) -> Result<(), JournalError> {
    let name = segment::name(part.number);
    let mut file = disk.open(&name, Access::Recover).tried("open", &name)?;
    file.write_at(&part.bytes, part.offset as u64).tried("write", &name)?;
    file.sync_all().tried("sync", &name)
}

pub(crate) fn no_head() -> JournalError {
    let why = "it is missing, and without it the segments cannot be read".to_owned();
    JournalError::Damaged { file: head::FILE.to_owned(), offset: 0, why }
}
