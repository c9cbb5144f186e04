//! The life of a journal on a disk that fails, beside a model of what it owes.

use super::setup::draft;
use super::setup::{Copied, LARGE, SMALL, open};
use crate::Appended;
use crate::Journal;
use crate::JournalOptions;
use crate::Preparation;
use crate::PreparationStep;
use crate::Removal;
use crate::Writing;
use crate::disk::simulated::SimulatedDisk;
use crate::error::JournalError;
use crate::mark::BatchMark;
use boxoffice_protocol::time::Timestamp;
use fastrand::Rng;

/// A journal's folder, what was acknowledged in it, and what may or may not be there.
pub struct Life {
    pub disk: SimulatedDisk,
    random: Rng,
    options: JournalOptions,
    /// Whether a start may be with another [`Writing`].
    changes_writing: bool,
    /// Every batch that was acknowledged, or found at a start, in order.
    owed: Vec<Copied>,
    /// How many of `owed` must be there though power was lost; all, where every write is durable.
    durable: usize,
    power_lost: bool,
    /// The body whose append failed last: wholly there or wholly not.
    doubtful: Option<Vec<u8>>,
    /// What the rows have applied: how many of `owed`, and up to where.
    rows: usize,
    rows_mark: BatchMark,
    journal: Option<Journal<SimulatedDisk>>,
    preparation: Option<Preparation<SimulatedDisk>>,
    pub counts: Counts,
}

/// What happened, so that a test can tell that it tested something.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub acknowledged: u64,
    pub failed: u64,
    pub doubtful_kept: u64,
    pub doubtful_gone: u64,
    pub torn: u64,
    pub failed_opens: u64,
    pub power_losses: u64,
}

impl Life {
    /// A life in which every acknowledged write is durable.
    pub fn new(seed: u64) -> Self {
        Self {
            changes_writing: false,
            disk: SimulatedDisk::new(seed),
            random: Rng::with_seed(!seed),
            options: SMALL,
            owed: Vec::new(),
            durable: 0,
            power_lost: false,
            doubtful: None,
            rows: 0,
            rows_mark: BatchMark::default(),
            journal: None,
            preparation: None,
            counts: Counts::default(),
        }
    }

    /// The same with larger segments and batches.
    pub fn large(seed: u64) -> Self {
        Self { options: LARGE, ..Self::new(seed) }
    }

    /// A life that is durable for a while and lax for a while.
    pub fn changing(seed: u64) -> Self {
        Self { changes_writing: true, ..Self::new(seed) }
    }

    /// One step of the life, drawn by chance. Returns whether an operation failed.
    pub fn step(&mut self) -> LifeOutcome {
        if self.journal.is_none() {
            return self.open();
        }
        match self.random.u8(0..100) {
            0..60 => self.append(),
            60..78 => self.prepare(),
            78..80 => self.sync(),
            80..90 => self.forget(),
            90..93 => self.close(),
            93..96 => {
                self.kill();
                LifeOutcome::Went
            }
            96..99 => {
                self.lose_power();
                LifeOutcome::Went
            }
            _ => {
                // Without anything being removed.
                self.rows_follow();
                LifeOutcome::Went
            }
        }
    }

    /// The process dies; what the page cache has stays.
    pub fn kill(&mut self) {
        self.journal = None;
        self.preparation = None;
    }

    pub fn lose_power(&mut self) {
        self.kill();
        self.disk.lose_power();
        self.power_lost = true;
        self.counts.power_losses += 1;
    }

    /// A start, which must find everything that is owed.
    pub fn open(&mut self) -> LifeOutcome {
        if self.changes_writing && self.random.u8(0..4) == 0 {
            self.options.writing = match self.options.writing {
                Writing::Durable => Writing::Lax,
                Writing::Lax => Writing::Durable,
            };
        }
        let opened = open(&self.disk, self.options, self.rows_mark);
        let (journal, recovered, read) = match opened {
            Ok(opened) => opened,
            Err(JournalError::Disk { .. }) => {
                self.counts.failed_opens += 1;
                return LifeOutcome::Failed;
            }
            Err(error) => panic!("nothing was damaged, but: {error}"),
        };
        let must = if self.power_lost { self.durable } else { self.owed.len() } - self.rows;
        assert!(read.len() >= must, "{} of {must} batches are there", read.len());
        self.owed.truncate(self.rows + read.len());
        let owed = &self.owed[self.rows..];
        assert_eq!(&read[..owed.len()], owed);
        match (&read[owed.len()..], self.doubtful.take()) {
            ([], Some(_)) => self.counts.doubtful_gone += 1,
            ([], None) => {}
            ([found], Some(doubtful)) => {
                assert_eq!(found.body, doubtful);
                self.counts.doubtful_kept += 1;
                self.owed.push(found.clone());
            }
            (invented, _) => panic!("{} batches were never written", invented.len()),
        }
        self.counts.torn += u64::from(recovered.torn.is_some());
        assert_eq!(journal.end(), recovered.end);
        self.durable = self.owed.len();
        self.power_lost = false;
        self.journal = Some(journal);
        LifeOutcome::Went
    }

    fn append(&mut self) -> LifeOutcome {
        let Some(journal) = &mut self.journal else { return LifeOutcome::Went };
        let most = usize::try_from(self.options.max_body_bytes).unwrap();
        let length = if self.random.u8(0..4) == 0 { most } else { 300 };
        let mut body = vec![0; self.random.usize(0..=length)];
        self.random.fill(&mut body);
        let mut draft = draft(&body);
        match journal.append(&mut draft, Timestamp::default()) {
            Ok(Appended { mark, .. }) => {
                self.owed.push(Copied { mark, records: draft.records(), body });
                let durable = journal.durable().sequence;
                let is_durable = |batch: &Copied| batch.mark.sequence <= durable;
                self.durable = self.owed.partition_point(is_durable);
                if self.options.writing == Writing::Durable {
                    assert_eq!(self.durable, self.owed.len());
                }
                self.counts.acknowledged += 1;
                LifeOutcome::Went
            }
            Err(JournalError::NoRoom) => self.prepare(),
            Err(JournalError::Disk { .. }) => {
                assert!(journal.is_poisoned());
                self.doubtful = Some(body);
                self.fail()
            }
            Err(JournalError::Poisoned) => self.fail(),
            Err(error) => panic!("{error}"),
        }
    }

    fn sync(&mut self) -> LifeOutcome {
        let Some(journal) = &mut self.journal else { return LifeOutcome::Went };
        if journal.sync().is_err() {
            return self.fail();
        }
        self.durable = self.owed.len();
        LifeOutcome::Went
    }

    fn prepare(&mut self) -> LifeOutcome {
        let Some(journal) = &mut self.journal else { return LifeOutcome::Went };
        let Some(preparation) = self.preparation.take().or_else(|| journal.preparation()) else {
            return LifeOutcome::Went;
        };
        match preparation.step() {
            Ok(PreparationStep::More(preparation)) => self.preparation = Some(preparation),
            Ok(PreparationStep::Done(prepared)) => journal.accept(prepared),
            Err(error) => {
                assert!(error.is_full() || journal.is_poisoned());
                return self.fail();
            }
        }
        LifeOutcome::Went
    }

    /// The rows apply some of what is durable.
    fn rows_follow(&mut self) {
        let Some(journal) = &self.journal else { return };
        self.rows = self.random.usize(self.rows..=self.durable);
        let last = self.owed[..self.rows].last().map(|batch| batch.mark);
        let all = (self.rows == self.owed.len()).then_some(journal.durable());
        let marks = [Some(self.rows_mark), last, all].into_iter().flatten();
        self.rows_mark = marks.max_by_key(|mark| mark.sequence).unwrap_or_default();
    }

    fn forget(&mut self) -> LifeOutcome {
        self.rows_follow();
        let Some(journal) = &mut self.journal else { return LifeOutcome::Went };
        let removal = journal.forget_through(self.rows_mark);
        match removal.filter(|_| self.random.u8(0..4) > 0).map(Removal::run) {
            Some(Err(_)) => {
                assert!(journal.is_poisoned());
                self.fail()
            }
            _ => LifeOutcome::Went,
        }
    }

    fn close(&mut self) -> LifeOutcome {
        self.preparation = None;
        match self.journal.take().map(|journal| journal.close(Timestamp::default())) {
            Some(Err(_)) => self.fail(),
            _ => LifeOutcome::Went,
        }
    }

    fn fail(&mut self) -> LifeOutcome {
        self.counts.failed += 1;
        LifeOutcome::Failed
    }
}

/// Whether a step met a failing disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeOutcome {
    Went,
    Failed,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.failed += other.failed;
        self.doubtful_kept += other.doubtful_kept;
        self.doubtful_gone += other.doubtful_gone;
        self.torn += other.torn;
        self.failed_opens += other.failed_opens;
        self.power_losses += other.power_losses;
    }
}

/// A life with faults by chance, also during recovery, that ends well.
pub fn live_by_chance(seed: u64) -> Counts {
    let mut random = Rng::with_seed(seed);
    let kinds = [Life::new, Life::large, Life::changing];
    let mut life = kinds[random.usize(0..kinds.len())](random.u64(..));
    for _ in 0..random.usize(1..8) {
        life.disk.fail_by_chance(1 << random.u32(3..11));
        for _ in 0..random.usize(1..60) {
            if life.step() == LifeOutcome::Failed {
                if random.bool() { life.lose_power() } else { life.kill() }
            }
        }
        life.disk.repair();
        if random.bool() {
            life.lose_power();
        } else {
            life.kill();
        }
        assert_eq!(life.open(), LifeOutcome::Went);
    }
    life.counts
}
