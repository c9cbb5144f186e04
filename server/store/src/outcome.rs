//! The outcome of an append, and how it follows from what a log has.

use crate::batch::{Batch, Stored};
use crate::error::StoreError;
use boxoffice_mutants::{self as mutants, Mutant};

/// How far a batch's time may be ahead of the engine's.
pub(crate) const MAX_AHEAD_MS: u64 = 1_000;

/// Batches of a log that are looked at where one was not inserted.
pub(crate) const LOOKED_AT: usize = 100;

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The log has it; now, or since an earlier try.
    Appended,
    /// Another batch is there. These came since the predecessor: apply them and decide again. Where
    /// they are not all, more were behind them.
    Beaten { since: Vec<Batch>, is_all: bool },
    /// The log does not go on from the predecessor: drop the copy and load it again.
    Diverged(Divergence),
    /// The batch's time is too far ahead of the engine's.
    Ahead { now_ms: u64 },
    /// It may have been applied, or be applied later. Send the same batch again; until then nothing
    /// else of the log may be decided.
    Unknown(String),
}

/// Why a log does not go on from a batch's predecessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divergence {
    /// The log ends before the predecessor, as after a failover to an older state.
    Shorter,
    /// Another batch is in the predecessor's place.
    OtherBatch,
    /// The predecessor or what came since was trimmed.
    Trimmed,
}

/// The outcome of a batch that was not inserted, from what the log has.
///
/// `found` has the log's batches from the newest one before `batch.first()` on, in order, and at
/// most [`LOOKED_AT`] of them.
pub(crate) fn explain(
    batch: &Batch,
    found: Vec<Stored>,
    now_ms: u64,
) -> Result<Outcome, StoreError> {
    let is_all = found.len() < LOOKED_AT;
    let at_its_place = found.iter().find(|stored| stored.first == batch.first());
    let is_own = |it: &Stored| it.id == batch.id() && it.checksum == batch.checksum();
    if at_its_place.is_some_and(is_own) && !mutants::on(Mutant::StoreOwnBatchForgotten) {
        return Ok(Outcome::Appended);
    }
    if let Some(divergence) = diverged(batch, &found) {
        return Ok(Outcome::Diverged(divergence));
    }
    let after = found.into_iter().filter(|stored| stored.first >= batch.first());
    let since = after.map(Stored::verified).collect::<Result<Option<Vec<_>>, _>>()?;
    Ok(match since {
        None => Outcome::Diverged(Divergence::Trimmed),
        Some(since) if !since.is_empty() => Outcome::Beaten { since, is_all },
        Some(_) if batch.at_ms() > now_ms + MAX_AHEAD_MS => Outcome::Ahead { now_ms },
        Some(_) => Outcome::Unknown("another append was on its way and is gone".to_owned()),
    })
}

fn diverged(batch: &Batch, found: &[Stored]) -> Option<Divergence> {
    let before = found.iter().rfind(|stored| stored.first < batch.first());
    let goes_on = found.iter().any(|stored| stored.first >= batch.first());
    match (batch.predecessor(), before) {
        (None, _) => {
            let begins = found.first().is_none_or(|stored| stored.first == 1);
            (!begins).then_some(Divergence::Trimmed)
        }
        (Some(id), Some(before)) if before.last + 1 == batch.first() => {
            (before.id != id).then_some(Divergence::OtherBatch)
        }
        (Some(_), Some(before)) if before.last >= batch.first() => Some(Divergence::OtherBatch),
        (Some(_), None) if goes_on => Some(Divergence::Trimmed),
        (Some(_), _) => Some(Divergence::Shorter),
    }
}
