//! The first passes over the input: compare it with what was promised, and promise what is new.

use super::comparison::{ComparedRow, RowKind, compare};
use super::input::{BadRow, Input, InputRow, RowFingerprint};
use super::job::{BatchError, BatchJob, BatchObserver, Replan};
use super::log::{BatchLog, LogDisk, PromiseState, RowOutcome};
use boxoffice_client::protocol::id::ReservationId;
use std::collections::HashMap;

/// Rows between two yields, which let a Ctrl-C through.
const ROWS_A_TURN: usize = 1_000;

/// What a run does with its input. Every row of [`RowKind::New`] has become a known one.
#[derive(Debug)]
pub(super) struct Plan {
    /// Row `n` is at `n - 1`.
    pub(super) rows: Vec<PlannedRow>,
    /// The indexes of booked promises whose row is not in the input.
    pub(super) gone: Vec<usize>,
}

/// A row with what is done about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedRow {
    content: RowFingerprint,
    /// The promise; none for a row that may be a booked one that was changed.
    pub(super) promise: Option<usize>,
}

/// Returns once the ids of all rows are durable.
pub(super) async fn plan<D: LogDisk>(
    job: &BatchJob,
    log: &mut BatchLog<D>,
    new_id: impl Fn() -> ReservationId,
    observer: &mut impl BatchObserver,
) -> Result<Plan, BatchError> {
    let input = job.open_input()?;
    if let Some(assumed) = input.assumed() {
        observer.assumed(assumed);
    }
    let SeenRows { contents, rows, repeats } = see(job, input).await?;
    let (kinds, gone) = compare(&rows, log.promises());
    if gone.open > 0 {
        let (input, log) = (job.input.clone(), job.log.clone());
        return Err(BatchError::ChangedTooSoon { input, log, rows: gone.open });
    }
    let planned = |(content, kind)| match kind {
        RowKind::Known(index) => PlannedRow { content, promise: Some(index) },
        RowKind::New | RowKind::Differing => PlannedRow { content, promise: None },
    };
    let seen = contents.into_iter().zip(kinds.iter().copied());
    let mut plan = Plan { rows: seen.map(planned).collect(), gone: gone.booked };

    let mut input = job.open_input()?;
    for index in 0..plan.rows.len() {
        take_turns(index).await;
        let mut row = plan.next_row(job, &mut input, index)?;
        let hash = rows[index].hash;
        let written = match kinds[index] {
            RowKind::Differing => Ok(()),
            RowKind::Known(promise) => {
                let stale = PromiseState::Ended(RowOutcome::Stale);
                if job.replan == Replan::Stale && log.promises()[promise].state == stale {
                    log.plan(promise as u64 + 1, &row, hash, Some(new_id()))
                } else {
                    Ok(())
                }
            }
            RowKind::New => {
                row.request = row.request.and_then(|request| match repeats.get(&index) {
                    None => Ok(request),
                    Some(earlier) => Err(earlier.clone()),
                });
                let id = match &row.request {
                    Ok(request) => Some(request.id.unwrap_or_else(&new_id)),
                    Err(bad) => {
                        observer.bad_row(row.line, bad);
                        None
                    }
                };
                let promise = log.promises().len();
                plan.rows[index].promise = Some(promise);
                log.plan(promise as u64 + 1, &row, hash, id)
            }
        };
        written.map_err(|error| job.not_written(error))?;
    }
    log.complete_plan().map_err(|error| job.not_written(error))?;
    Ok(plan)
}

impl Plan {
    /// The row at this index, which must be what it was when it was planned.
    pub(super) fn next_row(
        &self,
        job: &BatchJob,
        input: &mut Input,
        index: usize,
    ) -> Result<InputRow, BatchError> {
        let row = job.next_row(input)?;
        let line = row.as_ref().map_or(0, |row| row.line);
        let changed = || BatchError::ChangedMeanwhile { input: job.input.clone(), line };
        row.filter(|row| row.identity.content == self.rows[index].content).ok_or_else(changed)
    }
}

async fn take_turns(row: usize) {
    if row.is_multiple_of(ROWS_A_TURN) {
        tokio::task::yield_now().await;
    }
}

/// All rows of an input.
#[derive(Default)]
struct SeenRows {
    contents: Vec<RowFingerprint>,
    rows: Vec<ComparedRow>,
    /// Rows with the name of an earlier one. Two rows with one id would share one reservation.
    repeats: HashMap<usize, BadRow>,
}

async fn see(job: &BatchJob, mut input: Input) -> Result<SeenRows, BatchError> {
    let mut seen = SeenRows::default();
    let mut copies: HashMap<RowFingerprint, u32> = HashMap::new();
    let mut named: HashMap<RowFingerprint, u64> = HashMap::new();
    while let Some(InputRow { number, identity, .. }) = job.next_row(&mut input)? {
        let index = seen.rows.len();
        take_turns(index).await;
        let copy = copies.entry(identity.content).or_default();
        let hash = identity.content.nth(*copy);
        *copy += 1;
        if let Some(columns) = identity.named_by.unique() {
            let first = *named.entry(identity.group).or_insert(number);
            if first != number {
                let why = format!("row {first} has the same {columns}; each row needs its own");
                let column = columns.split(' ').next().unwrap_or(columns);
                seen.repeats.insert(index, BadRow::new(column, why));
            }
        }
        seen.contents.push(identity.content);
        let (group, named_by) = (identity.group, identity.named_by);
        seen.rows.push(ComparedRow { hash, group, named_by });
    }
    Ok(seen)
}
