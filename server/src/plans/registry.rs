//! The plans in memory.

use super::kept_plan::KeptPlan;
use crate::ledger::rows::PlanRow;
use boxoffice_plan::{Hall, Halls};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::time::Timestamp;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

/// How long a plan that no event names is kept.
pub(super) const UNUSED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Plans of one server, and the memory that they may take.
const MAX_PLANS: usize = 10_000;
const MAX_WEIGHT: u64 = 512 << 20;

/// All plans that this server has in memory.
///
/// An event uses a plan by holding its hall: a plan is unused when the registry alone holds it.
#[derive(Debug, Default)]
pub struct PlanRegistry(RwLock<Registered>);

#[derive(Debug, Default)]
struct Registered {
    plans: HashMap<PlanDigest, RegisteredPlan>,
    weight: u64,
}

#[derive(Debug)]
struct RegisteredPlan {
    kept: Arc<KeptPlan>,
    /// When it came, or was seen in use last.
    used_at: Timestamp,
}

impl RegisteredPlan {
    fn is_used(&self) -> bool {
        Arc::strong_count(&self.kept.plan) > 1
    }
}

impl PlanRegistry {
    /// The hall of a plan. The plan is in use while that is held.
    pub fn find(&self, digest: &PlanDigest) -> Option<Hall> {
        let registered = self.0.read();
        let found = registered.plans.get(digest);
        found.map(|registered| Hall::planned(Arc::clone(&registered.kept.plan)))
    }

    /// A plan with its canonical form.
    pub fn kept(&self, digest: &PlanDigest) -> Option<Arc<KeptPlan>> {
        self.0.read().plans.get(digest).map(|registered| Arc::clone(&registered.kept))
    }

    pub(crate) fn all(&self) -> Vec<Arc<KeptPlan>> {
        self.0.read().plans.values().map(|registered| Arc::clone(&registered.kept)).collect()
    }

    /// The number of plans.
    pub fn count(&self) -> usize {
        self.0.read().plans.len()
    }

    /// Takes a plan. One that is there stays as it is.
    pub fn add(&self, kept: Arc<KeptPlan>, at: Timestamp) {
        let (mut registered, weight) = (self.0.write(), kept.weight());
        if let Entry::Vacant(place) = registered.plans.entry(kept.digest) {
            place.insert(RegisteredPlan { kept, used_at: at });
            registered.weight += weight;
        }
    }

    /// Takes a plan of the rows.
    ///
    /// # Errors
    /// Why it is none.
    pub fn restore(&self, row: PlanRow) -> Result<(), String> {
        let kept = KeptPlan::read(row.digest, row.canonical).map_err(|why| why.to_string())?;
        self.add(Arc::new(kept), row.at);
        Ok(())
    }

    /// Whether there is room for another plan.
    pub(super) fn has_room_for(&self, kept: &KeptPlan) -> Result<(), UnavailableWhy> {
        let registered = self.0.read();
        let fits = registered.weight + kept.weight() <= MAX_WEIGHT;
        let is_known = registered.plans.contains_key(&kept.digest);
        match is_known || fits && registered.plans.len() < MAX_PLANS {
            true => Ok(()),
            false => Err(UnavailableWhy::TooMany),
        }
    }

    /// Keeps a plan for another day. Says whether it is there.
    pub(super) fn keep_on(&self, digest: &PlanDigest, now: Timestamp) -> bool {
        let mut registered = self.0.write();
        let found = registered.plans.get_mut(digest);
        found.map(|plan| plan.used_at = plan.used_at.max(now)).is_some()
    }

    /// Begins a day for all plans.
    pub(super) fn keep_all_on(&self, now: Timestamp) {
        for plan in self.0.write().plans.values_mut() {
            plan.used_at = plan.used_at.max(now);
        }
    }

    /// Notes which plans are in use, and gives those that have not been for a day.
    pub(super) fn unused(&self, now: Timestamp) -> Vec<PlanDigest> {
        let mut unused = Vec::new();
        for (digest, plan) in &mut self.0.write().plans {
            if plan.is_used() {
                plan.used_at = now;
            } else if now.since(plan.used_at) >= UNUSED_FOR {
                unused.push(*digest);
            }
        }
        unused
    }

    /// Forgets a plan that is still unused. From then on no event can name it.
    pub(super) fn remove_unused(&self, digest: &PlanDigest, now: Timestamp) -> bool {
        let mut registered = self.0.write();
        let is_unused =
            |plan: &RegisteredPlan| !plan.is_used() && now.since(plan.used_at) >= UNUSED_FOR;
        if !registered.plans.get(digest).is_some_and(is_unused) {
            return false;
        }
        let removed = registered.plans.remove(digest);
        registered.weight -= removed.map_or(0, |plan| plan.kept.weight());
        true
    }
}

impl Halls for PlanRegistry {
    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        plan.map_or_else(|| Some(Hall::default()), |plan| self.find(plan))
    }
}
