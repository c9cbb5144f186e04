//! Fairness: whose work is done next where there is more than the server can do (law 9).
//!
//! A [`Principal`](principal::Principal) is the party that asks: a token, or an address without one. Principals belong to
//! a [`Class`](principal::Class). What they share, they share by class first and by principal inside of it, so a
//! hundred connections of one principal get the share of one.

mod principal;

pub(crate) use principal::{Class, Party, Principal};
