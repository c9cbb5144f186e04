//! One event's state: its places, the reservations that have them, and until when.
//!
//! *Architecture Invariant:* this crate is pure. It names no runtime, clock, lock or file; time is
//! an argument.
//!
//! - [`answer`] takes a command to its reply: it expires due holds first, makes the change, renders
//!   the reservation. Every way to be durable goes through it.
//! - [`Inventory::decide`] is read-only and says which change a command comes to, if any. Commands
//!   about one reservation are in `decide`, new reservations in `new_reservation`, the choice of
//!   their seats in `best` and `scatter`, commands about the event itself in `update`,
//!   and what an update changes in `changed_terms`; transfers are in `transfer`, orders in `order`.
//! - `sales` says when new reservations are taken, by the `sales_window` and the operator.
//! - [`Inventory::apply`] makes a change, [`Inventory::revert`] takes it back, both in `apply`.
//! - `render` makes the views of an event, `search` pages of its reservations, `secrets` the keys of its hashes, `restore` an inventory of saved rows, `gone` one of a
//!   tombstone, and `compare` says where two inventories differ. `used_ids` has the ids of deleted events that had its slug.
//!
//! Below that are two halves that do not name each other: the `book` has the reservations
//! (`record` with its `allotment`, found by `ids`, by `customers`, whose `index` grows a little at a
//! time, and in `creation_order`; `deadlines` has the held ones, `forgetting` the ended ones, of which
//! `endings` has the rules and `ended_lately` those that can be revived; `particulars` has what few
//! reservations have besides), the
//! `sections` have the places (`grid`, whose `rows` are bits with `breaks` between them and without `special_seats`, found by
//! `row_tree`, `run_counts` and `rows_by_free`; `best` ones are `adjacent`, which `filling` judges by
//! what they leave, or `scatter`ed); which ones there are, and what they are called, the
//! `hall` says (`lettered_hall` where it has no plan, `seat_labels` for what people write). A change that gives places to a reservation is made in both, and
//! [`Inventory::invariants`] checks that they agree.

mod adjacent;
mod allotment;
mod answer;
mod apply;
mod best;
mod book;
mod breaks;
mod changed_terms;
mod command;
mod compare;
mod creation_order;
mod customers;
mod deadlines;
mod decide;
mod decision;
mod ended_lately;
mod endings;
mod exchange;
mod filling;
mod forgetting;
mod gone;
mod grid;
mod hall;
mod hashing;
mod ids;
mod index;
mod invariants;
mod inventory;
mod late;
mod lettered_hall;
#[cfg(any(test, feature = "model"))]
pub mod model;
mod new_reservation;
mod order;
mod particulars;
mod places_of;
mod record;
mod render;
mod restore;
mod row_tree;
mod rows;
mod rows_by_free;
mod run_counts;
mod sales;
mod sales_window;
mod save;
mod scatter;
mod search;
mod seat_labels;
mod secrets;
mod section_index;
mod sections;
mod slab;
mod special_seats;
#[cfg(test)]
mod tests;
mod tickets;
mod transfer;
mod update;
mod used_ids;
mod whole_rows;

pub use boxoffice_plan::{Hall, HallPlan, Halls, NoPlans};

pub use answer::{Answered, ChangeSink, answer, settle};
pub use command::{Command, Exchange, HoldRules, Transfer};
pub use decision::{Decision, EXPIRY_CHUNK};
pub use forgetting::{FORGET_A_CHANGE, remembered_until};
pub use inventory::Inventory;
pub use render::VisibleChange;
pub use restore::{Contradiction, Restoration, SavedEvent, SavedReservation};
pub use search::ReservationSearch;
pub use secrets::{BookingCodes, CodeKey, EventSecrets};
pub use used_ids::UsedIds;
