//! The first reading of the input: plan every row, or see that it is what was planned.

use super::disk::Disk;
use super::input::{Input, Row};
use super::results::{Results, State};
use super::row::{BadRow, Wish};
use super::{BatchError, Job, Observer, Replan};
use boxoffice_client::protocol::id::ReservationId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// So many rows are read before others, a Ctrl-C among them, have their turn.
const ROWS_A_TURN: u64 = 1_000;

/// Returns once every row has its id for ever, and that is durable.
pub(super) async fn plan<D: Disk>(
    job: &Job,
    results: &mut Results<D>,
    new_id: impl Fn() -> ReservationId,
    observer: &mut impl Observer,
) -> Result<(), BatchError> {
    let input = job.open_input()?;
    if results.is_ready() {
        verify(job, input, results, new_id).await?;
    } else {
        plan_all(job, input, results, new_id, observer).await?;
    }
    results.complete_plan().map_err(|error| job.not_written(error))
}

async fn plan_all<D: Disk>(
    job: &Job,
    mut input: Input,
    results: &mut Results<D>,
    new_id: impl Fn() -> ReservationId,
    observer: &mut impl Observer,
) -> Result<(), BatchError> {
    let mut chosen = HashMap::new();
    while let Some(mut row) = job.next_row(&mut input)? {
        let number = row.number;
        take_turns(number).await;
        row.wish = row.wish.and_then(|wish| only_once(wish, number, &mut chosen));
        let id = match &row.wish {
            Ok(wish) => Some(wish.id.unwrap_or_else(&new_id)),
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

/// Two rows with one id would be one reservation, and both would call it theirs.
fn only_once(
    wish: Wish,
    number: u64,
    chosen: &mut HashMap<ReservationId, u64>,
) -> Result<Wish, BadRow> {
    let Some(id) = wish.id else { return Ok(wish) };
    match chosen.entry(id) {
        Entry::Vacant(entry) => {
            entry.insert(number);
            Ok(wish)
        }
        Entry::Occupied(earlier) => {
            let why = format!("row {} has the same id; each row needs its own", earlier.get());
            Err(BadRow::new("id", why))
        }
    }
}

async fn verify<D: Disk>(
    job: &Job,
    mut input: Input,
    results: &mut Results<D>,
    new_id: impl Fn() -> ReservationId,
) -> Result<(), BatchError> {
    let (mut rows, mut stale) = (0, Vec::new());
    while let Some(row) = job.next_row(&mut input)? {
        rows = row.number;
        take_turns(rows).await;
        match state(job, &row, results)? {
            State::Stale if job.replan == Replan::Stale => stale.push(row),
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
    // Only now that the whole input is known to be the planned one.
    for row in stale {
        results.plan(&row, Some(new_id())).map_err(|error| job.not_written(error))?;
    }
    Ok(())
}

/// How far `row` is, if it is what was planned.
pub(super) fn state<D: Disk>(
    job: &Job,
    row: &Row,
    results: &Results<D>,
) -> Result<State, BatchError> {
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
