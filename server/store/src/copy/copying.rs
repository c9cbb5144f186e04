//! Copies log by log.

use super::bounds::{BATCHES, PAGE};
use super::check::check;
use super::error::CopyError;
use super::mark;
use super::settled::{expect_appended, settled};
use super::source::CopySource;
use crate::batch::Batch;
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::store::{Read, Store};

/// What was copied, without what an earlier try had copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyFigures {
    pub logs: u64,
    pub batches: u64,
    pub snapshots: u64,
    /// Of bodies.
    pub bytes: u64,
}

/// Copies everything of a store to an empty one, and compares both. A copy that was killed goes on
/// where it was. The servers of both have to be stopped: a source that grows is refused.
///
/// `source` names the source, so that a copy does not go on with that of another one; it is kept in
/// the target, so it has no password. `random` has 127 random bits, drawn for this alone. `progress`
/// is told again and again.
///
/// # Errors
/// [`CopyError`] says what to do.
pub async fn copy(
    from: &(impl CopySource + ?Sized),
    to: &dyn Store,
    source: &str,
    random: u128,
    progress: &mut (dyn FnMut(&CopyFigures) + Send),
) -> Result<CopyFigures, CopyError> {
    let begun = mark::begin(to, source, random).await?;
    let mut figures = CopyFigures::default();
    let mut after = None;
    loop {
        let logs = from.logs(after, PAGE).await.map_err(CopyError::Source)?;
        let Some(last) = logs.last() else { break };
        after = Some(last.clone());
        // That of a copy that the source itself came from.
        for log in logs.iter().filter(|log| **log != mark::name()) {
            copy_log(from, to, log, &mut figures, progress).await?;
            figures.logs += 1;
            progress(&figures);
        }
    }
    check(from, to).await?;
    mark::finish(to, begun, random ^ 1).await?;
    Ok(figures)
}

async fn copy_log(
    from: &(impl CopySource + ?Sized),
    to: &dyn Store,
    log: &LogId,
    figures: &mut CopyFigures,
    progress: &mut (dyn FnMut(&CopyFigures) + Send),
) -> Result<(), CopyError> {
    let ends = to.ends(vec![log.clone()]).await.map_err(CopyError::Target)?;
    let mut copied = ends.into_iter().next().flatten().map(|end| end.version);
    let snapshot = from.snapshot(log).await.map_err(CopyError::Source)?;
    loop {
        let after = copied.unwrap_or_default();
        let read = from.read(log, after, BATCHES).await.map_err(CopyError::Source)?;
        let (batches, is_all) = match read {
            Read::Batches(batches) => (batches, true),
            Read::Part(batches) => (batches, false),
            Read::Trimmed => {
                let Some(snapshot) = snapshot.as_ref().filter(|_| copied.is_none()) else {
                    return Err(CopyError::Trimmed(log.clone()));
                };
                (behind(from, log, snapshot.end.version).await?, false)
            }
        };
        if copied.is_none()
            && let Some(first) = batches.first()
        {
            begin(to, first).await?;
        }
        append(to, &batches).await?;
        figures.batches += batches.len() as u64;
        figures.bytes += batches.iter().map(|batch| batch.body().len() as u64).sum::<u64>();
        copied = batches.last().map(Batch::last).or(copied);
        if is_all {
            break;
        }
        progress(figures);
    }
    if let Some(snapshot) = snapshot {
        figures.bytes += snapshot.body.len() as u64;
        figures.snapshots += 1;
        to.put_snapshot(snapshot).await.map_err(CopyError::Target)?;
    }
    Ok(())
}

/// The first batches of a trimmed log that its snapshot does not cover, or the newest one, which
/// stays.
async fn behind(
    from: &(impl CopySource + ?Sized),
    log: &LogId,
    version: u64,
) -> Result<Vec<Batch>, CopyError> {
    for after in [version, version.saturating_sub(1)] {
        match from.read(log, after, 1).await.map_err(CopyError::Source)? {
            Read::Batches(batches) | Read::Part(batches) if !batches.is_empty() => {
                return Ok(batches);
            }
            _ => {}
        }
    }
    Err(CopyError::Trimmed(log.clone()))
}

async fn begin(to: &dyn Store, first: &Batch) -> Result<(), CopyError> {
    match to.begin(first.clone()).await.map_err(CopyError::Target)? {
        // The append of the same batch settles it.
        Outcome::Unknown(_) => Ok(()),
        outcome => expect_appended(first, outcome),
    }
}

/// Appends batches of one log: all are sent, and the unsettled ones sent again in their order.
async fn append(to: &dyn Store, batches: &[Batch]) -> Result<(), CopyError> {
    let mut is_settled = true;
    for (batch, answer) in batches.iter().zip(to.append(batches.to_vec())) {
        match answer.await {
            Ok(outcome) if is_settled && !matches!(outcome, Outcome::Unknown(_)) => {
                expect_appended(batch, outcome)?;
            }
            // What came behind one that is not there could not be appended.
            _ => {
                is_settled = false;
                expect_appended(batch, settled(to, batch).await?)?;
            }
        }
    }
    Ok(())
}
