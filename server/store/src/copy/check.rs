//! Compares source and target.

use super::bounds::{BATCHES, PAGE};
use super::error::CopyError;
use super::mark;
use super::source::CopySource;
use crate::batch::Batch;
use crate::log_id::LogId;
use crate::store::{Read, Store};

/// Checks that the target has the same logs, the same batches from its own beginning on, and the
/// same snapshots.
pub(super) async fn check(
    from: &(impl CopySource + ?Sized),
    to: &dyn Store,
) -> Result<(), CopyError> {
    let (logs, copied) = (names(from).await, names(to).await);
    let (logs, copied) = (logs.map_err(CopyError::Source)?, copied.map_err(CopyError::Target)?);
    if let Some(extra) = copied.iter().find(|log| logs.binary_search(log).is_err()) {
        return Err(CopyError::Differs(extra.clone()));
    }
    for log in logs {
        check_log(from, to, &log).await?;
    }
    Ok(())
}

/// All names in order, but that of the mark.
async fn names(store: &(impl CopySource + ?Sized)) -> Result<Vec<LogId>, crate::error::StoreError> {
    let mut names: Vec<LogId> = Vec::new();
    loop {
        let page = store.logs(names.last().cloned(), PAGE).await?;
        if page.is_empty() {
            names.retain(|log| *log != mark::name());
            return Ok(names);
        }
        names.extend(page);
    }
}

async fn check_log(
    from: &(impl CopySource + ?Sized),
    to: &dyn Store,
    log: &LogId,
) -> Result<(), CopyError> {
    let differs = || CopyError::Differs(log.clone());
    let (source, target) = (from.snapshot(log).await, to.snapshot(log).await);
    let source = source.map_err(CopyError::Source)?;
    if source != target.map_err(CopyError::Target)? {
        return Err(differs());
    }
    let snapshot = source.map_or(0, |snapshot| snapshot.end.version);
    let mut after = 0;
    let mut end = None;
    loop {
        let copied = match to.read(log, after, BATCHES).await.map_err(CopyError::Target)? {
            Read::Batches(batches) | Read::Part(batches) => batches,
            // It begins behind its snapshot, or with the snapshot's own batch.
            Read::Trimmed if after < snapshot => {
                after = if after + 1 < snapshot { snapshot - 1 } else { snapshot };
                continue;
            }
            Read::Trimmed => return Err(differs()),
        };
        let Some(last) = copied.last() else { break };
        let limit = copied.len();
        let read = from.read(log, after, limit).await.map_err(CopyError::Source)?;
        let (Read::Batches(batches) | Read::Part(batches)) = read else { return Err(differs()) };
        if batches != copied {
            return Err(differs());
        }
        (after, end) = (last.last(), copied.last().map(Batch::end));
    }
    let ends = from.ends(vec![log.clone()]).await.map_err(CopyError::Source)?;
    match ends.into_iter().next().flatten() {
        Some(source) if Some(source) == end => Ok(()),
        _ => Err(CopyError::Growing(log.clone())),
    }
}
