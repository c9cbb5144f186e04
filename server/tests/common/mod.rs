//! Servers in the test's own process, for every program of tests that has some.

mod servers;

pub(crate) use servers::{admit, config, start_with};
