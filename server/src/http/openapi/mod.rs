//! `/openapi.json`: the `description` of the HTTP API, with the `refusals` of every operation, and the
//! `constraints` that types do not have. The types of problems lead to `problem_pages`.

mod constraints;
mod description;
mod problem_pages;
mod refusals;

pub(super) use description::{about, routes};
