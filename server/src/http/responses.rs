//! Responses that are not views.

use axum::body::Body;
use axum::response::Response;
use boxoffice_protocol::json;
use boxoffice_protocol::reply::Effect;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use serde::Serialize;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A response with a JSON record, which no cache keeps.
pub(super) fn json(status: StatusCode, record: &impl Serialize) -> Response {
    let mut response = Response::new(Body::from(json::to_vec(record)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The status after a request that creates something: 201, or 200 for a repeat.
pub(super) const fn created(effect: Effect) -> StatusCode {
    match effect {
        Effect::Applied => StatusCode::CREATED,
        Effect::Unchanged => StatusCode::OK,
    }
}
