//! The address of an event's stream.

use super::open_streams::NoStream;
use super::streams::Streams;
use crate::catalog::{DueHolds, ExpiryTurn};
use crate::http::caller::HttpCaller;
use crate::http::extract::EventPath;
use crate::http::problem::{HttpError, Problem};
use crate::server_state::ServerState;
use axum::Extension;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::json::Version;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::request::Request;
use hyper::HeaderMap;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The last event that a client received. Browsers send it by themselves when they reconnect.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Asks proxies not to buffer the stream.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(in crate::http) fn routes(streams: Arc<Streams>) -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default().routes(routes!(stream)).layer(Extension(streams))
}

/// Two messages of a stream.
const EXAMPLE: &str = r#"id: 7
event: snapshot
data: {"event":"dune-2","version":7,"sections":[{"section":"stalls","prefix":"","price":4500,"kind":"seated","capacity":2,"free":2,"held":0,"sold":0,"blocked":0,"rows":[{"row":"A","seats":"ff"}]}]}

id: 8
event: change
data: {"version":8,"places":[{"state":"held","seats":["A1"]}],"sections":[{"section":"stalls","free":1,"held":1,"sold":0,"blocked":0}]}

"#;

/// What happens to an event's places, as it happens.
///
/// Server-sent events, each with the event's version as its `id`:
/// - `snapshot`: its data is a `SeatMap`. A stream begins with one, and has another one when the
///   event's terms change, or when its client has read too slowly to be told every change.
/// - `change`: its data is `PlacesChanged`. Changes that follow each other within 25 ms are told
///   as one, so that versions may be left out.
/// - `ended`, with `{}`: the event was deleted. The stream ends then.
///
/// A comment comes every 15 seconds in which there is nothing to tell. A client that comes back
/// with the `Last-Event-ID` that it heard last goes on there, without a snapshot, unless that was
/// too long ago. The stream ends when the client says anything more on its connection, when its
/// token has ended, and for a visitor when visitors are let in no longer.
#[utoipa::path(
    get,
    path = "/v1/events/{event}/stream",
    tag = "events",
    params(
        EventPath,
        ("Last-Event-ID" = Option<Version>, Header,
            description = "The version that the client heard last, to go on there")
    ),
    responses((status = 200, description = "server-sent events: `snapshot`, `change` and `ended`",
        content_type = "text/event-stream", body = String, example = json!(EXAMPLE))),
)]
async fn stream(
    caller: HttpCaller,
    Extension(streams): Extension<Arc<Streams>>,
    EventPath(id): EventPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = last_event_id(&headers)?;
    let watch = Request::Watch { event: id.borrowed(), from_version: known };
    caller.admit(&watch)?;
    let _kept = caller.confirm(&watch).await?;
    let catalog = &caller.shared.catalog;
    let found = catalog.find_for(id.borrowed(), caller.viewer()).ok_or(NoStream::EventGone);
    if let Ok(event) = &found {
        // Due holds are recorded as expired in turns with other tasks.
        while catalog.expire_due(event, &mut ExpiryTurn::default()) == DueHolds::Remain {
            tokio::task::yield_now().await;
        }
    }
    let listening = match found.and_then(|event| streams.listen(&event, known, caller.party())) {
        Ok(listener) => listener.ready().await,
        Err(why) => Err(why),
    };
    let listener = match listening {
        Ok(listener) => listener,
        Err(NoStream::EventGone) => return Err(caller.refuse(catalog.event_not_found()).await),
        Err(NoStream::TooMany) => return Err(HttpError::TooManyStreams.into()),
        Err(NoStream::Cut) => {
            caller.refuse_if_failed()?;
            return Err(Problem::refused(Refusal::Unavailable {
                why: UnavailableWhy::ShuttingDown,
            }));
        }
    };
    let body = Body::new(listener.body(caller));
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
