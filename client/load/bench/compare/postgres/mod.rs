//! PostgreSQL: a database of its own, whose only changed settings are those of its address.

pub(crate) mod measure;

pub(crate) use measure::{installed, measure};
