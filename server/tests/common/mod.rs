//! Servers in the test's own process, for every program of tests that has some.

mod clocked_store;
mod planned;
mod servers;

#[allow(unused_imports, reason = "not every program has tests of several servers")]
pub(crate) use clocked_store::ClockedStore;
#[allow(unused_imports, dead_code, reason = "not every program has plans")]
pub(crate) use planned::{HALL, planned};
#[allow(unused_imports, reason = "not every program has tokens")]
pub(crate) use servers::admit;
pub(crate) use servers::{config, start_with};
