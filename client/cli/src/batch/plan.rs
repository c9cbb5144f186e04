//! The first pass over the input: plan every row, or verify that the input is the planned one.

use super::input::{BadRow, Input, InputRow, RowRequest};
use super::job::{BatchError, BatchJob, BatchObserver, Replan};
use super::results::{BatchResults, ResultsDisk, RowState};
use boxoffice_client::protocol::id::ReservationId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Rows between two yields, which let a Ctrl-C through.
const ROWS_A_TURN: u64 = 1_000;

/// Returns once the ids of all rows are durable.
pub(super) async fn plan<D: ResultsDisk>(
    job: &BatchJob,
    results: &mut BatchResults<D>,
    new_id: impl Fn() -> ReservationId,
    observer: &mut impl BatchObserver,
) -> Result<(), BatchError> {
    let input = job.open_input()?;
    if let Some(assumed) = input.assumed() {
        observer.assumed(assumed);
    }
    if results.is_ready() {
        verify(job, input, results, new_id).await?;
    } else {
        plan_all(job, input, results, new_id, observer).await?;
    }
    results.complete_plan().map_err(|error| job.not_written(error))
}

async fn plan_all<D: ResultsDisk>(
    job: &BatchJob,
    mut input: Input,
    results: &mut BatchResults<D>,
    new_id: impl Fn() -> ReservationId,
    observer: &mut impl BatchObserver,
) -> Result<(), BatchError> {
    let mut chosen = HashMap::new();
    while let Some(mut row) = job.next_row(&mut input)? {
        let number = row.number;
        take_turns(number).await;
        row.request = row.request.and_then(|request| only_once(request, number, &mut chosen));
        let id = match &row.request {
            Ok(request) => Some(request.id.unwrap_or_else(&new_id)),
            Err(bad) => {
                observer.bad_row(row.line, bad);
                None
            }
        };
        results.plan(&row, id).map_err(|error| job.not_written(error))?;
    }
    Ok(())
}

async fn take_turns(row: u64) {
    if row.is_multiple_of(ROWS_A_TURN) {
        tokio::task::yield_now().await;
    }
}

/// Two rows with one id would share one reservation.
fn only_once(
    request: RowRequest,
    number: u64,
    chosen: &mut HashMap<ReservationId, u64>,
) -> Result<RowRequest, BadRow> {
    let Some(id) = request.id else { return Ok(request) };
    match chosen.entry(id) {
        Entry::Vacant(entry) => {
            entry.insert(number);
            Ok(request)
        }
        Entry::Occupied(earlier) => {
            let why = format!("row {} has the same id; each row needs its own", earlier.get());
            Err(BadRow::new("id", why))
        }
    }
}

async fn verify<D: ResultsDisk>(
    job: &BatchJob,
    mut input: Input,
    results: &mut BatchResults<D>,
    new_id: impl Fn() -> ReservationId,
) -> Result<(), BatchError> {
    let (mut rows, mut stale) = (0, Vec::new());
    while let Some(row) = job.next_row(&mut input)? {
        rows = row.number;
        take_turns(rows).await;
        match row_state(job, &row, results)? {
            RowState::Stale if job.replan == Replan::Stale => stale.push(row),
            _ => {}
        }
    }
    if rows < results.rows() {
        return Err(BatchError::Changed {
            input: job.input.clone(),
            results: job.results.clone(),
            what: format!("it has {rows} rows now, and had {}", results.rows()),
        });
    }
    // Only after the whole input was verified.
    for row in stale {
        results.plan(&row, Some(new_id())).map_err(|error| job.not_written(error))?;
    }
    Ok(())
}

/// The state of a row, after its fingerprint was verified.
pub(super) fn row_state<D: ResultsDisk>(
    job: &BatchJob,
    row: &InputRow,
    results: &BatchResults<D>,
) -> Result<RowState, BatchError> {
    let changed = |how: &str| BatchError::Changed {
        input: job.input.clone(),
        results: job.results.clone(),
        what: format!("row {} in line {} {how}", row.number, row.line),
    };
    match results.row(row.number) {
        None => Err(changed("was added")),
        Some(planned) if planned.hash != row.hash => Err(changed("is not what it was")),
        Some(planned) => Ok(planned.state),
    }
}
