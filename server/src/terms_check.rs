//! What of an event's terms is checked when it is said: a list tells whether there is such a currency or
//! time zone.
//!
//! It is asked once for each request about an event, by either way to be durable. What is recorded
//! was checked, and stays as it is when a list changes.

use boxoffice_protocol::event::{SalesTime, ZonedTime};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;

/// Checks the terms that a request brings.
pub(crate) fn check(request: &Request<&str>) -> Result<(), Refusal> {
    match request {
        Request::CreateEvent { spec, .. } => {
            spec.currency.check()?;
            spec.check_sales_window()?;
            check_time("starts_at", Some(&spec.starts_at))?;
            check_time("sales_from", spec.sales_from.as_ref())?;
            check_time("sales_until", spec.sales_until.as_ref())
        }
        Request::UpdateEvent { update, .. } => {
            check_time("starts_at", update.starts_at.as_ref())?;
            check_time("sales_from", update.sales_from.as_ref().and_then(SalesTime::time))?;
            check_time("sales_until", update.sales_until.as_ref().and_then(SalesTime::time))
        }
        _ => Ok(()),
    }
}

fn check_time(field: &'static str, time: Option<&ZonedTime>) -> Result<(), Refusal> {
    Ok(time.map_or(Ok(()), |time| boxoffice_zones::check(field, time))?)
}
