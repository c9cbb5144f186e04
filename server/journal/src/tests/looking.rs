//! What is seen of a journal that somebody writes: all that was there when the look began, in order,
//! and nothing that was not; and damage, if there is any.

use crate::block::BLOCK;
use crate::disk::Disk;
use crate::disk::simulated::SimulatedDisk;
use crate::disk::{Access, DiskFile};
use crate::trials::*;
use crate::*;
use fastrand::Rng;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};

/// A journal that is written while somebody looks at it.
#[derive(Debug)]
struct Writer {
    journal: Journal<SimulatedDisk>,
    appended: Vec<Copied>,
    random: Rng,
    /// How far the rows have got.
    rows: BatchMark,
    segments: Segments,
}

/// What becomes of segments that the rows have.
#[derive(Debug, PartialEq, Eq)]
enum Segments {
    Go,
    Stay,
}

/// Batches that can be appended before an operation of the looker.
const PACE: usize = 2;

/// Longer than the others have them, so that there is motion within a segment.
const LONG: JournalOptions = JournalOptions { segment_bytes: 40 * BLOCK as u64, ..SMALL };

impl Writer {
    fn perhaps_work(&mut self) {
        if self.random.u8(..8) == 0 {
            self.work();
        }
    }

    fn work(&mut self) {
        for _ in 0..self.random.usize(0..=PACE) {
            let length = self.random.usize(1..2 * BLOCK - 64);
            let body: Vec<u8> =
                std::iter::repeat_with(|| self.random.u8(..)).take(length).collect();
            self.appended.push(append(&mut self.journal, &body).unwrap());
        }
        if self.random.u8(..8) == 0 && self.segments == Segments::Go && !self.appended.is_empty() {
            let rows = self.appended[self.random.usize(..self.appended.len())].mark;
            if rows.sequence > self.rows.sequence {
                self.rows = rows;
            }
            if let Some(removal) = self.journal.forget_through(self.rows) {
                removal.run().unwrap();
            }
        }
    }
}

/// A disk on which somebody works between any two operations, and that reads the blocks of one
/// operation in any order.
#[derive(Debug, Clone)]
struct Restless {
    disk: SimulatedDisk,
    writer: Arc<Mutex<Writer>>,
}

#[derive(Debug)]
struct RestlessFile {
    file: <SimulatedDisk as Disk>::File,
    writer: Arc<Mutex<Writer>>,
}

impl Restless {
    fn new(seed: u64) -> Self {
        let disk = SimulatedDisk::new(seed);
        let (journal, ..) = open(&disk, LONG, BatchMark::default()).unwrap();
        let mut random = Rng::with_seed(seed);
        let begun = random.usize(4..40);
        let rows = BatchMark::default();
        let segments = Segments::Go;
        let mut writer = Writer { journal, appended: Vec::new(), random, rows, segments };
        (0..begun).for_each(|_| writer.work());
        Self { disk, writer: Arc::new(Mutex::new(writer)) }
    }

    fn with_writer<T>(&self, work: impl FnOnce(&mut Writer) -> T) -> T {
        work(&mut self.writer.lock().unwrap())
    }
}

const LOOKING: &str = "looking changes nothing";

impl Disk for Restless {
    type File = RestlessFile;

    fn list(&self) -> io::Result<Vec<String>> {
        self.with_writer(Writer::perhaps_work);
        let names = self.disk.list();
        self.with_writer(Writer::perhaps_work);
        names
    }

    fn open(&self, name: &str, access: Access) -> io::Result<RestlessFile> {
        assert_eq!(access, Access::Look);
        self.with_writer(Writer::perhaps_work);
        let file = self.disk.open(name, access)?;
        Ok(RestlessFile { file, writer: Arc::clone(&self.writer) })
    }

    fn create(&self, _: &str) -> io::Result<RestlessFile> {
        unreachable!("{LOOKING}")
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }

    fn sync_folder(&self) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }

    fn free_bytes(&self) -> io::Result<u64> {
        unreachable!("{LOOKING}")
    }
}

impl DiskFile for RestlessFile {
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn read_at(&mut self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let mut blocks: Vec<(usize, &mut [u8])> = bytes.chunks_mut(BLOCK).enumerate().collect();
        let mut writer = self.writer.lock().unwrap();
        writer.random.shuffle(&mut blocks);
        for (index, block) in blocks {
            writer.perhaps_work();
            self.file.read_at(block, offset + (index * BLOCK) as u64)?;
        }
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write_at(&mut self, _: &[u8], _: u64) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }

    fn allocate(&mut self, _: u64) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }

    fn sync_all(&mut self) -> io::Result<()> {
        unreachable!("{LOOKING}")
    }
}

/// Where the schedules begin; `BOXOFFICE_SEED` replays them.
fn seed() -> u64 {
    let given = std::env::var("BOXOFFICE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| fastrand::u64(..))
}

/// Looks as who compares it with rows does: opens the journal, then sees how far the rows are, and
/// begins anew where a segment was gone before it was opened, unless it is again.
fn look(disk: &Restless) -> Result<(usize, Vec<Copied>), JournalError> {
    let mut missing = None;
    loop {
        let there = disk.with_writer(|writer| writer.appended.len());
        let mut look = JournalInspection::begin(disk)?.unwrap();
        let rows = disk.with_writer(|writer| writer.rows);
        let mut seen = Vec::new();
        let walked = look.walk(Motion::Moving, rows, |batch, _| {
            let Batch { mark, records, body, .. } = batch;
            seen.push(Copied { mark, records, body: body.to_vec() });
            Ok::<(), Infallible>(())
        });
        match walked {
            Ok(_) => return Ok((there, seen)),
            Err(JournalError::Damaged { file, offset: 0, .. })
                if missing.as_ref() != Some(&file) =>
            {
                missing = Some(file);
            }
            Err(error) => return Err(error),
        }
    }
}

#[test]
fn a_journal_in_motion_is_seen_as_it_is() {
    let seed = seed();
    let mut seen_more = 0;
    for round in 0..300 {
        let disk = Restless::new(seed.wrapping_add(round));
        let (there, seen) = look(&disk).unwrap_or_else(|error| panic!("{seed} + {round}: {error}"));
        let appended = disk.with_writer(|writer| writer.appended.clone());
        let first = seen.first().map_or(0, |first| first.mark.sequence);
        let begin = appended.iter().position(|batch| batch.mark.sequence == first).unwrap_or(0);
        let end = begin + seen.len();
        assert_eq!(seen, appended[begin..end], "{seed} + {round}");
        assert!(end >= there, "{seed} + {round}: {there} were there, {end} were seen");
        seen_more += end - there;
    }
    assert!(seen_more > 0, "nothing was in motion");
}

#[test]
fn damage_is_told_from_motion() {
    let seed = seed();
    for round in 0..300 {
        let disk = Restless::new(seed.wrapping_add(round));
        let Some(name) = disk.with_writer(|writer| damage(writer, &disk.disk)) else { continue };
        match look(&disk) {
            Err(JournalError::Damaged { file, offset: at, .. }) => {
                assert_eq!((file, at), (name, BLOCK as u64), "{seed} + {round}");
            }
            other => panic!("{seed} + {round}: {other:?}"),
        }
    }
}

/// Flips a bit of a batch with another one behind it, in a segment that stays; names the segment.
fn damage(writer: &mut Writer, disk: &SimulatedDisk) -> Option<String> {
    writer.segments = Segments::Stay;
    let active = &writer.journal.active;
    if active.next <= 3 * BLOCK as u64 {
        return None;
    }
    let name = segment::name(active.layout.number);
    let mut file = disk.open(&name, Access::Recover).unwrap();
    let (mut byte, offset) = ([0], BLOCK as u64 + 64);
    file.read_at(&mut byte, offset).unwrap();
    file.write_at(&[byte[0] ^ 1], offset).unwrap();
    Some(name)
}
