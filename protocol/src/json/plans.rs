//! Plans that a server keeps.

use crate::id::PlanDigest;
use crate::reply::Effect;
use serde::Serialize;

/// The outcome of putting a plan.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PlanSaved))]
pub struct PlanSavedRecord {
    digest: PlanDigest,
    /// False if the server kept it already.
    changed: bool,
}

impl PlanSavedRecord {
    pub fn new(digest: PlanDigest, effect: Effect) -> Self {
        Self { digest, changed: effect == Effect::Applied }
    }
}
