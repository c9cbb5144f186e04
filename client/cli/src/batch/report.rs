//! What a run leaves for people: a line for every row, and the failed rows in a file to be corrected.

use super::failed::{FailedFile, FailedRows, beside};
use super::input::InputRow;
use super::job::{BatchError, BatchJob};
use super::log::{BatchLog, LogDisk, LogRecord, Outcomes, RowOutcome};
use super::plan::Plan;
use crate::values::money;
use boxoffice_client::protocol::csv::CsvLines;
use std::fs::File;
use std::io::{self, Read as _, Write as _};

/// The columns of the results.
const COLUMNS: [&str; 13] = [
    "row",
    "line",
    "status",
    "event",
    "customer",
    "seats",
    "section",
    "standing",
    "total",
    "currency",
    "expires_at",
    "id",
    "reason",
];

/// Booked rows that are told one by one; the results have all.
const TOLD: usize = 20;

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) failed: FailedFile,
    /// The lines of rows that may be booked ones that were changed; the first of them.
    pub(crate) differing: Vec<u64>,
    /// Booked rows that are not in the input any more; the first of them.
    pub(crate) gone: Vec<String>,
}

/// Checks that results replace only results.
pub(super) fn check(job: &BatchJob) -> Result<(), BatchError> {
    let header = header();
    let mut beginning = Vec::new();
    let read = File::open(&job.results)
        .and_then(|file| file.take(header.len() as u64).read_to_end(&mut beginning));
    match read {
        Ok(_) if beginning.is_empty() || beginning == header => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(BatchError::NotResults { path: job.results.clone() }),
    }
    if job.results == job.log {
        Err(BatchError::NotResults { path: job.log.clone() })
    } else {
        Ok(())
    }
}

/// Writes the results, and the failed rows once every row has an outcome.
pub(super) fn write<D: LogDisk>(
    job: &BatchJob,
    plan: &Plan,
    log: &mut BatchLog<D>,
    is_done: bool,
) -> Result<Written, BatchError> {
    let results = |error| BatchError::NotWritten { path: job.results.clone(), error };
    let failed = |error| BatchError::NotWritten { path: job.failed.clone(), error };
    let ids: Vec<_> = log.promises().iter().map(|promise| (promise.id, promise.line)).collect();
    let mut outcomes = log.outcomes().map_err(|source| job.not_usable(source))?;
    let of = |outcomes: &mut Outcomes<'_>, promise| {
        outcomes.of(promise).map_err(|source| job.not_usable(source))
    };
    let mut input = job.open_input()?;
    let mut copies =
        if is_done { Some(FailedRows::of(job, &input).map_err(failed)?) } else { None };
    let mut file = beside(&job.results).map_err(results)?;
    file.write_all(&header()).map_err(results)?;
    let (mut differing, mut gone) = (Vec::new(), Vec::new());
    let mut lines = CsvLines::default();
    for (index, planned) in plan.rows.iter().enumerate() {
        let row = plan.next_row(job, &mut input, index)?;
        let outcome = match planned.promise {
            Some(promise) => of(&mut outcomes, promise)?,
            None => {
                differing.extend((differing.len() < TOLD).then_some(row.line));
                None
            }
        };
        let reason = outcome.as_ref().and_then(LogRecord::reason).unwrap_or_default();
        let has_failed =
            outcome.as_ref().and_then(|it| it.status).is_some_and(RowOutcome::has_failed);
        if let Some(copies) = copies.as_mut().filter(|_| has_failed) {
            copies.push(&input, &reason).map_err(failed)?;
        }
        let id = planned.promise.and_then(|promise| ids[promise].0);
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        lines.push(line_of(&row, planned.promise.is_some(), outcome, &id, reason));
        file.write_all(&lines.take()).map_err(results)?;
    }
    for &promise in &plan.gone {
        let Some(outcome) = of(&mut outcomes, promise)? else { continue };
        let mut line = cells(&outcome);
        let was = ids[promise].1;
        line[2] = "gone".to_owned();
        line[12] = format!("was booked from line {was}, and is not in the input any more");
        let told = [3, 4, 5, 6, 7, 11].map(|cell| line[cell].as_str());
        gone.extend((gone.len() < TOLD).then(|| {
            told.into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
        }));
        lines.push(line);
        file.write_all(&lines.take()).map_err(results)?;
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error).map_err(results)?;
    file.persist(&job.results).map_err(|error| results(error.error))?;
    drop(outcomes);
    let kept = copies.map(|copies| copies.keep(job, log.copied())).transpose().map_err(failed)?;
    let (failed, copied) = kept.unwrap_or((FailedFile::NotNeeded, None));
    if let Some(copied) = copied.filter(|copied| log.copied() != Some(*copied)) {
        let recorded = log.append(&LogRecord::copied(copied)).and_then(|()| log.sync());
        recorded.map_err(|error| job.not_written(error))?;
    }
    Ok(Written { failed, differing, gone })
}

fn header() -> Vec<u8> {
    let mut lines = CsvLines::default();
    lines.push(COLUMNS);
    lines.take()
}

/// The line of a row of the input.
fn line_of(
    row: &InputRow,
    is_promised: bool,
    outcome: Option<LogRecord>,
    id: &str,
    reason: String,
) -> [String; COLUMNS.len()] {
    let mut line = outcome.as_ref().map(cells).unwrap_or_default();
    line[0] = row.number.to_string();
    line[1] = row.line.to_string();
    if let Ok(request) = &row.request {
        line[3] = request.event.to_string();
        line[4] = request.customer.to_string();
    }
    line[11] = id.to_owned();
    line[12] = reason;
    match (outcome, is_promised) {
        (Some(_), _) => {}
        (None, true) => line[2] = "open".to_owned(),
        (None, false) => {
            line[2] = "different".to_owned();
            line[12] = "a row that was booked is different or gone here; not sent".to_owned();
        }
    }
    line
}

/// The cells that follow from an outcome.
fn cells(outcome: &LogRecord) -> [String; COLUMNS.len()] {
    let mut line: [String; COLUMNS.len()] = Default::default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    line[2] = outcome.status.map(RowOutcome::word).unwrap_or_default();
    line[3] = text(&outcome.event);
    line[4] = text(&outcome.customer);
    line[5] = text(&outcome.seats);
    line[6] = text(&outcome.section);
    line[7] = outcome.standing.map(|places| places.to_string()).unwrap_or_default();
    let currency = outcome.currency.as_deref().and_then(|code| code.parse().ok());
    if let (Some(total), Some(currency)) = (outcome.total, currency) {
        line[8] = money(total, currency);
    }
    line[9] = text(&outcome.currency);
    line[10] = text(&outcome.expires_at);
    line[11] = text(&outcome.id);
    line
}
