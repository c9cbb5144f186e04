//! Every byte of a journal's folder cut off, erased, flipped, stale or swapped: nothing that was
//! acknowledged is silently lost. It is recovered, or refused with file and offset.
//!
//! The one exception: where the very last batch was not whole any more after a crash, nobody can
//! know that it had been acknowledged.

use crate::batch::{BatchKind, Header};
use crate::block::BLOCK;
use crate::block::SECTOR;
use crate::checksum::Key;
use crate::disk::simulated::SimulatedDisk;
use crate::trials::*;
use crate::*;
use boxoffice_protocol::time::Timestamp;

#[test]
fn cut_at_every_byte() {
    for witness in few_witnesses() {
        for (file, length) in witness.lengths() {
            for cut in 0..length {
                let fate =
                    witness.check(&format!("cut at {cut}"), file, |bytes| bytes.truncate(cut));
                assert_eq!(fate, Fate::Refused, "{} cut at {cut}", witness.files[file].0);
            }
        }
    }
}

#[test]
fn zero_from_every_byte() {
    for witness in few_witnesses() {
        for (file, length) in witness.lengths() {
            for from in 0..length {
                let fate = witness
                    .check(&format!("zero from {from}"), file, |bytes| bytes[from..].fill(0));
                let is_key = witness.files[file].0 == "journal.key";
                assert_eq!(fate == Fate::Recovered, is_key && from >= 56, "zero from {from}");
                assert_ne!(fate, Fate::LastLost);
            }
        }
    }
}

#[test]
fn every_sector_and_block_erased() {
    for witness in witnesses() {
        let mut last_lost = 0;
        for unit in [SECTOR, BLOCK] {
            for (file, length) in witness.lengths() {
                for from in (0..length).step_by(unit) {
                    let erase = |bytes: &mut Vec<u8>| bytes[from..from + unit].fill(0);
                    let fate = witness.check(&format!("{unit} bytes at {from}"), file, erase);
                    last_lost += usize::from(fate == Fate::LastLost);
                }
            }
        }
        assert_eq!(last_lost, 0, "what was erased is not taken for torn");
    }
}

#[test]
fn every_bit_flipped() {
    flip_every_bit();
}

#[test]
fn every_block_stale() {
    for witness in witnesses() {
        for (file, length) in witness.lengths() {
            for to in (0..length).step_by(BLOCK) {
                for (other, length) in witness.lengths() {
                    for from in (0..length).step_by(BLOCK) {
                        let stale = witness.files[other].1[from..from + BLOCK].to_vec();
                        let what = format!("{to} has what {other} has at {from}");
                        let fate = witness.check(&what, file, |bytes| {
                            bytes[to..to + BLOCK].copy_from_slice(&stale);
                        });
                        let is_last = witness.has_last_batch(file, to);
                        assert!(fate != Fate::LastLost || is_last, "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_tail_stale() {
    let witness = witness(7, LifeEnded::Clean);
    for (file, length) in witness.lengths() {
        for (other, _) in witness
            .lengths()
            .filter(|&(other, other_length)| other != file && other_length == length)
        {
            for from in (0..length).step_by(SECTOR) {
                let stale = witness.files[other].1[from..].to_vec();
                let what = format!("from {from} on what {other} has");
                witness.check(&what, file, |bytes| bytes[from..].copy_from_slice(&stale));
            }
        }
    }
}

#[test]
fn every_write_but_the_last_lost() {
    let late = witness(7, LifeEnded::Crashed);
    for batches in 1..7 {
        let early = witness(batches, LifeEnded::Crashed);
        for (name, stale) in early.files {
            let file = late.files.iter().position(|(other, _)| *other == name).unwrap();
            late.check(&format!("as after {batches} batches"), file, |bytes| *bytes = stale);
        }
    }
}

#[test]
fn every_file_missing_or_swapped() {
    for witness in witnesses() {
        for (file, length) in witness.lengths() {
            let mut files = witness.files.clone();
            let (name, _) = files.remove(file);
            // A next segment that was prepared and never used is nobody's loss.
            let fate = witness.check_files(&format!("{name} is missing"), files);
            assert_ne!(fate, Fate::LastLost, "{name} is missing");
            for (other, _) in witness
                .lengths()
                .filter(|&(other, other_length)| other != file && other_length == length)
            {
                let bytes = witness.files[other].1.clone();
                let fate = witness.check("has another's bytes", file, |file| *file = bytes);
                assert_eq!(fate, Fate::Refused, "{name} has the bytes of {other}");
            }
        }
    }
}

/// A client that knows everything but the folder's key, and sends what looks like a batch.
#[test]
fn what_a_client_sends_cannot_pose_as_a_batch() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, TINY, BatchMark::default()).unwrap();
    let kept = append(&mut journal, b"acknowledged").unwrap();
    let mut body = vec![0; 2 * BLOCK - 64];
    let header = Header {
        sequence: 2,
        position: 2,
        at: Timestamp::default(),
        previous: kept.mark.checksum,
        body_bytes: 100,
        records: 2,
        kind: BatchKind::Records,
    };
    header.seal(&mut body[BLOCK - 64..][..164], Key::new(0));
    append(&mut journal, &body).unwrap();
    drop(journal);
    let (name, mut bytes) = disk.files().swap_remove(0);
    bytes[2 * BLOCK..][..SECTOR].fill(9);
    disk.put(&name, bytes);
    let (_, recovered, read) = open(&disk, TINY, BatchMark::default()).unwrap();
    assert_eq!(read, [kept]);
    assert!(recovered.torn.is_some(), "torn, and not a good batch behind a bad one");
}

#[test]
fn histories_that_parted_are_not_mixed() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, TINY, BatchMark::default()).unwrap();
    (0..2).for_each(|_| drop(append(&mut journal, b"before").unwrap()));
    drop(journal);
    let before = disk.files();
    let histories = [b"one", b"two"].map(|body| {
        let disk = SimulatedDisk::new(1);
        before.iter().for_each(|(name, bytes)| disk.put(name, bytes.clone()));
        let (mut journal, ..) = open(&disk, TINY, BatchMark::default()).unwrap();
        let owed = (0..4).map(|_| append(&mut journal, body).unwrap()).collect();
        Witness { files: disk.files(), owed, ended: LifeEnded::Crashed, fates: Fates::default() }
    });
    for (file, _) in histories[0].lengths().filter(|&(_, length)| length > BLOCK) {
        let bytes = histories[1].files[file].1.clone();
        let fate = histories[0].check("of another history", file, |file| *file = bytes);
        assert_eq!(fate, Fate::Refused);
    }
}

#[test]
fn a_newer_format_is_named_with_ours() {
    let witness = witness(2, LifeEnded::Clean);
    for (file, _) in witness.lengths() {
        let disk = SimulatedDisk::new(1);
        witness.files.iter().for_each(|(name, bytes)| disk.put(name, bytes.clone()));
        let (name, mut bytes) = witness.files[file].clone();
        bytes[8] = 7;
        disk.put(&name, bytes);
        let message = open(&disk, TINY, BatchMark::default()).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(&name), "{message}");
        assert!(message.contains("format 7") && message.contains("up to 1"), "{message}");
    }
}
