//! The address of an event's stream.

use super::{NoStream, Streams};
use crate::Shared;
use crate::http::asked::OfEvent;
use crate::http::asker::Asker;
use crate::http::problem::{Fault, Problem};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use hyper::HeaderMap;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use std::sync::Arc;

/// Where a stream was when its connection ended, which a browser sends by itself.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Proxies that gather what they pass on are asked not to.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The addresses of this resource.
pub(in crate::http) fn routes(streams: Arc<Streams>) -> Router<Arc<Shared>> {
    Router::new().route("/v1/events/{event}/stream", get(stream)).layer(Extension(streams))
}

/// What happens to an event's places, from now on.
async fn stream(
    asker: Asker,
    Extension(streams): Extension<Arc<Streams>>,
    OfEvent(id): OfEvent,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.refuse_if_failed()?;
    let known = last_event_id(&headers)?;
    let catalog = &asker.shared.catalog;
    let found = catalog.find(&id).ok_or(NoStream::Gone);
    let listening = match found.and_then(|event| streams.listen(&event, known)) {
        Ok(listener) => listener.ready().await,
        Err(why) => Err(why),
    };
    let listener = match listening {
        Ok(listener) => listener,
        Err(NoStream::Gone) => return Err(asker.may_tell(catalog.event_not_found()).await),
        Err(NoStream::TooMany) => return Err(Fault::TooManyStreams.into()),
        Err(NoStream::Cut) => {
            asker.refuse_if_failed()?;
            return Err(Problem::refused(Refusal::Unavailable {
                why: UnavailableWhy::ShuttingDown,
            }));
        }
    };
    let body = Body::new(listener.body(asker));
    let headers =
        [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store"), (ACCEL_BUFFERING, "no")];
    Ok((headers, body).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let text = value.to_str().unwrap_or("?");
    match (text, text.parse()) {
        ("", _) => Ok(None),
        (_, Ok(version)) => Ok(Some(version)),
        (_, Err(_)) => {
            let why = "must be the id of an event of this stream, a whole number".to_owned();
            Err(InvalidField::new("Last-Event-ID", why).into())
        }
    }
}
