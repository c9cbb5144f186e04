//! Laws that every engine has to keep, written once. A test gives [`all`] a [`Bench`] with the engine,
//! and gets a panic with the law's name and the seed where one is broken.

mod appends;
mod bench;
mod every;
mod reads;
mod requests;
mod snapshots;
mod tenancy;

pub use bench::Bench;
pub use every::all;
pub use requests::{append, batch, log, settle};
