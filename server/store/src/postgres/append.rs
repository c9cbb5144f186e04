//! The conditional append of many batches by one statement, and why some were not inserted.

use super::connection::Connection;
use super::failure::Failure;
use super::rows::{column, stored_from, unsigned};
use crate::append_queue::Answer;
use crate::batch::Batch;
use crate::error::StoreError;
use crate::outcome::{LOOKED_AT, MAX_AHEAD_MS, Outcome, explain};
use std::collections::HashSet;
use tokio_postgres::Row;

/// Numbers of a batch as the database has them.
///
/// # Errors
/// A version or the time is beyond what the database can keep.
pub(super) fn check(batch: &Batch) -> Result<(), StoreError> {
    let largest = batch.last().max(batch.at_ms());
    super::rows::signed(largest).map(drop)
}

/// What became of batches, and the failure, if any, of a statement that looked at some of them.
pub(super) type Answers = (Vec<Answer>, Option<Failure>);

/// Appends batches of different logs, which [`check`] has let pass. An error is that of all.
pub(super) async fn append(
    connection: &mut Connection,
    batches: &[&Batch],
) -> Result<Answers, Failure> {
    let inserted = insert(connection, batches).await?;
    let mut answers: Vec<Option<Answer>> = Vec::with_capacity(batches.len());
    let mut missed = Vec::new();
    for batch in batches {
        let is_inserted = inserted.contains(batch.log().as_str());
        answers.push(is_inserted.then_some(Ok(Outcome::Appended)));
        if !is_inserted {
            missed.push(*batch);
        }
    }
    let (mut explained, mut failure) = explanations(connection, &missed).await;
    if failure.is_none() {
        failure = confirm(connection, &missed, &mut explained).await;
    }
    let mut explained = explained.into_iter();
    let unexplained = || Err(StoreError::Refused("the database told of too few logs".to_owned()));
    let answer =
        |answer: Option<Answer>| answer.or_else(|| explained.next()).unwrap_or_else(unexplained);
    Ok((answers.into_iter().map(answer).collect(), failure))
}

/// The logs that got their batch.
async fn insert(
    connection: &mut Connection,
    batches: &[&Batch],
) -> Result<HashSet<String>, Failure> {
    let logs: Vec<_> = batches.iter().map(|batch| batch.log().as_str()).collect();
    let ids: Vec<_> = batches.iter().map(|batch| batch.id().0.to_vec()).collect();
    let predecessor = |batch: &&Batch| batch.predecessor().map(|id| id.0.to_vec());
    let predecessors: Vec<_> = batches.iter().map(predecessor).collect();
    let bodies: Vec<_> = batches.iter().map(|batch| batch.body()).collect();
    let numbers = |of: fn(&Batch) -> u64| -> Vec<i64> {
        batches.iter().map(|batch| of(batch).cast_signed()).collect()
    };
    let (firsts, lasts, times) =
        (numbers(Batch::first), numbers(Batch::last), numbers(Batch::at_ms));
    let (checksums, ahead) = (numbers(Batch::checksum), MAX_AHEAD_MS.cast_signed());
    let rows = connection
        .ask(
            include_str!("append.sql"),
            &[&logs, &firsts, &lasts, &ids, &predecessors, &times, &bodies, &checksums, &ahead],
        )
        .await?;
    logs_of(&rows)
}

/// The logs that a statement wrote to.
fn logs_of(rows: &[Row]) -> Result<HashSet<String>, Failure> {
    let logs = rows.iter().map(|row| column(row, 0)).collect::<Result<_, _>>();
    // The statement was committed; only its answer cannot be read.
    logs.map_err(|error| Failure::unknown(error.to_string()))
}

/// Lets batches that were there already wait for a commit of our own, as an append does. A standby
/// may not have them: the commit that inserted them may have been cut while it waited for one.
/// Returns the failure that left them unknown.
async fn confirm(
    connection: &mut Connection,
    missed: &[&Batch],
    explained: &mut [Answer],
) -> Option<Failure> {
    let there = |(batch, answer): (&&Batch, &Answer)| {
        let is_there = matches!(answer, Ok(Outcome::Appended));
        is_there.then(|| (batch.log().as_str().to_owned(), batch.first().cast_signed()))
    };
    let there = missed.iter().zip(&*explained).filter_map(there);
    let (logs, firsts): (Vec<_>, Vec<_>) = there.unzip();
    if logs.is_empty() {
        return None;
    }
    let asked = connection.ask(include_str!("confirm.sql"), &[&logs, &firsts]).await;
    let (written, failure) = match asked.and_then(|rows| logs_of(&rows)) {
        Ok(written) => (written, None),
        Err(failure) => (HashSet::new(), Some(failure)),
    };
    let untold = "it was there, and was gone when it was written again";
    let why = failure.as_ref().map_or(untold, |failure| &failure.why);
    for (batch, answer) in missed.iter().zip(explained) {
        let is_there = matches!(answer, Ok(Outcome::Appended));
        if is_there && !written.contains(batch.log().as_str()) {
            *answer = Ok(Outcome::Unknown(why.to_owned()));
        }
    }
    failure
}

/// Why batches were not inserted, from what their logs have.
async fn explanations(connection: &mut Connection, missed: &[&Batch]) -> Answers {
    if missed.is_empty() {
        return (Vec::new(), None);
    }
    let logs: Vec<_> = missed.iter().map(|batch| batch.log().as_str()).collect();
    let firsts: Vec<_> = missed.iter().map(|batch| batch.first().cast_signed()).collect();
    let limit = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let rows = match connection.ask(include_str!("look.sql"), &[&logs, &firsts, &limit]).await {
        Ok(rows) => rows,
        // The batches may be on their way by another connection still, so that no look is no
        // proof that nothing was applied.
        Err(failure) => {
            let unknown = |_| Ok(Outcome::Unknown(failure.why.clone()));
            return (missed.iter().map(unknown).collect(), Some(failure));
        }
    };
    let explanation = |(batch, place): (&&Batch, i64)| {
        let mut now = 0;
        let mut found = Vec::new();
        for row in &rows {
            if column::<i64>(row, 0)? != place {
                continue;
            }
            now = unsigned(column(row, 1)?);
            if column::<Option<&str>>(row, 2)?.is_some() {
                found.push(stored_from(row, 2)?);
            }
        }
        explain(batch, found, now)
    };
    (missed.iter().zip(1..).map(explanation).collect(), None)
}
