//! A journal's folder that is damaged in every way, beside what was acknowledged in it.

use super::setup::{Copied, SMALL, append, open, seconds};
use crate::block::BLOCK;
use crate::disk::simulated::SimulatedDisk;
use crate::{Batch, BatchMark, JournalError, JournalOptions, inspect};
use boxoffice_protocol::time::Timestamp;
use std::cell::RefCell;
use std::convert::Infallible;

pub type Files = Vec<(String, Vec<u8>)>;

/// Segments for three batches of a block, which may have two: the smallest folder that has all
/// kinds of borders.
pub const TINY: JournalOptions = JournalOptions { segment_bytes: 7 * BLOCK as u64, ..SMALL };

/// A folder, and what was acknowledged in it.
pub struct Witness {
    pub files: Files,
    pub owed: Vec<Copied>,
    pub ended: LifeEnded,
    pub fates: Fates,
}

/// What became of a folder, each time that it was damaged; prints it at the end.
#[derive(Default)]
pub struct Fates(RefCell<Vec<Fate>>);

impl Drop for Fates {
    fn drop(&mut self) {
        let fates = self.0.borrow();
        if fates.is_empty() {
            return;
        }
        let count = |fate| fates.iter().filter(|&&one| one == fate).count();
        println!(
            "damaged {} times: {} recovered, {} refused, {} lost the last batch",
            fates.len(),
            count(Fate::Recovered),
            count(Fate::Refused),
            count(Fate::LastLost),
        );
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeEnded {
    /// In good order: nothing may be lost at all.
    Clean,
    /// In a crash.
    Crashed,
}

/// `batches` small ones; three fill a segment.
pub fn witness(batches: usize, ended: LifeEnded) -> Witness {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, TINY, BatchMark::default()).unwrap();
    let body = |index: usize| vec![u8::try_from(index).unwrap() + 1; 5 + 9 * index];
    let owed = (0..batches).map(|index| append(&mut journal, &body(index)).unwrap()).collect();
    if ended == LifeEnded::Clean {
        journal.close(Timestamp::from_ms(5)).unwrap();
    }
    Witness { files: disk.files(), owed, ended, fates: Fates::default() }
}

/// What became of a damaged folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Recovered,
    Refused,
    LastLost,
}

impl Witness {
    /// Damages one file, and checks that nothing is silently lost.
    pub fn check(&self, what: &str, file: usize, damage: impl FnOnce(&mut Vec<u8>)) -> Fate {
        let mut files = self.files.clone();
        damage(&mut files[file].1);
        self.check_files(&format!("{}: {what}", files[file].0), files)
    }

    pub fn check_files(&self, what: &str, files: Files) -> Fate {
        let disk = SimulatedDisk::new(1);
        files.into_iter().for_each(|(name, bytes)| disk.put(&name, bytes));
        let mut read = Vec::new();
        let found = inspect(&disk, BatchMark::default(), |batch| {
            let Batch { mark, records, body, .. } = batch;
            read.push(Copied { mark, records, body: body.to_vec() });
            Ok::<(), Infallible>(())
        });
        let fate = match found {
            Err(
                JournalError::Damaged { .. }
                | JournalError::NewerFormat { .. }
                | JournalError::AheadOfRows { .. },
            ) => Fate::Refused,
            Err(error) => panic!("{what}: {error}"),
            Ok(_) if read == self.owed => Fate::Recovered,
            Ok(_) => {
                let all_but_last = &self.owed[..self.owed.len() - 1];
                assert_eq!(read, all_but_last, "{what}");
                assert_eq!(self.ended, LifeEnded::Crashed, "{what}: lost behind a clean stop");
                Fate::LastLost
            }
        };
        self.fates.0.borrow_mut().push(fate);
        fate
    }

    /// Whether the last batch is in this block.
    pub fn has_last_batch(&self, file: usize, offset: usize) -> bool {
        let last = &self.owed[self.owed.len() - 1].body;
        self.files[file].1[offset..].get(64..64 + last.len()) == Some(last)
    }

    /// The indexes and lengths of the files.
    pub fn lengths(&self) -> impl Iterator<Item = (usize, usize)> {
        self.files.iter().map(|(_, bytes)| bytes.len()).enumerate()
    }
}

/// In the middle of a segment, at its end, and just begun.
pub fn witnesses() -> impl Iterator<Item = Witness> {
    let ends = [LifeEnded::Clean, LifeEnded::Crashed];
    ends.into_iter().flat_map(|ended| [2, 6, 7].map(|batches| witness(batches, ended)))
}

/// A second segment just begun; in a long run, all of them.
pub fn few_witnesses() -> Vec<Witness> {
    match seconds() {
        None => vec![witness(4, LifeEnded::Clean), witness(4, LifeEnded::Crashed)],
        Some(_) => witnesses().collect(),
    }
}

/// Flips every bit, and panics where that is not noticed.
pub fn flip_every_bit() {
    for witness in few_witnesses() {
        let mut last_lost = 0;
        for (file, length) in witness.lengths() {
            for byte in 0..length {
                // Every bit of all that means something, one of every byte that does not.
                let means_something = byte % BLOCK < 64 + 5 + 9 * witness.owed.len();
                for bit in 0..if means_something { 8 } else { 1 } {
                    let flip = |bytes: &mut Vec<u8>| bytes[byte] ^= 1 << bit;
                    let fate = witness.check(&format!("bit {bit} of {byte}"), file, flip);
                    last_lost += usize::from(fate == Fate::LastLost);
                }
            }
        }
        let last = 8 * (64 + witness.owed.last().unwrap().body.len());
        let allowed = if witness.ended == LifeEnded::Clean { 0 } else { last };
        assert_eq!(last_lost, allowed, "only the bits of the last batch");
    }
}
