//! What holds for a journal whatever its disk does.
//!
//! - [`appending`]: the journal on a disk that works, simulated and real.
//! - [`faults`]: every operation of a life may fail, in every way, and power go at any time.
//! - [`lax`]: what holds where appends do not wait for the disk.
//! - [`looking`]: what is seen of a journal that somebody writes.
//! - [`damage`]: every byte of a folder cut off, erased, flipped or stale.
//!
//! `BOXOFFICE_SEED` replays one schedule, `BOXOFFICE_FAULT_SECONDS` tries new ones for so long.

mod appending;
pub(crate) mod damage;
pub(crate) mod faults;
mod lax;
mod life;
mod looking;

use super::*;
use crate::ledger::disk::Disk;
use boxoffice_protocol::time::Timestamp;
use std::convert::Infallible;
use std::io::Write as _;

/// Segments of ten blocks, for batches of up to two: many borders.
const SMALL: JournalOptions = JournalOptions {
    segment_bytes: 10 * BLOCK as u64,
    max_body_bytes: 2 * BLOCK as u64 - 64,
    writing: Writing::Durable,
    new_key: 0x00C0_FFEE,
};

/// The same with batches of up to five blocks: a torn one reaches far.
const LARGE: JournalOptions = JournalOptions {
    segment_bytes: 14 * BLOCK as u64,
    max_body_bytes: 5 * BLOCK as u64 - 64,
    ..SMALL
};

/// A batch as it was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Copied {
    mark: BatchMark,
    records: u64,
    body: Vec<u8>,
}

type Opened<D> = Result<(Journal<D>, Recovered, Vec<Copied>), JournalError>;

/// Opens the journal of `disk` and copies what it hands out.
fn open<D: Disk>(disk: &D, options: JournalOptions, from: BatchMark) -> Opened<D> {
    let mut copied = Vec::new();
    let (journal, recovered) = Journal::open(disk.clone(), options, from, |batch| {
        let Batch { mark, records, body, .. } = batch;
        copied.push(Copied { mark, records, body: body.to_vec() });
        Ok::<(), Infallible>(())
    })?;
    assert_eq!(recovered.batches, copied.len() as u64);
    assert_eq!(recovered.records, copied.iter().map(|batch| batch.records).sum::<u64>());
    Ok((journal, recovered, copied))
}

/// A draft with this body, of one record for each of its bytes' lowest two bits.
fn draft(body: &[u8]) -> Draft {
    let mut draft = Draft::new();
    draft.write_all(body).unwrap();
    (0..body.len() % 4).for_each(|_| draft.count_record());
    draft
}

/// Appends, and prepares the next segment where that is needed.
fn append<D: Disk>(journal: &mut Journal<D>, body: &[u8]) -> Result<Copied, JournalError> {
    let mut draft = draft(body);
    let at = Timestamp::from_ms(body.len() as u64);
    let appended = match journal.append(&mut draft, at) {
        Err(JournalError::NoRoom) => {
            let preparation = journal.preparation().unwrap();
            journal.accept(preparation.run()?);
            journal.append(&mut draft, at)
        }
        appended => appended,
    };
    let Appended { mark, place } = appended?;
    assert_eq!(&*journal.reader().body(mark, place)?, body, "read again");
    Ok(Copied { mark, records: draft.records(), body: body.to_vec() })
}
