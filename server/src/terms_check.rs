//! What of an event's terms only a list tells: whether there is such a currency.
//!
//! It is asked once for each request about an event, by either way to be durable. What is recorded
//! was checked, and stays as it is when a list changes.

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;

/// Checks the terms that a request brings.
pub(crate) fn check(request: &Request<&str>) -> Result<(), Refusal> {
    match request {
        Request::CreateEvent { spec, .. } => Ok(spec.currency.check()?),
        _ => Ok(()),
    }
}
