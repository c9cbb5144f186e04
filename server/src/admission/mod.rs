//! Admission: which connections and streams may be open where there is no room for all.
//!
//! [`Shares`](shares::Shares) are places that give way: one party may have all that no other wants,
//! and the one with most loses one when another wants it. A [`ConnectionPool`] has two kinds:
//! connections of known parties, and those of clients whose party is not known yet.

mod connection_pool;
mod shares;

pub(crate) use connection_pool::{ConnectionLimits, ConnectionPool, ConnectionSeat};
pub(crate) use shares::{ShareLimits, Shares};
