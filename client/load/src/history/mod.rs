//! The recorded exchanges of a run: [`exchange`] is one request with its reply, [`packed`] keeps
//! millions of them in 32 bytes each.

pub(crate) mod exchange;
pub(crate) mod packed;
