//! What every request passes before the router sees it, and every answer after.

use super::limits::{MAX_HEADERS, MAX_URI_BYTES};
use super::problem::{Fault, Problem};
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hyper::header::{HOST, HeaderName, HeaderValue, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use hyper::{HeaderMap, Request};
use std::convert::Infallible;
use tower::Service as _;

/// Where a browser says that a request comes from (W3C Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Answers a request. No middleware: a layer of axum's costs every request some allocations.
pub(super) fn answer(
    router: &Router,
    request: Request<Body>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    let routed = match check(&request) {
        Ok(()) => Ok(router.clone().call(request)),
        Err(fault) => Err(Problem::from(fault)),
    };
    async {
        let mut response = match routed {
            Ok(response) => response.await?,
            Err(problem) => problem.into_response(),
        };
        let nosniff = HeaderValue::from_static("nosniff");
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
        Ok(response)
    }
}

fn check(request: &Request<Body>) -> Result<(), Fault> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > MAX_URI_BYTES {
        return Err(Fault::UriTooLong);
    }
    if request.headers().len() > MAX_HEADERS {
        return Err(Fault::TooManyHeaders);
    }
    if !request.method().is_safe() && is_foreign(request.headers()) {
        return Err(Fault::ForeignOrigin);
    }
    Ok(())
}

/// Whether a browser sends this from a page of somebody else's. What is no browser says neither.
/// A proxy may have changed `Host`, so it counts only where the browser is too old to say more.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let authority = origin.as_bytes().split(|&byte| byte == b'/').nth(2);
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    authority.is_none() || authority != host
}
