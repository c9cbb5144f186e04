//! Extractors: the path, the query, the headers and the body as types of the protocol.

use super::limits::MAX_BODY_BYTES;
use super::problem::{HttpError, Problem};
use super::query;
use crate::server_state::ServerState;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::id::{CustomerId, EventId, PlanDigest, ReservationId};
use boxoffice_protocol::json::{self, BodyError};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::ReservationKey;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, IF_MATCH};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use utoipa::IntoParams;

/// The event that a path names.
#[derive(IntoParams)]
#[into_params(names("event"), parameter_in = Path)]
pub(super) struct EventPath(
    /// The event's id.
    pub(super) EventId,
);

impl FromRequestParts<Arc<ServerState>> for EventPath {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        let names = names(parts, shared).await?;
        Ok(Self(parse(&names, "event", EventId::parse)?))
    }
}

/// The plan that a path names.
#[derive(IntoParams)]
#[into_params(names("digest"), parameter_in = Path)]
pub(super) struct PlanPath(
    /// The plan's digest.
    pub(super) PlanDigest,
);

impl FromRequestParts<Arc<ServerState>> for PlanPath {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        let names = names(parts, shared).await?;
        Ok(Self(parse(&names, "digest", str::parse)?))
    }
}

/// The reservation that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ReservationPath {
    /// The reservation's event.
    event: EventId,
    /// The reservation's id.
    id: ReservationId,
}

impl ReservationPath {
    /// The key of the reservation, as this customer's.
    pub(super) fn key<'a>(&'a self, customer: &'a CustomerId) -> ReservationKey<&'a str> {
        ReservationKey { event: self.event.borrowed(), id: self.id, customer: customer.borrowed() }
    }
}

impl FromRequestParts<Arc<ServerState>> for ReservationPath {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        let names = names(parts, shared).await?;
        let event = parse(&names, "event", EventId::parse)?;
        Ok(Self { event, id: parse(&names, "id", str::parse)? })
    }
}

async fn names(parts: &mut Parts, shared: &Arc<ServerState>) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, shared).await.map_err(|_| HttpError::BadPath.into())
}

fn parse<T>(
    names: &RawPathParams,
    wanted: &'static str,
    parse: impl FnOnce(&str) -> Result<T, InvalidField>,
) -> Result<T, Problem> {
    let named = names.iter().find(|(name, _)| *name == wanted);
    let (_, text) = named.expect("the router's paths have the names that their handlers ask for");
    Ok(parse(text)?)
}

/// The query, as the type that a handler takes.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<ServerState>> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<ServerState>) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        query::parse(query).map(Self).map_err(Problem::refused)
    }
}

/// The version in the tag of `If-Match`, if there is one.
pub(super) struct IfMatch(pub(super) Option<u64>);

impl FromRequestParts<Arc<ServerState>> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<ServerState>) -> Result<Self, Problem> {
        let mut tags = parts.headers.get_all(IF_MATCH).iter();
        let version = match (tags.next(), tags.next()) {
            (None, _) => return Ok(Self(None)),
            (Some(tag), None) if tag.as_bytes() == b"*" => return Ok(Self(None)),
            (Some(tag), None) => version_of(tag.as_bytes()),
            (Some(_), Some(_)) => None,
        };
        let why = "must be the ETag of the event as you know it, or left out";
        let wrong = || Problem::refused(Refusal::invalid("If-Match", why));
        version.map(Some).map(Self).ok_or_else(wrong)
    }
}

/// `"7-91f2c0…"` is of version 7.
fn version_of(tag: &[u8]) -> Option<u64> {
    let tag = std::str::from_utf8(tag).ok()?.strip_prefix('"')?.strip_suffix('"')?;
    let (version, rest) = tag.split_once('-')?;
    // A list of tags has a quote in the middle.
    if rest.contains('"') { None } else { version.parse().ok() }
}

/// A JSON body, decoded.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<ServerState>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(
        request: Request<Body>,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        if !is_media_type(request.headers().get(CONTENT_TYPE), "application/json") {
            return Err(HttpError::WrongMediaType.into());
        }
        if is_encoded(request.headers()) {
            return Err(HttpError::EncodedBody.into());
        }
        let body = request.into_body();
        let deadline = shared.config.frame_timeout;
        let body = tokio::time::timeout(deadline, read_body(body, MAX_BODY_BYTES)).await;
        let body = body.map_err(|_| HttpError::BodyTooSlow)??;
        json::parse(&body).map(Self).map_err(|asked| match asked {
            BodyError::NotJson(why) => HttpError::NotJson(why).into(),
            BodyError::Invalid(refusal) => Problem::refused(refusal),
        })
    }
}

/// Reads a body of at most so many bytes.
pub(super) async fn read_body(body: Body, most: usize) -> Result<Bytes, HttpError> {
    if body.size_hint().lower() > most as u64 {
        return Err(HttpError::BodyTooLarge(most));
    }
    match Limited::new(body, most).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(HttpError::BodyTooLarge(most)),
        Err(_) => Err(HttpError::BodyBroken),
    }
}

/// Whether a media type is this one, with any parameters.
pub(super) fn is_media_type(named: Option<&HeaderValue>, media_type: &str) -> bool {
    let named = named.map(HeaderValue::as_bytes).unwrap_or_default();
    let essence = named.split(|&byte| byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(media_type.as_bytes())
}

/// Whether a body is packed.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    !codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
