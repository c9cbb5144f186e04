//! The slots of a cluster: which primary has which buckets.

use super::address::RedisAddress;
use super::connection::Link;
use super::endpoint::Endpoint;
use super::failure::CommandFailure;
use super::keys::Bucket;
use super::values::{array, number, text};
use futures_util::future::select_ok;
use redis::{Pipeline, Value};
use std::time::Duration;

/// How long a node is waited for.
const NODE: Duration = Duration::from_secs(5);

/// The primary that has each bucket, by the first of these nodes that answers.
pub(super) async fn owners(
    nodes: impl Iterator<Item = Endpoint>,
    address: &RedisAddress,
) -> Result<Vec<Option<Endpoint>>, CommandFailure> {
    let asked = nodes.map(|node| {
        Box::pin(async move {
            let asked = tokio::time::timeout(NODE, ask(&node, address)).await;
            asked.unwrap_or_else(|_| {
                Err(CommandFailure::unavailable(format!("{node} does not answer")))
            })
        })
    });
    let (owners, _) = select_ok(asked).await?;
    Ok(owners)
}

async fn ask(
    node: &Endpoint,
    address: &RedisAddress,
) -> Result<Vec<Option<Endpoint>>, CommandFailure> {
    let mut connection = Link::open(node, address).await?;
    let mut ask = Pipeline::new();
    ask.cmd("CLUSTER").arg("SLOTS");
    for bucket in Bucket::all() {
        // Any key of the bucket would do.
        ask.cmd("CLUSTER").arg("KEYSLOT").arg(bucket.names());
    }
    let mut answers = connection.send(&ask).await?.into_iter();
    let ranges = match answers.next() {
        Some(Value::Array(ranges)) => ranges,
        other => {
            return Err(CommandFailure::unavailable(format!("{node} tells no slots: {other:?}")));
        }
    };
    let ranges: Vec<_> = ranges.into_iter().filter_map(|range| slots_of(range, node)).collect();
    let owner = |slot: u64| ranges.iter().find(|range| range.first <= slot && slot <= range.last);
    Ok(answers.map(|slot| Some(owner(number(slot)?)?.primary.clone())).collect())
}

struct Slots {
    first: u64,
    last: u64,
    primary: Endpoint,
}

/// `[first, last, [host, port, …] of the primary, …]`.
fn slots_of(range: Value, by: &Endpoint) -> Option<Slots> {
    let mut parts = array(range)?.into_iter();
    let (first, last) = (number(parts.next()?)?, number(parts.next()?)?);
    let mut primary = array(parts.next()?)?.into_iter();
    // A node that does not know its own host says nil.
    let host = text(primary.next()?).unwrap_or_default();
    let port = u16::try_from(number(primary.next()?)?).ok()?;
    Some(Slots { first, last, primary: Endpoint::told(&host, port, by) })
}
