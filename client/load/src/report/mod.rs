//! `bench --report`: a run on one page that needs no other file, network or script.

mod page;
mod plot;

pub use page::page;
