//! Checks of every request before the router sees it, and a header of every answer.

use super::cross_origin;
use super::front::Front;
use super::host;
use super::limits::{MAX_HEADERS, MAX_URI_BYTES};
use super::problem::{HttpError, Problem};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use boxoffice_protocol::refusal::Refusal;
use hyper::header::{
    COOKIE, HOST, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, ORIGIN,
    STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Method, Request};
use std::convert::Infallible;
use tower::Service as _;

/// Where a browser says that a request comes from (W3C Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Answers a request. No middleware: a layer of axum's costs every request some allocations.
pub(super) fn answer(
    front: &Front,
    request: Request<Body>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    let origin = cross_origin::named(&request, &front.config.http_origins).cloned();
    let routed = match check(front, &request, origin.is_some()) {
        Ok(()) => match origin.as_ref().and_then(|_| cross_origin::preflight(&request)) {
            Some(response) => Err(response),
            None => Ok(front.router().clone().call(request)),
        },
        Err(problem) => Err(problem.into_response()),
    };
    let over_tls = front.tls.is_some();
    async move {
        let mut response = match routed {
            Ok(response) => response.await?,
            Err(response) => response,
        };
        let nosniff = HeaderValue::from_static("nosniff");
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
        if let Some(origin) = origin {
            cross_origin::allow(origin, response.headers_mut());
        }
        if over_tls {
            // For a year browsers ask this host over TLS only (RFC 6797).
            let year = HeaderValue::from_static("max-age=31536000");
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
        }
        Ok(response)
    }
}

fn check(front: &Front, request: &Request<Body>, is_named: bool) -> Result<(), Problem> {
    let (uri, headers) = (request.uri(), request.headers());
    if uri.path().len() + uri.query().map_or(0, str::len) > MAX_URI_BYTES {
        return Err(HttpError::UriTooLong.into());
    }
    if headers.len() > MAX_HEADERS {
        return Err(HttpError::TooManyHeaders.into());
    }
    if !is_framed_once(headers) {
        return Err(HttpError::BadTransferEncoding.into());
    }
    let host = host::of_request(request)?;
    if !front.wants_tokens() && !host::is_trusted(host, &front.config.http_hosts) {
        return Err(HttpError::StrangeHost.into());
    }
    if request.method().is_safe() {
        return Ok(());
    }
    if is_foreign(headers) && !is_named {
        return Err(HttpError::ForeignOrigin.into());
    }
    check_conditions(request.method(), headers)
}

/// Whether the body's end is unambiguous. hyper takes a list of codings that ends with `chunked`,
/// and decodes that one alone.
fn is_framed_once(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// Refuses conditions that would be ignored: a conditional change must not be made without its
/// condition (RFC 9110, 13.2.1).
fn check_conditions(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    for condition in [IF_MATCH, IF_NONE_MATCH] {
        if !headers.contains_key(&condition) || (method, &condition) == (&Method::PATCH, &IF_MATCH)
        {
            continue;
        }
        let field = if condition == IF_MATCH { "If-Match" } else { "If-None-Match" };
        let why = "is no condition that this is done on; leave it out";
        return Err(Problem::refused(Refusal::invalid(field, why)));
    }
    Ok(())
}

/// Whether a browser sends this for a page of another site. Other clients send neither of these
/// headers, and no cookie. A proxy may have changed `Host`, so it counts only for browsers that are
/// too old to say more.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return headers.contains_key(COOKIE) };
    let authority = origin.as_bytes().split(|&byte| byte == b'/').nth(2);
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    authority.is_none() || authority != host
}
