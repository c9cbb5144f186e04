//! Answers from cached views: rendered once, sent many times, or not at all where the client has
//! them already.

use super::answers::JSON;
use super::asker::Asker;
use super::problem::Problem;
use crate::views::{Aged, View};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use hyper::{HeaderMap, StatusCode};

/// How old a view is, in milliseconds; 0 where nothing has changed since.
const AGE: HeaderName = HeaderName::from_static("boxoffice-age-ms");

/// Answers with a view, when it may be told.
pub(super) async fn tell(
    asker: &Asker,
    aged: Aged,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    asker.durable(aged.view.position).await?;
    let view = &aged.view;
    let gzip = accepts_gzip(asked).then(|| view.gzip()).flatten();
    let tag = if gzip.is_some() { tag_of_gzip(view) } else { view.tag() };
    let mut response = if knows(asked, view) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let packed = gzip.is_some();
        let mut response = Response::new(Body::from(gzip.unwrap_or_else(|| view.body.clone())));
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        if packed {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_maybe_shared(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let age_ms = u64::try_from(aged.age.as_millis()).unwrap_or(u64::MAX);
    headers.insert(AGE, if age_ms == 0 { HeaderValue::from_static("0") } else { age_ms.into() });
    Ok(response)
}

/// Two forms of the same view have different bytes, and so different strong tags (RFC 9110, 8.8.3.3).
fn tag_of_gzip(view: &View) -> Bytes {
    let tag = view.tag();
    let mut packed = tag.strip_suffix(b"\"").unwrap_or(&tag).to_vec();
    packed.extend(b"-gzip\"");
    packed.into()
}

/// Whether the client has these bytes, in either form.
fn knows(asked: &HeaderMap, view: &View) -> bool {
    let tag = view.tag();
    let plain = tag.strip_suffix(b"\"").unwrap_or(&tag);
    asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .flat_map(|known| known.as_bytes().split(|&b| b == b','))
        .map(|known| known.trim_ascii())
        .map(|known| known.strip_prefix(b"W/").unwrap_or(known))
        .any(|known| {
            known == b"*"
                || known.strip_prefix(plain).is_some_and(|end| end == b"\"" || end == b"-gzip\"")
        })
}

/// Whether the client takes gzip: named, or `*`, and not with a weight of nought.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(ACCEPT_ENCODING).iter();
    accepted.flat_map(|value| value.as_bytes().split(|&byte| byte == b',')).any(|coding| {
        let mut parts = coding.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|weight| {
            let zero = weight.strip_prefix(b"q=").or_else(|| weight.strip_prefix(b"Q="));
            zero.is_some_and(|zero| zero.iter().all(|byte| matches!(byte, b'0' | b'.')))
        });
        (name.eq_ignore_ascii_case(b"gzip") || name == b"*") && !refused
    })
}
