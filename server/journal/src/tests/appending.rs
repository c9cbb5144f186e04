//! The journal on a disk that works.

use crate::block::BLOCK;
use crate::block::SECTOR;
use crate::disk::Disk;
use crate::disk::simulated::SimulatedDisk;
use crate::disk::{Caching, RealDisk};
use crate::trials::*;
use crate::*;
use boxoffice_protocol::time::Timestamp;
use std::convert::Infallible;

/// Bodies of every interesting length: nothing, within a block, up to its border, the largest.
fn bodies() -> Vec<Vec<u8>> {
    let lengths = [0, 1, 100, BLOCK - 65, BLOCK - 64, BLOCK - 63, 5000, 2 * BLOCK - 64];
    let bodies = lengths.iter().cycle().take(40).enumerate();
    bodies.map(|(index, &length)| vec![u8::try_from(index).unwrap(); length]).collect()
}

fn check_comes_back<D: Disk>(disk: &D, writing: Writing) {
    let options = JournalOptions { writing, ..SMALL };
    let mut written = Vec::new();
    for (generation, part) in bodies().chunks(7).enumerate() {
        let (mut journal, recovered, read) = open(disk, options, BatchMark::default()).unwrap();
        assert_eq!(read, written);
        assert!(recovered.clean);
        assert_eq!(recovered.torn, None);
        for body in part {
            written.push(append(&mut journal, body).unwrap());
        }
        let latest = bodies()[..7 * generation + part.len()].iter().map(Vec::len).max();
        let closed = journal.close(Timestamp::from_ms(9 + latest.unwrap() as u64)).unwrap();
        let (_, recovered, _) = open(disk, options, BatchMark::default()).unwrap();
        assert_eq!(recovered.end, closed);
        assert_eq!(recovered.last_at, Timestamp::from_ms(9 + latest.unwrap() as u64));
    }
}

#[test]
fn what_is_appended_comes_back_in_order() {
    check_comes_back(&SimulatedDisk::new(1), Writing::Durable);
    check_comes_back(&SimulatedDisk::new(1), Writing::Lax);
    for caching in [Caching::Direct, Caching::Cached] {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path().join("journal"), caching).unwrap();
        check_comes_back(&disk, Writing::Durable);
    }
}

#[test]
fn rows_get_only_what_they_do_not_have() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let written: Vec<_> = bodies().iter().map(|body| append(&mut journal, body).unwrap()).collect();
    drop(journal);
    for (index, batch) in written.iter().enumerate() {
        let (mut journal, _, read) = open(&disk, SMALL, batch.mark).unwrap();
        assert_eq!(read, written[index + 1..]);
        let removal = journal.forget_through(batch.mark);
        removal.map_or(Ok(()), Removal::run).unwrap();
    }
    let (journal, _, read) = open(&disk, SMALL, written.last().unwrap().mark).unwrap();
    assert_eq!(read, []);
    assert_eq!(journal.end(), written.last().unwrap().mark);
    let logs = disk.files().iter().filter(|(name, _)| name.ends_with(".log")).count();
    assert_eq!(logs, 1, "all but the last segment were removed");
    disk.put("00000001.log", vec![1; 100]);
    drop(journal);
    open(&disk, SMALL, written.last().unwrap().mark).unwrap();
    assert!(disk.files().iter().all(|(name, _)| name != "00000001.log"), "removed again");
}

#[test]
fn rows_that_do_not_belong_are_refused() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let marks: Vec<_> =
        bodies().iter().map(|body| append(&mut journal, body).unwrap().mark).collect();
    journal.forget_through(marks[30]).unwrap().run().unwrap();
    drop(journal);
    let open = |from| open(&disk, SMALL, from).map(|_| ()).unwrap_err();
    assert!(matches!(open(marks[1]), JournalError::AheadOfRows { .. }));
    assert!(matches!(open(BatchMark::default()), JournalError::AheadOfRows { .. }));
    let other = BatchMark { checksum: 7, ..marks[38] };
    assert!(matches!(open(other), JournalError::OtherRows { .. }));
    let later = BatchMark { sequence: 1000, ..marks[39] };
    assert!(matches!(open(later), JournalError::BehindRows { .. }));
}

#[test]
fn a_new_journal_goes_on_from_the_rows() {
    let disk = SimulatedDisk::new(1);
    let rows = BatchMark { sequence: 70, position: 900, checksum: 12345 };
    let (journal, ..) = open(&disk, SMALL, rows).unwrap();
    assert_eq!(journal.end(), rows);
    drop(journal);
    let other = BatchMark { sequence: 71, ..rows };
    assert!(matches!(open(&disk, SMALL, other), Err(JournalError::BehindRows { .. })));
    let other = BatchMark { sequence: 69, ..rows };
    assert!(matches!(open(&disk, SMALL, other), Err(JournalError::AheadOfRows { .. })));
    let (mut journal, ..) = open(&disk, SMALL, rows).unwrap();
    let batch = append(&mut journal, b"abc").unwrap();
    assert_eq!((batch.mark.sequence, batch.mark.position), (71, 903));
    drop(journal);
    assert_eq!(open(&disk, SMALL, rows).unwrap().2, [batch]);
}

#[test]
fn bounds_are_refused_before_anything_is_written() {
    let disk = SimulatedDisk::new(1);
    for segment_bytes in [0, 5 * BLOCK as u64 - 4096, 10 * BLOCK as u64 + 1, 2 << 30] {
        let options = JournalOptions { segment_bytes, ..SMALL };
        let refused = open(&disk, options, BatchMark::default());
        assert!(matches!(refused, Err(JournalError::Options(_))));
        assert_eq!(disk.files(), []);
    }
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let mut large = draft(&vec![1; 2 * BLOCK - 63]);
    let refused = journal.append(&mut large, Timestamp::default());
    assert!(
        matches!(refused, Err(JournalError::TooLarge { most, .. }) if most == 2 * BLOCK as u64 - 64)
    );
    append(&mut journal, b"goes on").unwrap();
}

#[test]
fn a_full_disk_is_noticed_before_it_hurts() {
    let disk = SimulatedDisk::new(1);
    disk.set_capacity(SMALL.segment_bytes + 2 * BLOCK as u64);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let refused = journal.preparation().unwrap().run().unwrap_err();
    assert!(refused.is_full(), "{refused}");
    assert_eq!(journal.room(), JournalRoom { now: 6 * BLOCK as u64, next: None });
    let written: Vec<_> = (0..6).map(|_| append(&mut journal, b"x").unwrap()).collect();
    let refused = append(&mut journal, b"x").unwrap_err();
    assert!(refused.is_full() && !journal.is_poisoned(), "{refused}");
    assert_eq!(journal.room(), JournalRoom { now: 0, next: None });
    disk.set_capacity(1 << 20);
    let last = append(&mut journal, b"x").unwrap();
    journal.close(Timestamp::default()).unwrap();
    let read = open(&disk, SMALL, BatchMark::default()).unwrap().2;
    assert_eq!(read, [written, vec![last]].concat());
}

#[test]
fn one_preparation_at_a_time() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let first = journal.preparation().unwrap();
    assert!(journal.preparation().is_none());
    drop(first);
    let prepared = journal.preparation().unwrap().run().unwrap();
    assert!(journal.preparation().is_none());
    journal.accept(prepared);
    assert!(journal.preparation().is_none());
    assert_eq!(journal.room().next, Some(6 * BLOCK as u64));
}

#[test]
fn segments_of_other_options_are_read_and_left() {
    let disk = SimulatedDisk::new(1);
    let mut written = Vec::new();
    let lax = JournalOptions { writing: Writing::Lax, ..SMALL };
    let large =
        JournalOptions { segment_bytes: 40 * BLOCK as u64, max_body_bytes: 20_000, ..SMALL };
    for options in [SMALL, lax, SMALL, large, lax, SMALL] {
        let (mut journal, _, read) = open(&disk, options, BatchMark::default()).unwrap();
        assert_eq!(read, written);
        let body = vec![1; usize::try_from(options.max_body_bytes).unwrap()];
        written.push(append(&mut journal, &body).unwrap());
        journal.close(Timestamp::default()).unwrap();
    }
}

#[test]
fn looking_changes_nothing() {
    let disk = SimulatedDisk::new(1);
    let look =
        |disk: &SimulatedDisk| inspect(disk, BatchMark::default(), |_| Ok::<(), Infallible>(()));
    assert!(look(&disk).is_err(), "there is nothing to look at");
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let last = append(&mut journal, b"a batch").unwrap();
    let files = disk.files();
    let found = look(&disk).unwrap();
    assert_eq!((found.end, found.batches, found.records, found.clean), (last.mark, 1, 3, false));
    assert_eq!(disk.files(), files);
}

#[test]
fn what_cannot_be_applied_is_named() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    append(&mut journal, b"one").unwrap();
    append(&mut journal, b"two").unwrap();
    drop(journal);
    let refused = Journal::open(disk, SMALL, BatchMark::default(), |batch| {
        if batch.body == b"two" { Err("no such event") } else { Ok(()) }
    });
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("00000001.log at byte 8192"), "{message}");
    assert!(message.contains("no such event"), "{message}");
}

#[test]
fn what_a_crash_tore_is_kept_beside() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let kept = append(&mut journal, b"acknowledged").unwrap();
    append(&mut journal, &[7; 5000]).unwrap();
    drop(journal);
    let (name, mut bytes) = disk.files().swap_remove(0);
    let torn_at = 2 * BLOCK;
    bytes[torn_at + 4500..][..SECTOR].fill(9);
    disk.put(&name, bytes.clone());
    for round in 1..3 {
        let (journal, recovered, read) = open(&disk, SMALL, BatchMark::default()).unwrap();
        assert_eq!(read, std::slice::from_ref(&kept));
        let torn = recovered.torn.unwrap();
        let beside = ["00000001.log.torn", "00000001.log.torn.2"][round - 1];
        assert_eq!(
            (&*torn.file, torn.offset, torn.kept_as.as_deref()),
            (&*name, 8192, Some(beside))
        );
        let files = disk.files();
        let (_, copy) = files.iter().find(|(name, _)| name == beside).unwrap();
        assert_eq!(copy.len() as u64, torn.bytes);
        assert_eq!(copy[..], bytes[torn_at..torn_at + copy.len()]);
        drop(journal);
        assert_eq!(open(&disk, SMALL, BatchMark::default()).unwrap().1.torn, None);
        disk.put(&name, bytes.clone());
    }
    let (mut journal, ..) = open(&disk, SMALL, BatchMark::default()).unwrap();
    let last = (0..9).map(|_| append(&mut journal, b"x").unwrap()).last().unwrap();
    journal.forget_through(last.mark).unwrap().run().unwrap();
    assert!(disk.files().iter().all(|(name, _)| !name.contains("torn")), "gone with its segment");
}
