//! What holds where appends do not wait for the disk: nothing of the last moments, all else.

use crate::disk::simulated::{Fault, FaultError, Lasting, SimulatedDisk};
use crate::trials::*;
use crate::*;

const LAX: JournalOptions = JournalOptions { writing: Writing::Lax, ..SMALL };

#[test]
fn power_takes_the_end_and_never_the_middle() {
    let mut lost = 0;
    for seed in 0..50 {
        let disk = SimulatedDisk::new(seed);
        let (mut journal, ..) = open(&disk, LAX, BatchMark::default()).unwrap();
        let mut owed: Vec<_> = (0..3).map(|_| append(&mut journal, b"synced").unwrap()).collect();
        journal.sync().unwrap();
        owed.extend((0..3).map(|_| append(&mut journal, &[7; 5000]).unwrap()));
        drop(journal);
        disk.lose_power();
        let read = open(&disk, LAX, BatchMark::default()).unwrap().2;
        assert!(read.len() >= 3);
        assert_eq!(read, owed[..read.len()]);
        lost += owed.len() - read.len();
    }
    assert!(lost > 10, "{lost} batches were lost");
}

#[test]
fn what_a_start_read_after_a_failed_sync_is_written_again() {
    for seed in 0..20 {
        let disk = SimulatedDisk::new(seed);
        let (mut journal, ..) = open(&disk, LAX, BatchMark::default()).unwrap();
        let owed: Vec<_> = (0..4).map(|_| append(&mut journal, b"batch").unwrap()).collect();
        let operation = disk.operations() + 1;
        disk.fail(Fault { operation, error: FaultError::Broken, lasting: Lasting::Once });
        assert!(journal.sync().is_err() && journal.is_poisoned());
        drop(journal);
        assert_eq!(open(&disk, LAX, BatchMark::default()).unwrap().2, owed);
        disk.lose_power();
        assert_eq!(open(&disk, LAX, BatchMark::default()).unwrap().2, owed);
    }
}

#[test]
fn the_last_durable_batch_is_not_forgotten() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, ..) = open(&disk, LAX, BatchMark::default()).unwrap();
    while journal.durable() == BatchMark::default() {
        append(&mut journal, b"batch").unwrap();
    }
    let rows = journal.durable();
    assert_ne!(rows, journal.end(), "a segment was begun, and its first batch is not durable");
    assert!(journal.forget_through(rows).is_none());
    drop(journal);
    disk.lose_power();
    open(&disk, LAX, rows).unwrap();
}
