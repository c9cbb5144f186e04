//! Boxoffice itself: its programs as they are packaged.

mod endurance;
mod large;
mod maps;
mod measure;
mod programs;

pub(crate) use endurance::{Endurance, endure};
pub(crate) use large::{SizeCost, measure_large};
pub(crate) use measure::measure;
pub(crate) use programs::Programs;
