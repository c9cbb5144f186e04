//! The results file: the rows, their permanent ids, and their outcomes.
//!
//! Invariants: nothing is sent before the `Ready` record is durable, and that is
//! written only after every planned row is; so without it, nothing was ever sent. A row keeps its
//! first outcome. An outcome may be lost: its row is asked again, with the same id.

use super::counts::RowCounts;
use super::disk::ResultsDisk;
use super::record::{HEADER, RecordFact, ResultRecord, RowOutcome};
use crate::batch::input::{InputRow, RowFingerprint};
use boxoffice_client::protocol::csv::CsvLines;
use boxoffice_client::protocol::id::ReservationId;
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Read as _};
use thiserror::Error;

/// Records that are gathered for one write.
const RECORDS_A_WRITE: usize = 500;

/// The results file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ResultsError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("another run of this batch is using it; wait for that one, or end it")]
    InUse,
    #[error("is not a results file of a batch; name another one with --out")]
    NotResults,
    #[error(
        "line {line} is not a record of a batch; restore the file, or, if nothing of this batch was sent yet, delete it"
    )]
    Damaged { line: u64 },
}

/// The results of one batch.
pub(crate) struct BatchResults<D> {
    disk: D,
    known: RecordedRows,
    /// Records that are not written yet, and their number.
    unwritten: (CsvLines, usize),
}

/// The state that the records add up to.
#[derive(Default)]
struct RecordedRows {
    /// Row `n` is at `n - 1`.
    rows: Vec<PlannedRow>,
    ready: bool,
    counts: RowCounts,
}

/// A row by its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlannedRow {
    /// The fingerprint when it was planned.
    pub(crate) hash: RowFingerprint,
    /// The id that it is sent with; a bad row has none.
    pub(crate) id: Option<ReservationId>,
    pub(crate) state: RowState,
}

/// The progress of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowState {
    /// It has no outcome, and may have been sent.
    Open,
    /// It has an outcome.
    Done,
    /// It has no outcome, and its id is too old.
    Stale,
}

impl<D: ResultsDisk> BatchResults<D> {
    /// Reads the records of earlier runs. A torn last line is cut off, and so is an incomplete plan.
    pub(crate) fn open(mut disk: D) -> Result<Self, ResultsError> {
        let length = whole_lines(&mut disk)?;
        let known = RecordedRows::read(&mut disk, length)?;
        let mut unwritten = CsvLines::default();
        if known.ready {
            disk.truncate(length)?;
        } else {
            disk.truncate(0)?;
            unwritten.push(HEADER.trim_end().split(','));
        }
        let known = if known.ready { known } else { RecordedRows::default() };
        Ok(Self { disk, known, unwritten: (unwritten, 0) })
    }

    /// Whether the plan is complete, so that the input must not change any more.
    pub(crate) fn is_ready(&self) -> bool {
        self.known.ready
    }

    /// The number of planned rows.
    pub(crate) fn rows(&self) -> u64 {
        self.known.rows.len() as u64
    }

    /// The planned row with this number.
    pub(crate) fn row(&self, number: u64) -> Option<&PlannedRow> {
        self.known.rows.get(index_of(number)?)
    }

    /// The counts of outcomes.
    pub(crate) fn counts(&self) -> &RowCounts {
        &self.known.counts
    }

    /// Plans the next row, or a stale row again.
    pub(crate) fn plan(&mut self, row: &InputRow, id: Option<ReservationId>) -> io::Result<()> {
        self.append(&ResultRecord::planned(row, id))?;
        if let Err(bad) = &row.request {
            self.append(&ResultRecord::without_answer(
                row.number,
                RowOutcome::Bad,
                &bad.to_string(),
            ))?;
        }
        Ok(())
    }

    /// Returns once the plan is durable. From then on rows may be sent.
    pub(crate) fn complete_plan(&mut self) -> io::Result<()> {
        self.sync()?;
        if !self.known.ready {
            self.append(&ResultRecord::ready(self.rows()))?;
            self.sync()?;
        }
        Ok(())
    }

    /// Records the outcome of a row.
    pub(in crate::batch) fn append(&mut self, record: &ResultRecord) -> io::Result<()> {
        self.unwritten.0.push(record.cells());
        self.unwritten.1 += 1;
        if let Some(fact) = record.fact() {
            self.known.learn(record.row, fact);
        }
        if self.unwritten.1 >= RECORDS_A_WRITE { self.flush() } else { Ok(()) }
    }

    /// The failed rows by their numbers, each with the reason.
    pub(crate) fn failures(&mut self) -> Result<BTreeMap<u64, String>, ResultsError> {
        self.flush()?;
        let mut failures = BTreeMap::new();
        for record in csv::Reader::from_reader(self.disk.reader()?).into_deserialize() {
            // A damaged outcome was asked for again, and is there a second time.
            let Some(record) = read_back(record)? else { continue };
            if let Some(reason) = record.failure() {
                // A row keeps its first outcome.
                failures.entry(record.row).or_insert(reason);
            }
        }
        Ok(failures)
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

/// A record of the file; none if it is damaged.
fn read_back(record: csv::Result<ResultRecord>) -> Result<Option<ResultRecord>, ResultsError> {
    match record {
        Err(error) if error.is_io_error() => Err(ResultsError::Io(error.into())),
        record => Ok(record.ok()),
    }
}

/// The end of the last whole line; the rest is torn.
fn whole_lines(disk: &mut impl ResultsDisk) -> Result<u64, ResultsError> {
    let (mut reader, mut header) = (disk.reader()?, Vec::new());
    reader.by_ref().take(HEADER.len() as u64).read_to_end(&mut header)?;
    if !HEADER.as_bytes().starts_with(&header) {
        return Err(ResultsError::NotResults);
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

impl RecordedRows {
    /// Reads the records in the first `length` bytes.
    fn read(disk: &mut impl ResultsDisk, length: u64) -> Result<Self, ResultsError> {
        let mut known = Self::default();
        let mut reader = csv::Reader::from_reader(disk.reader()?.take(length));
        let mut records = reader.deserialize::<ResultRecord>();
        loop {
            let line = records.reader().position().line();
            let Some(record) = records.next() else { return Ok(known) };
            let fact = read_back(record)?.and_then(|record| Some((record.row, record.fact()?)));
            let learned = fact.is_some_and(|(row, fact)| known.learn(row, fact));
            // After the plan there are only outcomes, and a lost one is fetched again. A gap in the
            // plan would make sent rows look new.
            if !learned && !known.ready {
                return Err(ResultsError::Damaged { line });
            }
        }
    }

    /// Takes a fact; false if it contradicts the earlier ones.
    fn learn(&mut self, number: u64, fact: RecordFact) -> bool {
        let known = index_of(number).and_then(|index| self.rows.get_mut(index));
        match (fact, known) {
            (RecordFact::Ready, _) => {
                self.ready = number == self.rows.len() as u64;
                self.ready
            }
            (RecordFact::Planned { hash, id }, None) => {
                let next = !self.ready && number == self.rows.len() as u64 + 1;
                if next {
                    self.rows.push(PlannedRow { hash, id, state: RowState::Open });
                }
                next
            }
            (RecordFact::Planned { hash, id }, Some(row)) => {
                let anew = row.state == RowState::Stale && row.hash == hash;
                if anew {
                    *row = PlannedRow { hash, id, state: RowState::Open };
                    self.counts.stale -= 1;
                }
                anew
            }
            (RecordFact::Outcome { outcome, .. }, _)
                if !self.ready && outcome != RowOutcome::Bad =>
            {
                false
            }
            (RecordFact::Outcome { outcome, refused }, Some(row))
                if row.state == RowState::Open =>
            {
                row.state =
                    if outcome == RowOutcome::Stale { RowState::Stale } else { RowState::Done };
                self.counts.add(outcome, refused.as_deref());
                true
            }
            (RecordFact::Outcome { .. }, known) => known.is_some(),
        }
    }
}

fn index_of(number: u64) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}
