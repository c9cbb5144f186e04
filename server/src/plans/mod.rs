//! The plans of halls that the server keeps, by their digests.
//!
//! - [`Plans`] is what listeners ask: parts in (`uploads`), plans out. A plan that has come as a whole
//!   is checked on a thread of its own (`kept_plan`), as it may be large, and becomes durable before
//!   the answer. Requests for the same plan meanwhile wait for that one piece of work (`shared_work`).
//! - [`PlanRegistry`] has the plans in memory. It is filled before events are restored, which name
//!   them.
//! - Plans lie in the ledger's state file, or, where several servers share a store, in that
//!   (`store_plans`).
//! - `drawings` are what pages show, made when they are asked for.
//! - A plan that no event names is forgotten after a day (`forgetting`).

mod drawings;
mod forgetting;
mod kept_plan;
mod plans;
mod registry;
mod shared_work;
mod store_plans;
mod uploads;

pub(crate) use forgetting::run;
pub use kept_plan::KeptPlan;
pub(crate) use plans::PlanAnswer;
pub use plans::Plans;
pub use registry::PlanRegistry;
pub(crate) use store_plans::{batches_of, plan_in_log, plan_of_log};
