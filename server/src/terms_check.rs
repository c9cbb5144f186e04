//! What of an event's terms only a list tells: whether there is such a currency or time zone.
//!
//! It is asked once for each request about an event, by either way to be durable. What is recorded
//! was checked, and stays as it is when a list changes.

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;

/// Checks the terms that a request brings.
pub(crate) fn check(request: &Request<&str>) -> Result<(), Refusal> {
    match request {
        Request::CreateEvent { spec, .. } => {
            spec.currency.check()?;
            Ok(boxoffice_zones::check("starts_at", &spec.starts_at)?)
        }
        Request::UpdateEvent { update, .. } => {
            let starts_at = update.starts_at.as_ref();
            Ok(starts_at.map_or(Ok(()), |time| boxoffice_zones::check("starts_at", time))?)
        }
        _ => Ok(()),
    }
}
