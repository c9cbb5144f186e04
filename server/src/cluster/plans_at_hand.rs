//! The plans that events of a store name. Another server may have put them there, so they are looked for
//! before an event is loaded.

use crate::plans::Plans;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_shared::{plan_of_snapshot, plans_of_batches};
use boxoffice_store::{Read, Snapshot, StoreError};
use std::sync::Arc;

/// A snapshot whose plan is at hand, if there is one.
pub(crate) async fn with_plan(
    plans: &Arc<Plans>,
    snapshot: Result<Option<Snapshot>, StoreError>,
) -> Result<Option<Snapshot>, StoreError> {
    let snapshot = snapshot?;
    bring(plans, snapshot.as_ref().and_then(plan_of_snapshot)).await?;
    Ok(snapshot)
}

/// Batches whose plans are at hand, if there are any.
pub(super) async fn with_plans(
    plans: &Arc<Plans>,
    read: Result<Read, StoreError>,
) -> Result<Read, StoreError> {
    let read = read?;
    if let Read::Batches(batches) | Read::Part(batches) = &read {
        bring(plans, plans_of_batches(batches)).await?;
    }
    Ok(read)
}

/// Of a plan that is not there, the loading tells.
async fn bring(
    plans: &Arc<Plans>,
    named: impl IntoIterator<Item = PlanDigest>,
) -> Result<(), StoreError> {
    for plan in named {
        let unavailable = |why| StoreError::Unavailable(format!("the plan {plan}: {why}"));
        plans.fetch(plan).await.map_err(unavailable)?;
    }
    Ok(())
}
