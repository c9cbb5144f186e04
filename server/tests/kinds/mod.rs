//! Kinds of servers that both the tests of the binary protocol and those of HTTP start: one whose
//! clock stands, one with a token of every role, one that speaks TLS, one whose changes become durable
//! by hand.

mod by_hand;
mod clock;
mod roles;
mod tls;

pub(crate) use by_hand::{by_hand, by_hand_with, recorded, stays_silent};
pub(crate) use clock::{start, start_at};
pub(crate) use roles::with_every_role;
pub(crate) use tls::with_tls;
