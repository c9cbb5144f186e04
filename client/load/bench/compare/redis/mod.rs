//! Redis, or Valkey, its fork: every write goes to its append-only file, which is synced before the
//! answer.

pub(crate) mod measure;

pub(crate) use measure::{measure, settings, version};
