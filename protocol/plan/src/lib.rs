//! Plans of halls.
//!
//! A plan says which seats a hall has: sections, their rows, and the seats of each row in physical
//! order, from left to right facing the stage. It is written as TOML or as the same JSON
//! (`docs/plans.md`), and read by [`read_plan`]. What follows from it:
//!
//! - [`Plan`]: sections, rows, runs between aisles, attributes of seats. A seat is a [`SeatNumber`].
//! - [`HallNames`]: what sections, rows and seats are called; those of a plan are in an [`IndexedPlan`].
//! - [`Hall`]: what an event's rows and seats are called, with a plan or without.
//! - [`SeatReader`]: seats by what people write.
//! - [`PlanMatch`]: which seat of a changed plan is which seat of the old one.
//! - [`Arrangement`]: where each seat is, also in a plan that does not say it; [`svg`] draws it, and
//!   [`PlanDrawing`] is what a page draws.
//! - [`pretix`]: seating plans of pretix, read and written.
//!
//! The crate does no I/O and reads no clock.

#![forbid(unsafe_code)]

mod arrangement;
mod bounded;
mod build;
mod colors;
mod digest;
mod drawing;
mod fault;
mod file;
mod fold;
mod geometry;
mod hall;
mod hall_names;
mod kept;
mod label;
pub mod limits;
mod locate;
mod matching;
mod name;
mod notation;
mod placed_shape;
mod plan;
pub mod pretix;
mod reader;
mod source;
mod summary;
pub mod svg;
mod write;

pub use arrangement::Arrangement;
pub use boxoffice_protocol::id::PlanDigest;
pub use digest::plan_digest;
pub use drawing::PlanDrawing;
pub use fault::{PlanError, PlanFault};
pub use file::{
    CategoryTable, DrawingTable, PlanFile, RowTable, SeatTable, SectionTable, ShapeTable,
};
pub use fold::fold;
pub use geometry::{Align, Point};
pub use hall::{Hall, HallPlan, Halls, NoPlans};
pub use hall_names::{HallNames, IndexedPlan, RowNumber};
pub use kept::Kept;
pub use matching::PlanMatch;
pub use notation::{LabelList, NotationFault};
pub use plan::{
    Plan, PlanRow, PlanSection, SeatMark, SeatNumber, SeatPattern, SectionPlaces, View,
};
pub use reader::{LabelError, ReadScope, SeatRange, SeatReader};
pub use source::{PlanFormat, SourcePlan, read_file, read_plan};
pub use summary::{PlanSummary, SectionSummary};
