//! Admission: which connections and streams may be open where there is no room for all.
//!
//! [`Shares`](shares::Shares) are places that give way: one party may have all that no other wants,
//! and the one with most loses one when another wants it. A [`ConnectionPool`] has two kinds:
//! connections of known parties, and those of clients whose party is not known yet.
//! [`UnsentBytes`] are shared in the same way: the places are connections whose clients read too
//! little, each as large as what its [`UnsentGauge`] finds. Watches, and requests in flight beyond
//! those that every connection has, are places of a [`PlacePool`].

mod connection_pool;
mod place_pool;
mod places;
mod shares;
mod unsent_bytes;
mod unsent_gauge;

pub(crate) use connection_pool::{ConnectionLimits, ConnectionPool, ConnectionSeat};
pub(crate) use place_pool::{PlacePool, PooledPlace};
pub(crate) use shares::{Full, ShareLimits, Shares};
pub(crate) use unsent_bytes::{UnsentBytes, UnsentLimits};
pub(crate) use unsent_gauge::UnsentGauge;
