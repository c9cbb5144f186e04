//! `/v1/events/{event}/reservations` and `/v1/reservations`: what was taken, by whom.

use super::answers::{created, json};
use super::asked::{Json, OfEvent, OfReservation, Query};
use super::asker::{Answered, Asker};
use super::problem::Problem;
use crate::Shared;
use crate::json::{
    CursorText, Ending, Extension, NewReservation, ReservationRecord, ReservationsRecord,
};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::Response;
use axum::routing::{get, post};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{PageLimit, Request, ReservationKey};
use boxoffice_protocol::reservation::Keep;
use boxoffice_protocol::time::Timestamp;
use hyper::StatusCode;
use hyper::header::HeaderName;
use hyper::http::request::Parts;
use serde::Deserialize;
use std::sync::Arc;

/// What a new reservation's id is where its body has none.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The addresses of this resource.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/reservations", get(list_reservations))
        .route("/v1/events/{event}/reservations", post(reserve))
        .route("/v1/events/{event}/reservations/{id}", get(get_reservation))
        .route("/v1/events/{event}/reservations/{id}/confirm", post(confirm))
        .route("/v1/events/{event}/reservations/{id}/release", post(release))
        .route("/v1/events/{event}/reservations/{id}/cancel", post(cancel))
        .route("/v1/events/{event}/reservations/{id}/extend", post(extend))
}

/// How a page of reservations is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    /// Only this customer's.
    customer: Option<CustomerId>,
    /// Only of this event.
    event: Option<EventId>,
    /// Begin there: the `next` of the page before.
    after: Option<CursorText>,
    /// At most so many.
    limit: Option<PageLimit>,
}

/// Who looks at a reservation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Looking {
    customer: CustomerId,
}

/// Holds or reserves places.
async fn reserve(
    asker: Asker,
    OfEvent(event): OfEvent,
    IdempotencyKey(key): IdempotencyKey,
    Json(new): Json<NewReservation>,
) -> Result<Response, Problem> {
    let id = id(&new, key, asker.shared.clock.now())?;
    let request = new.into_request(event, id)?;
    let answered = asker.ask(&request).await?;
    let (record, effect) = record(&answered);
    Ok(json(created(effect), &record))
}

/// A page of reservations, ended ones too while they are remembered.
async fn list_reservations(
    asker: Asker,
    Query(Listing { customer, event, after, limit }): Query<Listing>,
) -> Result<Response, Problem> {
    let (after, limit) = (after.map(|after| after.0), limit.unwrap_or(PageLimit::MAX));
    let answered = asker.ask(&Request::ListReservations { event, customer, after, limit }).await?;
    match answered.body {
        Body::Reservations { rows, next } => {
            let record = ReservationsRecord::new(&rows, next, answered.version);
            Ok(json(StatusCode::OK, &record))
        }
        _ => unreachable!("who asks for reservations is told reservations"),
    }
}

/// What a reservation is now.
async fn get_reservation(
    asker: Asker,
    of: OfReservation,
    Query(Looking { customer }): Query<Looking>,
) -> Result<Response, Problem> {
    change(&asker, &Request::GetReservation { reservation: of.key(customer) }).await
}

/// Makes a held reservation confirmed.
async fn confirm(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<Ending>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(of, ending)?;
    change(&asker, &Request::Confirm { reservation, keep }).await
}

/// Lets a held reservation go.
async fn release(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<Ending>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(of, ending)?;
    change(&asker, &Request::Release { reservation, keep }).await
}

/// Gives a confirmed reservation back.
async fn cancel(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<Ending>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(of, ending)?;
    change(&asker, &Request::Cancel { reservation, keep }).await
}

/// Holds a held reservation at least until a time.
async fn extend(
    asker: Asker,
    of: OfReservation,
    Json(Extension { customer, until }): Json<Extension>,
) -> Result<Response, Problem> {
    let request = Request::Extend { reservation: of.key(customer), until: until.0 };
    change(&asker, &request).await
}

fn ended(of: OfReservation, ending: Ending) -> Result<(ReservationKey, Option<Keep>), Problem> {
    let (customer, keep) = ending.parsed()?;
    Ok((of.key(customer), keep))
}

async fn change(asker: &Asker, request: &Request) -> Result<Response, Problem> {
    let answered = asker.ask(request).await?;
    let (record, _) = record(&answered);
    Ok(json(StatusCode::OK, &record))
}

/// The id in the header, where there is one.
struct IdempotencyKey(Option<ReservationId>);

impl FromRequestParts<Arc<Shared>> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(Self(None)) };
        // The header's draft has it in quotes; most clients do not.
        let key = std::str::from_utf8(key.as_bytes()).unwrap_or_default().trim_matches('"');
        let why = || missing(shared.clock.now());
        let wrong = |_| Problem::refused(Refusal::invalid("Idempotency-Key", why()));
        key.parse().map(|id| Self(Some(id))).map_err(wrong)
    }
}

/// The id in the body, or else in the header.
fn id(
    new: &NewReservation,
    key: Option<ReservationId>,
    now: Timestamp,
) -> Result<ReservationId, Problem> {
    match (new.id.map(|id| id.0), key) {
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

/// A reservation as it is now, and whether this request made it so.
fn record(answered: &Answered) -> (ReservationRecord<'_>, Effect) {
    match &answered.body {
        Body::Reservation { reservation, effect } => {
            (ReservationRecord::new(reservation, answered.version), *effect)
        }
        _ => unreachable!("who asks about a reservation is told what it is"),
    }
}
