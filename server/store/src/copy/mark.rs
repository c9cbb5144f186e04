//! The log of a target that says which copy it is of, and whether that is finished.

use super::error::CopyError;
use super::settled::{expect_appended, settled};
use crate::batch::{Batch, BatchId, End};
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::store::{Read, Store};

/// Its name, which is behind those of letters.
const NAME: &str = "~copy";

/// The body of the batch that finishes a copy.
const FINISHED: &[u8] = b"finished";

pub(super) fn name() -> LogId {
    LogId::parse(NAME).expect("a name")
}

/// Whether a copy to this store was begun and not finished: then it lacks what the source has.
///
/// # Errors
/// As of the store.
pub async fn is_unfinished(store: &dyn Store) -> Result<bool, StoreError> {
    let (Read::Batches(mark) | Read::Part(mark)) = store.read(&name(), 0, 2).await? else {
        return Ok(false);
    };
    Ok(mark.len() == 1)
}

/// Begins a copy of this source in an empty target, or goes on with one that was begun. Returns
/// where its log ends.
pub(super) async fn begin(to: &dyn Store, source: &str, id: u128) -> Result<End, CopyError> {
    if let Some(begun) = begun(to, source).await? {
        return Ok(begun);
    }
    let first = to.logs(None, 1).await.map_err(CopyError::Target)?.into_iter().next();
    if let Some(log) = first {
        // What a killed copy had sent may have arrived since the first look.
        return begun(to, source).await?.ok_or(CopyError::NotEmpty(log));
    }
    let batch = made(to, None, id, source.as_bytes()).await?;
    match append(to, &batch).await {
        // The mark of a copy that was killed may have been on its way.
        Err(CopyError::Contended) => begun(to, source).await?.ok_or(CopyError::Contended),
        appended => appended.map(|()| batch.end()),
    }
}

/// Where the mark of this copy ends, if it was begun and not finished.
async fn begun(to: &dyn Store, source: &str) -> Result<Option<End>, CopyError> {
    let read = to.read(&name(), 0, 2).await.map_err(CopyError::Target)?;
    let (Read::Batches(batches) | Read::Part(batches)) = read else {
        return Err(CopyError::NotEmpty(name()));
    };
    match &batches[..] {
        [] => Ok(None),
        [only] if only.body() == source.as_bytes() => Ok(Some(only.end())),
        [other] => {
            let other = String::from_utf8_lossy(other.body());
            Err(CopyError::OtherSource(other.into_owned()))
        }
        [first, ..] if first.body() == source.as_bytes() => Err(CopyError::Finished),
        _ => Err(CopyError::NotEmpty(name())),
    }
}

/// Says that the copy is finished.
pub(super) async fn finish(to: &dyn Store, begun: End, id: u128) -> Result<(), CopyError> {
    let batch = made(to, Some(begun), id, FINISHED).await?;
    append(to, &batch).await
}

async fn made(to: &dyn Store, end: Option<End>, id: u128, body: &[u8]) -> Result<Batch, CopyError> {
    let now = to.now().await.map_err(CopyError::Target)?;
    Ok(Batch::new(name(), end, BatchId(id.to_be_bytes()), 1, now, body))
}

async fn append(to: &dyn Store, batch: &Batch) -> Result<(), CopyError> {
    match settled(to, batch).await? {
        Outcome::Beaten { .. } | Outcome::Diverged(_) => Err(CopyError::Contended),
        outcome => expect_appended(batch, outcome),
    }
}
