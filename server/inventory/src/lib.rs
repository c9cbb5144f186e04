//! One event's state: what there is, who has it, and until when. Nothing here does any work but
//! thinking: there is no runtime, no file and no lock, and what time it is comes as an argument.
//!
//! - [`Inventory::decide`] looks at a command and says which change it comes to, if any. The
//!   commands about one reservation are in `decide`, new reservations in `begin`, which seats they
//!   get in `best` and `scatter`, commands about the event itself in `update`.
//! - [`Inventory::apply`] makes a change, [`Inventory::revert`] takes it back, both in `apply`.
//! - What can be seen of it is made in `render`; what was saved of it becomes one again in `restore`,
//!   and `compare` says whether that is another one.
//!
//! Below that, two halves that know nothing of each other: the `book` has the reservations
//! (`record`, found by `ids` and by
//! `customers`, whose `index` grows a little at a time), the `sections` have the places (`grid`, whose `rows`
//! are bits, found by `row_tree`). A change that gives a reservation places is made in both, and
//! [`Inventory::invariants`] checks that they agree.

mod adjacent;
mod apply;
mod best;
mod book;
mod command;
mod compare;
mod customers;
mod decide;
mod decision;
mod forgetting;
mod grid;
mod hashing;
mod ids;
mod index;
mod invariants;
mod inventory;
#[cfg(any(test, feature = "model"))]
pub mod model;
mod new_reservation;
mod record;
mod render;
mod restore;
mod row_tree;
mod rows;
mod scatter;
mod sections;
mod seen;
mod slab;
#[cfg(test)]
mod tests;
mod update;

pub use command::{Command, HoldRules};
pub use decision::{Decision, EXPIRY_CHUNK};
pub use forgetting::{FORGET_A_CHANGE, remembered_until};
pub use inventory::Inventory;
pub use restore::{Contradiction, Restoration, SavedEvent, SavedReservation};
pub use seen::Seen;
