//! `/openapi.json`: the `description` of the HTTP API, with the `refusals` of every operation.

mod description;
mod refusals;

pub(super) use description::{about, routes};
