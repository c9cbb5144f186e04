//! A quick way to write and read what bincode does, as section 2 of SPEC.md describes it, for
//! just the kinds of values that the protocol has: a third of a request's instructions were
//! bincode's. It decides nothing: what [`reader`] cannot read, bincode reads or refuses, and what
//! [`writer`] writes is compared with bincode's bytes wherever debug assertions are on. Only
//! [`frame`](crate::frame) calls them.

pub(crate) mod reader;
pub(crate) mod writer;

/// The greatest integer that is one byte.
const ONE_BYTE: u8 = 250;
/// What comes before an integer of two bytes, of four, of eight.
const TWO_BYTES: u8 = 251;
const FOUR_BYTES: u8 = 252;
const EIGHT_BYTES: u8 = 253;
