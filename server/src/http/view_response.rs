//! Responses from cached views: rendered once, sent many times, or not at all to a client that has
//! them already.

use super::caller::HttpCaller;
use super::problem::Problem;
use super::responses::JSON;
use crate::server_state::ServerState;
use crate::views::Aged;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode};
use std::convert::Infallible;
use std::sync::Arc;

/// The age of a view in milliseconds; 0 where nothing has changed since.
const AGE: HeaderName = HeaderName::from_static("boxoffice-age-ms");

/// Header fields of a response: those below, and what the request checks and hyper add.
const MOST_HEADERS: usize = 10;

/// The conditions of a read: the tags that the client has, and whether it accepts gzip.
#[derive(Default)]
pub(super) struct ReadConditions {
    known: Vec<HeaderValue>,
    pub(super) gzip: bool,
}

impl FromRequestParts<Arc<ServerState>> for ReadConditions {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &Arc<ServerState>,
    ) -> Result<Self, Infallible> {
        let known = parts.headers.get_all(IF_NONE_MATCH).iter().cloned().collect();
        Ok(Self { known, gzip: accepts_gzip(&parts.headers) })
    }
}

/// Responds with a view, once it is durable.
pub(super) async fn respond(
    caller: &HttpCaller,
    aged: Aged,
    conditions: &ReadConditions,
) -> Result<Response, Problem> {
    caller.durable(aged.view.position).await?;
    let view = &aged.view;
    let gzip = conditions.gzip.then(|| view.gzip()).flatten();
    let (tag, packed) = match gzip {
        Some(_) => (tag_of_gzip(&view.tag()), true),
        None => (view.tag(), false),
    };
    let knows_it = conditions.knows(&view.tag());
    let body = match knows_it {
        true => Body::empty(),
        false => Body::from(gzip.unwrap_or_else(|| view.body.clone())),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(MOST_HEADERS);
    if let Ok(tag) = HeaderValue::from_maybe_shared(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let age_ms = u64::try_from(aged.age.as_millis()).unwrap_or(u64::MAX);
    headers.insert(AGE, if age_ms == 0 { HeaderValue::from_static("0") } else { age_ms.into() });
    if knows_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    headers.insert(CONTENT_TYPE, JSON);
    if packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Two forms of a view have different bytes, and so different strong tags (RFC 9110, 8.8.3.3).
pub(super) fn tag_of_gzip(tag: &[u8]) -> Bytes {
    let mut packed = tag.strip_suffix(b"\"").unwrap_or(tag).to_vec();
    packed.extend(b"-gzip\"");
    packed.into()
}

impl ReadConditions {
    /// Whether the client has the view with this tag, in either form.
    pub(super) fn knows(&self, tag: &[u8]) -> bool {
        let plain = tag.strip_suffix(b"\"").unwrap_or(tag);
        let tags = self.known.iter().flat_map(|known| known.as_bytes().split(|&b| b == b','));
        tags.map(<[u8]>::trim_ascii).map(|known| known.strip_prefix(b"W/").unwrap_or(known)).any(
            |known| {
                let end = known.strip_prefix(plain);
                known == b"*" || end.is_some_and(|end| end == b"\"" || end == b"-gzip\"")
            },
        )
    }
}

/// Whether the client accepts gzip: named, or `*`, and not with a weight of nought.
pub(super) fn accepts_gzip(asked: &HeaderMap) -> bool {
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
