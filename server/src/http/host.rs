//! Which server a request means, by the host that it names.

use super::problem::Fault;
use axum::body::Body;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Version};

/// Whether a request names one host; in HTTP/1.0 it need not.
///
/// # Errors
/// It names none, or several, or something that is none (RFC 9112, 3.2).
pub(super) fn check(request: &Request<Body>) -> Result<(), Fault> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() <= Version::HTTP_10 => Ok(()),
        (Some(host), None) if is_host(host) => Ok(()),
        _ => Err(Fault::BadHost),
    }
}

fn is_host(host: &HeaderValue) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~%!$&'()*+,;=:[]".contains(c);
    host.to_str().is_ok_and(|host| host.chars().all(is_part))
}
