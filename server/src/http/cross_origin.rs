//! Requests of pages of other origins, where the configuration names these (CORS, WHATWG Fetch 3.2).
//!
//! A named origin's page may use the API with a token, or without one where none is wanted. It is
//! never a visitor: what a browser sends with the visitor's cookie counts as foreign.

use crate::config::WebOrigin;
use axum::body::Body;
use axum::response::Response;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, COOKIE,
    HeaderValue, ORIGIN, VARY,
};
use hyper::{HeaderMap, Method, Request, StatusCode};

/// The API; no other path is for pages of other origins.
const API: &str = "/v1/";

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id",
);
const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, location, retry-after, boxoffice-age-ms");

/// How many seconds a browser keeps the answer to a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The named origin that a request for the API comes from.
pub(super) fn named<'a>(request: &'a Request<Body>, ours: &[WebOrigin]) -> Option<&'a HeaderValue> {
    if ours.is_empty() || !request.uri().path().starts_with(API) {
        return None;
    }
    let headers = request.headers();
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return None };
    let is_ours = ours.iter().any(|our| our.is(origin.as_bytes()));
    (is_ours && !headers.contains_key(COOKIE)).then_some(origin)
}

/// The answer to a preflight; none if the request is something else.
pub(super) fn preflight(request: &Request<Body>) -> Option<Response> {
    let asks = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Some(response)
}

/// Lets the origin's page read an answer. Caches keep the answers of origins apart.
pub(super) fn allow(origin: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(VARY, HeaderValue::from_static("origin"));
}
