//! Workloads: which requests a run sends, in which order. A workload is pure: the time and every
//! outcome are arguments, and chance comes from a seeded generator. Each thread has its own part
//! and shares nothing with the others.
//!
//! - `workload` is the trait, `sent_request` are the requests that pass through it.
//! - `mix` lists all workloads and runs several by weight.
//! - `venue` is an event of the run, `request_maker` makes ids, customers and requests.

mod holds;
mod mix;
mod reads;
mod request_maker;
mod rush;
mod seats;
mod sent_request;
mod standing;
#[cfg(test)]
mod tests;
mod turnover;
mod venue;
mod workload;

pub(crate) use mix::WorkloadOptions;
pub use mix::{Mix, WORKLOADS, WorkloadDescription};
pub(crate) use request_maker::{RequestMaker, RunIds};
pub(crate) use sent_request::{NextRequest, SentRequest, StepOutcome, WorkloadStep};
pub(crate) use venue::Venue;
pub use venue::VenueSize;
pub(crate) use workload::Workload;
