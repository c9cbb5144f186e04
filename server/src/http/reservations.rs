//! `/v1/events/{event}/reservations`: what was taken, by whom.

use super::asked::{Json, OfEvent};
use super::asker::{Answered, Asker};
use super::problem::Problem;
use super::reads::JSON;
use crate::Shared;
use crate::json::{self, NewReservation, ReservationRecord};
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::post;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{self, Effect};
use boxoffice_protocol::time::Timestamp;
use hyper::header::{CONTENT_TYPE, HeaderName};
use hyper::{HeaderMap, StatusCode};
use std::sync::Arc;

/// What a new reservation's id is where its body has none.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The addresses of this resource.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/v1/events/{event}/reservations", post(reserve))
}

/// Holds or reserves places.
async fn reserve(
    asker: Asker,
    OfEvent(event): OfEvent,
    headers: HeaderMap,
    Json(new): Json<NewReservation>,
) -> Result<Response, Problem> {
    let id = id(&new, &headers, asker.shared.clock.now())?;
    let request = new.into_request(event, id)?;
    tell(&asker.ask(&request).await?, StatusCode::CREATED)
}

/// The id in the body, or else in the header.
fn id(new: &NewReservation, headers: &HeaderMap, now: Timestamp) -> Result<ReservationId, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).map(|key| {
        // The header's draft has it in quotes; most clients do not.
        let text = std::str::from_utf8(key.as_bytes()).unwrap_or_default().trim_matches('"');
        let wrong = |_| Refusal::invalid("Idempotency-Key", missing(now));
        text.parse::<ReservationId>().map_err(|error| wrong(error))
    });
    match (new.id.map(|id| id.0), key.transpose().map_err(Problem::refused)?) {
        (Some(id), Some(key)) if id != key => {
            let why = "differs from the body's id; send one of them";
            Err(Problem::refused(Refusal::invalid("Idempotency-Key", why)))
        }
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) => Err(Problem::refused(Refusal::invalid("id", missing(now)))),
    }
}

/// What to do about a missing id, with one that nobody has used.
fn missing(now: Timestamp) -> String {
    let mut random = [0; 10];
    let fresh = match getrandom::fill(&mut random) {
        Ok(()) => format!(", like {}", ReservationId::new(now, random)),
        Err(_) => String::new(),
    };
    format!(
        "choose a UUID of version 7{fresh}, as the body's id or the header Idempotency-Key; send \
         the same one again when you try again"
    )
}

/// A reservation as it is now; with `applied` where this request changed it.
fn tell(answered: &Answered, applied: StatusCode) -> Result<Response, Problem> {
    let reply::Body::Reservation { reservation, effect } = &answered.body else {
        return Err(Problem::refused(Refusal::OutcomeUnknown));
    };
    let record = ReservationRecord::new(reservation, answered.version);
    let mut response = Response::new(Body::from(json::to_vec(&record)));
    if *effect == Effect::Applied {
        *response.status_mut() = applied;
    }
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Ok(response)
}
