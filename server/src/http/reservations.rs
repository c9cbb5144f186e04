//! `/v1/events/{event}/reservations` and `/v1/reservations`: what was taken, by whom.

use super::answers::{created, json};
use super::asked::{Json, OfEvent, OfReservation, Query};
use super::asker::{Answered, Asker};
use super::problem::Problem;
use crate::shared::Shared;
use axum::extract::FromRequestParts;
use axum::response::Response;
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::json::{
    CursorText, EndingRequest, ExtensionRequest, ReservationRecord, ReservationRequest,
    ReservationsRecord,
};
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
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a new reservation's id is where its body has none.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The addresses of this resource.
pub(super) fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::default()
        .routes(routes!(list_reservations))
        .routes(routes!(reserve))
        .routes(routes!(get_reservation))
        .routes(routes!(confirm))
        .routes(routes!(release))
        .routes(routes!(cancel))
        .routes(routes!(extend))
}

/// How a page of reservations is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// Only this customer's.
    customer: Option<CustomerId>,
    /// Only of this event.
    event: Option<EventId>,
    /// Begin there: the `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<CursorText>,
    /// At most so many.
    limit: Option<PageLimit>,
}

/// Who looks at a reservation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Looking {
    /// Whose it is; who may act for one customer only may leave it out.
    customer: Option<CustomerId>,
}

/// Holds or reserves places.
///
/// Visitors, whom the server knows by a cookie only, may do so at a pace, by their address: who is
/// told `Busy` tries again after `retry_after_ms`. They may fill half of the room that the server has
/// for reservations.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations",
    tag = "reservations",
    params(OfEvent,
        ("Idempotency-Key" = Option<ReservationId>, Header,
            description = "The id, where the body has none")),
    request_body = ReservationRequest,
    responses((status = 201, description = "held, or reserved", body = ReservationRecord), (status = 200, description = "what was asked for before is this now", body = ReservationRecord)),
)]
async fn reserve(
    asker: Asker,
    OfEvent(event): OfEvent,
    IdempotencyKey(key): IdempotencyKey,
    Json(mut new): Json<ReservationRequest>,
) -> Result<Response, Problem> {
    let id = id(&new, key, asker.shared.clock.now())?;
    let customer = asker.acts_for(new.customer.take())?;
    let request = new.into_request(event, id, customer)?;
    let answered = asker.ask_anew(&request).await?;
    let (record, effect) = record(&answered);
    Ok(json(created(effect), &record))
}

/// A page of reservations, ended ones too while they are remembered.
#[utoipa::path(
    get,
    path = "/v1/reservations",
    tag = "reservations",
    params(Listing),
    responses((status = 200, description = "a page of reservations", body = ReservationsRecord)),
)]
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
#[utoipa::path(
    get,
    path = "/v1/events/{event}/reservations/{id}",
    tag = "reservations",
    params(OfReservation, Looking),
    responses((status = 200, description = "the reservation", body = ReservationRecord)),
)]
async fn get_reservation(
    asker: Asker,
    of: OfReservation,
    Query(Looking { customer }): Query<Looking>,
) -> Result<Response, Problem> {
    let reservation = of.key(asker.acts_for(customer)?);
    change(&asker, &Request::GetReservation { reservation }).await
}

/// Makes a held reservation confirmed.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/confirm",
    tag = "reservations",
    params(OfReservation),
    request_body = EndingRequest,
    responses((status = 200, description = "confirmed, or so already", body = ReservationRecord)),
)]
async fn confirm(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<EndingRequest>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(&asker, of, ending)?;
    change(&asker, &Request::Confirm { reservation, keep }).await
}

/// Lets a held reservation go.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/release",
    tag = "reservations",
    params(OfReservation),
    request_body = EndingRequest,
    responses((status = 200, description = "released, or so already", body = ReservationRecord)),
)]
async fn release(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<EndingRequest>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(&asker, of, ending)?;
    change(&asker, &Request::Release { reservation, keep }).await
}

/// Gives a confirmed reservation back.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/cancel",
    tag = "reservations",
    params(OfReservation),
    request_body = EndingRequest,
    responses((status = 200, description = "cancelled, or so already", body = ReservationRecord)),
)]
async fn cancel(
    asker: Asker,
    of: OfReservation,
    Json(ending): Json<EndingRequest>,
) -> Result<Response, Problem> {
    let (reservation, keep) = ended(&asker, of, ending)?;
    change(&asker, &Request::Cancel { reservation, keep }).await
}

/// Holds a held reservation at least until a time.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/extend",
    tag = "reservations",
    params(OfReservation),
    request_body = ExtensionRequest,
    responses((status = 200, description = "held at least until then", body = ReservationRecord)),
)]
async fn extend(
    asker: Asker,
    of: OfReservation,
    Json(ExtensionRequest { customer, until }): Json<ExtensionRequest>,
) -> Result<Response, Problem> {
    let reservation = of.key(asker.acts_for(customer)?);
    let request = Request::Extend { reservation, until: until.0 };
    change(&asker, &request).await
}

fn ended(
    asker: &Asker,
    of: OfReservation,
    ending: EndingRequest,
) -> Result<(ReservationKey, Option<Keep>), Problem> {
    let (customer, keep) = ending.into_parts()?;
    Ok((of.key(asker.acts_for(customer)?), keep))
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
        let mut keys = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let wrong = |why| Problem::refused(Refusal::invalid("Idempotency-Key", why));
        let key = match (keys.next(), keys.next()) {
            (None, _) => return Ok(Self(None)),
            (Some(key), None) => key,
            (Some(_), Some(_)) => return Err(wrong("is there twice".to_owned())),
        };
        // The header's draft has it in quotes; most clients do not.
        let key = std::str::from_utf8(key.as_bytes()).unwrap_or_default().trim_matches('"');
        let id = key.parse().map_err(|_| wrong(missing(shared.clock.now())));
        id.map(|id| Self(Some(id)))
    }
}

/// The id in the body, or else in the header.
fn id(
    new: &ReservationRequest,
    key: Option<ReservationId>,
    now: Timestamp,
) -> Result<ReservationId, Problem> {
    match (new.id, key) {
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
