//! Names of logs in order, and their summaries. Each bucket has the names of its logs.

use super::entry::strange;
use super::failure::CommandFailure;
use super::keys::{self, Bucket};
use super::node::Request;
use super::router::Router;
use super::values::{array, bytes, number, text};
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::snapshot::Summary;
use redis::{Value, cmd};

/// Names that a bucket is asked for, beyond its part of those that are wanted.
const MORE: usize = 8;

/// Names of logs behind this one, at most `limit`, in their order.
pub(super) async fn names(
    router: &Router,
    after: Option<&LogId>,
    limit: usize,
) -> Result<Vec<LogId>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let buckets = Bucket::all().count();
    let part = (limit / buckets).saturating_mul(2).saturating_add(MORE);
    let behind = after.map_or_else(|| "-".to_owned(), |log| format!("({log}"));
    let asked = Bucket::all().map(|bucket| {
        let mut command = cmd("ZRANGE");
        command.arg(bucket.names()).arg(&behind).arg("+").arg("BYLEX");
        Request::to_read(bucket, command.arg("LIMIT").arg(0).arg(part).to_owned())
    });
    let (mut found, mut known_up_to) = (Vec::new(), None::<LogId>);
    for told in router.ask_all(asked.collect()).await {
        let names = array(told?).ok_or_else(strange)?;
        let names = names.into_iter().map(|name| LogId::parse(&text(name)?).ok());
        let mut names = names.collect::<Option<Vec<_>>>().ok_or_else(strange)?;
        if let Some(last) = names.last().filter(|_| names.len() == part) {
            // This bucket may have more names behind it.
            let is_nearer = known_up_to.as_ref().is_none_or(|known| last < known);
            known_up_to = if is_nearer { Some(last.clone()) } else { known_up_to };
        }
        found.append(&mut names);
    }
    found.sort_unstable();
    if let Some(known_up_to) = known_up_to {
        found.retain(|name| *name <= known_up_to);
    }
    found.truncate(limit);
    Ok(found)
}

/// Summaries of logs behind this name that have one, at most `limit`.
pub(super) async fn summaries(
    router: &Router,
    mut after: Option<LogId>,
    limit: usize,
) -> Result<Vec<Summary>, StoreError> {
    let mut found = Vec::new();
    while found.len() < limit {
        let names = names(router, after.as_ref(), limit - found.len()).await?;
        let Some(last) = names.last() else { break };
        after = Some(last.clone());
        let asked = names.iter().map(|log| {
            let mut command = cmd("HMGET");
            command.arg(keys::snapshot(log)).arg("version").arg("summary");
            Request::to_read(Bucket::of(log), command)
        });
        let told = router.ask_all(asked.collect()).await;
        for (log, told) in names.into_iter().zip(told) {
            found.extend(summary(log, told)?);
        }
    }
    Ok(found)
}

fn summary(log: LogId, told: Result<Value, CommandFailure>) -> Result<Option<Summary>, StoreError> {
    let parts = array(told?).and_then(|parts| <[Value; 2]>::try_from(parts).ok());
    match parts.ok_or_else(strange)? {
        [Value::Nil, _] => Ok(None),
        [version, summary] => {
            let version = number(version).ok_or_else(strange)?;
            let bytes = bytes(summary).ok_or_else(strange)?;
            Ok(Some(Summary { log, version, bytes }))
        }
    }
}
