//! A copy has everything, or says why not.

mod filled;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
