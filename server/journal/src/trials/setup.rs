//! Small journals, and batches of them as they were handed out.

use crate::block::BLOCK;
use crate::disk::Disk;
use crate::{
    Appended, Batch, BatchMark, Draft, Journal, JournalError, JournalOptions, Recovered, Writing,
};
use boxoffice_protocol::time::Timestamp;
use std::convert::Infallible;
use std::io::Write as _;
use std::time::Duration;

/// Segments of ten blocks, for batches of up to two: many borders.
pub const SMALL: JournalOptions = JournalOptions {
    segment_bytes: 10 * BLOCK as u64,
    max_body_bytes: 2 * BLOCK as u64 - 64,
    writing: Writing::Durable,
    new_key: 0x00C0_FFEE,
};

/// The same with batches of up to five blocks: a torn one reaches far.
pub const LARGE: JournalOptions = JournalOptions {
    segment_bytes: 14 * BLOCK as u64,
    max_body_bytes: 5 * BLOCK as u64 - 64,
    ..SMALL
};

/// A batch as it was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub mark: BatchMark,
    pub records: u64,
    pub body: Vec<u8>,
}

pub type Opened<D> = Result<(Journal<D>, Recovered, Vec<Copied>), JournalError>;

/// Opens the journal of `disk` and copies what it hands out.
pub fn open<D: Disk>(disk: &D, options: JournalOptions, from: BatchMark) -> Opened<D> {
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
pub fn draft(body: &[u8]) -> Draft {
    let mut draft = Draft::new();
    draft.write_all(body).unwrap();
    (0..body.len() % 4).for_each(|_| draft.count_record());
    draft
}

/// Appends, and prepares the next segment where that is needed.
pub fn append<D: Disk>(journal: &mut Journal<D>, body: &[u8]) -> Result<Copied, JournalError> {
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

/// How long new random schedules shall be tried: `BOXOFFICE_FAULT_SECONDS`.
pub fn seconds() -> Option<Duration> {
    let seconds = std::env::var("BOXOFFICE_FAULT_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("BOXOFFICE_FAULT_SECONDS is a number")))
}
