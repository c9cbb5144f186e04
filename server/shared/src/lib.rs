//! An event that many servers decide over one shared store: the shared way to be durable.
//!
//! Every server has a copy of the event. While no append of the event is on its way, all waiting
//! requests are decided in order on the copy, and their changes are appended to the event's log as
//! one batch; then they are answered. The store takes a batch only if the log ends where the copy
//! does, so of two servers that decide at once one is beaten: it goes on with what the other
//! appended, and decides the same requests again.
//!
//! - [`EventActor`] is the state machine, in `actor`; the engine's answers are in `engine_answers`.
//! - `copy` is the event at one of its log's batches, `draft` what was decided on it, `decide` one
//!   decision, `changes` the bytes of a batch.
//! - `loading` makes a copy of a snapshot, whose bytes are in `snapshot_body`; `snapshots` takes one,
//!   beside the actor.
//! - `requests` has those that wait and their order, `unshown` what nothing outside has seen yet.
//!
//! # Invariants
//! - The crate reads no clock, draws no random number, and has no task, lock or I/O.
//! - An unknown outcome is settled by the same bytes, sent again. Nothing else of the event is
//!   decided meanwhile.
//! - No answer rests on a copy that was not compared with the log's end after its request came.

mod actor;
mod batch_ids;
mod changes;
mod copy;
mod decide;
mod draft;
mod engine_answers;
mod engine_clock;
mod loading;
mod poke;
mod records;
mod request;
mod requests;
mod snapshot_body;
mod snapshots;
mod store_call;
#[cfg(test)]
mod trials;
mod unshown;

pub use actor::EventActor;
pub use batch_ids::BatchIds;
pub use changes::{UnreadableBatch, decode_changes, plans_of_batches};
pub use copy::Misfit;
pub use engine_clock::{EngineClock, EngineTime};
pub use loading::{LoadedCopy, SnapshotLoader};
pub use request::{Decided, EventRequest, NotApplied, Verdict, Wish};
pub use snapshot_body::{UnusableSnapshot, decode_summary, plan_of_snapshot};
pub use snapshots::{READ_LIMIT, SNAPSHOT_AFTER, SnapshotTaken, take_snapshot};
pub use store_call::{Shown, StoreCall};
