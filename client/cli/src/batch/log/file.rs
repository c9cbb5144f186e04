//! The log as a file: the promises, their permanent ids, and their outcomes.
//!
//! Invariants: nothing is sent before the `Ready` record behind it is durable, and that is written only
//! after every planned row is; so what is planned without it was never sent. A promise keeps its first
//! outcome. An outcome may be lost: its row is asked again, with the same id.

use super::disk::LogDisk;
use super::error::{LogError, read_back};
use super::outcomes::Outcomes;
use super::promises::{Promise, Promises};
use super::record::{HEADER, LogRecord, RowOutcome};
use crate::batch::input::{InputRow, RowFingerprint};
use boxoffice_client::protocol::csv::CsvLines;
use boxoffice_client::protocol::id::ReservationId;
use std::io::{self, BufRead as _, Read as _};

/// Records that are gathered for one write.
const RECORDS_A_WRITE: usize = 500;

/// The log of one batch.
pub(crate) struct BatchLog<D> {
    disk: D,
    promises: Promises,
    /// Records that are not written yet, and their number.
    unwritten: (CsvLines, usize),
}

impl<D: LogDisk> BatchLog<D> {
    /// Reads the records of earlier runs. A torn last line is cut off, and so is an incomplete plan.
    pub(crate) fn open(mut disk: D) -> Result<Self, LogError> {
        let mut length = whole_lines(&mut disk)?;
        let (mut promises, complete) = read(&mut disk, length)?;
        if promises.is_planning {
            length = complete;
            promises = read(&mut disk, length)?.0;
        }
        let mut unwritten = CsvLines::default();
        if promises.is_ready {
            disk.truncate(length)?;
        } else {
            disk.truncate(0)?;
            promises = Promises::default();
            unwritten.push(HEADER.trim_end().split(','));
        }
        Ok(Self { disk, promises, unwritten: (unwritten, 0) })
    }

    pub(crate) fn promises(&self) -> &[Promise] {
        self.promises.all()
    }

    /// The fingerprint of the file that failed rows were copied into last.
    pub(crate) fn copied(&self) -> Option<RowFingerprint> {
        self.promises.copied
    }

    /// Makes a promise for a row, or one for a stale row anew.
    pub(crate) fn plan(
        &mut self,
        number: u64,
        row: &InputRow,
        hash: RowFingerprint,
        id: Option<ReservationId>,
    ) -> io::Result<()> {
        self.append(&LogRecord::planned(number, row, hash, id))?;
        if let Err(bad) = &row.request {
            let why = bad.to_string();
            self.append(&LogRecord::without_answer(number, RowOutcome::Bad, &why))?;
        }
        Ok(())
    }

    /// Returns once the plan is durable. From then on rows may be sent.
    pub(crate) fn complete_plan(&mut self) -> io::Result<()> {
        self.sync()?;
        if self.promises.is_planning || !self.promises.is_ready {
            self.append(&LogRecord::ready(self.promises.all().len() as u64))?;
            self.sync()?;
        }
        Ok(())
    }

    /// Appends a record.
    pub(in crate::batch) fn append(&mut self, record: &LogRecord) -> io::Result<()> {
        self.unwritten.0.push(record.cells());
        self.unwritten.1 += 1;
        if let Some(fact) = record.fact() {
            // What this program appends follows from what is there.
            self.promises.learn(record.promise, fact).ok();
        }
        if self.unwritten.1 >= RECORDS_A_WRITE { self.flush() } else { Ok(()) }
    }

    /// The outcomes of all promises.
    pub(crate) fn outcomes(&mut self) -> Result<Outcomes<'_>, LogError> {
        self.flush()?;
        let promises = self.promises.all().len();
        Outcomes::read(self.disk.reader()?, promises)
    }

    /// Writes the gathered records.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.unwritten.1 = 0;
        let bytes = self.unwritten.0.take();
        if bytes.is_empty() { Ok(()) } else { self.disk.append(&bytes) }
    }

    /// Returns once all records are durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.disk.sync()
    }
}

/// The end of the last whole line; the rest is torn.
fn whole_lines(disk: &mut impl LogDisk) -> Result<u64, LogError> {
    let (mut reader, mut header) = (disk.reader()?, Vec::new());
    reader.by_ref().take(HEADER.len() as u64).read_to_end(&mut header)?;
    if !HEADER.as_bytes().starts_with(&header) {
        return Err(LogError::NotLog);
    }
    if header.len() < HEADER.len() {
        return Ok(0);
    }
    let mut position = header.len() as u64;
    let mut length = position;
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(length);
        }
        if let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n') {
            length = position + end as u64 + 1;
        }
        let read = bytes.len();
        position += read as u64;
        reader.consume(read);
    }
}

/// Reads the records in the first `length` bytes. Also returns where the last complete plan and what was
/// sent of it ends.
fn read(disk: &mut impl LogDisk, length: u64) -> Result<(Promises, u64), LogError> {
    let (mut promises, mut complete) = (Promises::default(), 0);
    let mut reader = csv::Reader::from_reader(disk.reader()?.take(length));
    let mut records = reader.deserialize::<LogRecord>();
    loop {
        let line = records.reader().position().line();
        if promises.is_ready && !promises.is_planning {
            complete = records.reader().position().byte();
        }
        let Some(record) = records.next() else { return Ok((promises, complete)) };
        let fact = read_back(record)?.and_then(|record| Some((record.promise, record.fact()?)));
        let learned = match fact {
            Some((number, fact)) => promises.learn(number, fact).is_ok(),
            // After a plan there are only outcomes, and a lost one is fetched again. A gap in the plan
            // would make sent rows look new.
            None => promises.is_ready && !promises.is_planning,
        };
        if !learned {
            return Err(LogError::Damaged { line });
        }
    }
}
