//! `/v1/events/{event}/reservations` and `/v1/reservations`.

use super::caller::{DurableAnswer, HttpCaller};
use super::extract::{EventPath, Json, Query, ReservationPath};
use super::problem::Problem;
use super::responses::{created, json};
use crate::server_state::ServerState;
use axum::extract::FromRequestParts;
use axum::response::Response;
use boxoffice_protocol::id::{BookingCode, CustomerId, EventId, OrderNumber, ReservationId};
use boxoffice_protocol::json::{
    ConfirmationRequest, CursorText, EndingRequest, ExtensionRequest, LeaveRequest, OrderRecord,
    OrderRequest, ReservationRecord, ReservationRequest, ReservationsRecord, SetOrderRequest,
    TransferRequest,
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

/// The header with a new reservation's id, for a body without one.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default()
        .routes(routes!(list_reservations))
        .routes(routes!(reserve))
        .routes(routes!(get_reservation))
        .routes(routes!(confirm))
        .routes(routes!(release))
        .routes(routes!(cancel))
        .routes(routes!(extend))
        .routes(routes!(leave))
        .routes(routes!(transfer))
        .routes(routes!(set_order))
        .routes(routes!(confirm_order))
}

/// The query of a page of reservations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListReservationsQuery {
    /// Only this customer's.
    customer: Option<CustomerId>,
    /// Only of this event.
    event: Option<EventId>,
    /// Only those with this booking code: one as a rule, but there may be several.
    code: Option<BookingCode>,
    /// Only those of this order.
    order: Option<OrderNumber>,
    /// Begin there: the `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<CursorText>,
    /// The most reservations of a page.
    limit: Option<PageLimit>,
}

/// The query of one reservation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetReservationQuery {
    /// Whose it is; a caller that may act for one customer only may leave it out.
    customer: Option<CustomerId>,
}

/// Holds or reserves places.
///
/// Visitors, which the server knows by a cookie only, have limits by address: one that takes places
/// too fast is told `Busy` and tries again after `retry_after_ms`, and an address has at most so many
/// places in an event at once. Their holds are short. They may fill half of the room that the server
/// has for reservations.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations",
    tag = "reservations",
    params(EventPath,
        ("Idempotency-Key" = Option<ReservationId>, Header,
            description = "The id, where the body has none")),
    request_body = ReservationRequest,
    responses((status = 201, description = "held, or reserved", body = ReservationRecord), (status = 200, description = "what was asked for before is this now", body = ReservationRecord)),
)]
async fn reserve(
    caller: HttpCaller,
    EventPath(event): EventPath,
    IdempotencyKey(key): IdempotencyKey,
    Json(mut new): Json<ReservationRequest>,
) -> Result<Response, Problem> {
    let id = id(&new, key, caller.shared.clock.now())?;
    let customer = caller.acts_for(new.customer.take())?;
    let order = new.order.take();
    let order = order.as_ref().map(OrderNumber::borrowed);
    let request = new.into_request(event.borrowed(), id, customer.borrowed(), order)?;
    let answered = caller.execute_within_limits(&request).await?;
    let (record, effect) = record(&answered);
    Ok(json(created(effect), &record))
}

/// A page of reservations, ended ones too while they are remembered.
#[utoipa::path(
    get,
    path = "/v1/reservations",
    tag = "reservations",
    params(ListReservationsQuery),
    responses((status = 200, description = "a page of reservations", body = ReservationsRecord)),
)]
async fn list_reservations(
    caller: HttpCaller,
    Query(query): Query<ListReservationsQuery>,
) -> Result<Response, Problem> {
    let ListReservationsQuery { customer, event, code, order, after, limit } = query;
    let order = order.as_ref().map(OrderNumber::borrowed);
    let (after, limit) = (after.map(|after| after.0), limit.unwrap_or(PageLimit::MAX));
    let event = event.as_ref().map(EventId::borrowed);
    let customer = customer.as_ref().map(CustomerId::borrowed);
    let list = Request::ListReservations { event, customer, code, order, after, limit };
    let answered = caller.execute(&list).await?;
    match answered.body {
        Body::Reservations { rows, next } => {
            let record = ReservationsRecord::new(&rows, next, answered.version);
            Ok(json(StatusCode::OK, &record))
        }
        _ => unreachable!("a list of reservations answers its request"),
    }
}

/// What a reservation is now.
#[utoipa::path(
    get,
    path = "/v1/events/{event}/reservations/{id}",
    tag = "reservations",
    params(ReservationPath, GetReservationQuery),
    responses((status = 200, description = "the reservation", body = ReservationRecord)),
)]
async fn get_reservation(
    caller: HttpCaller,
    path: ReservationPath,
    Query(GetReservationQuery { customer }): Query<GetReservationQuery>,
) -> Result<Response, Problem> {
    let customer = caller.acts_for(customer)?;
    let reservation = path.key(&customer);
    change(&caller, &Request::GetReservation { reservation }).await
}

/// Makes a held reservation confirmed. With `"expired":"reinstate"`, for agents and admins, it confirms
/// an expired one, too, for 24 hours, with all its places. If one of these is taken, the reservation is
/// forfeited: a refusal `WrongStatus`, now and ever.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/confirm",
    tag = "reservations",
    params(ReservationPath),
    request_body = ConfirmationRequest,
    responses((status = 200, description = "confirmed, or so already", body = ReservationRecord)),
)]
async fn confirm(
    caller: HttpCaller,
    path: ReservationPath,
    Json(confirmation): Json<ConfirmationRequest>,
) -> Result<Response, Problem> {
    let (customer, keep, expired) = confirmation.into_parts()?;
    let customer = caller.acts_for(customer)?;
    change(&caller, &Request::Confirm { reservation: path.key(&customer), keep, expired }).await
}

/// Lets a held reservation go.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/release",
    tag = "reservations",
    params(ReservationPath),
    request_body = EndingRequest,
    responses((status = 200, description = "released, or so already", body = ReservationRecord)),
)]
async fn release(
    caller: HttpCaller,
    path: ReservationPath,
    Json(ending): Json<EndingRequest>,
) -> Result<Response, Problem> {
    end(&caller, path, ending, |reservation, keep| Request::Release { reservation, keep }).await
}

/// Gives a confirmed reservation back.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/cancel",
    tag = "reservations",
    params(ReservationPath),
    request_body = EndingRequest,
    responses((status = 200, description = "cancelled, or so already", body = ReservationRecord)),
)]
async fn cancel(
    caller: HttpCaller,
    path: ReservationPath,
    Json(ending): Json<EndingRequest>,
) -> Result<Response, Problem> {
    end(&caller, path, ending, |reservation, keep| Request::Cancel { reservation, keep }).await
}

/// Holds a held reservation at least until a time.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/extend",
    tag = "reservations",
    params(ReservationPath),
    request_body = ExtensionRequest,
    responses((status = 200, description = "held at least until then", body = ReservationRecord)),
)]
async fn extend(
    caller: HttpCaller,
    path: ReservationPath,
    Json(ExtensionRequest { customer, until }): Json<ExtensionRequest>,
) -> Result<Response, Problem> {
    let customer = caller.acts_for(customer)?;
    let reservation = path.key(&customer);
    let request = Request::Extend { reservation, until: until.0 };
    change(&caller, &request).await
}

/// Lets a hold end in 20 seconds, unless it is extended. A page sends it when it is left; only a
/// hold that still has the deadline that the page knew is meant.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/leave",
    tag = "reservations",
    params(ReservationPath),
    request_body = LeaveRequest,
    responses((status = 200, description = "what the reservation is now", body = ReservationRecord)),
)]
async fn leave(
    caller: HttpCaller,
    path: ReservationPath,
    Json(LeaveRequest { customer, if_expires_at }): Json<LeaveRequest>,
) -> Result<Response, Problem> {
    let customer = caller.acts_for(customer)?;
    let request =
        Request::Leave { reservation: path.key(&customer), if_expires_at: if_expires_at.0 };
    change(&caller, &request).await
}

/// Gives a held or confirmed reservation to another customer, for which it takes an agent's or an
/// admin's token. The receiver's limit of places holds.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/transfer",
    tag = "reservations",
    params(ReservationPath),
    request_body = TransferRequest,
    responses((status = 200, description = "the other customer's, or so already", body = ReservationRecord)),
)]
async fn transfer(
    caller: HttpCaller,
    path: ReservationPath,
    Json(TransferRequest { customer, if_revision, to }): Json<TransferRequest>,
) -> Result<Response, Problem> {
    let (reservation, to) = (path.key(&customer), to.borrowed());
    change(&caller, &Request::Transfer { reservation, if_revision: if_revision.0, to }).await
}

/// Says which order a held or confirmed reservation belongs to, once and for ever; for agents and
/// admins. Several reservations may belong to one.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/order",
    tag = "reservations",
    params(ReservationPath),
    request_body = SetOrderRequest,
    responses((status = 200, description = "it belongs to the order", body = ReservationRecord)),
)]
async fn set_order(
    caller: HttpCaller,
    path: ReservationPath,
    Json(SetOrderRequest { customer, order }): Json<SetOrderRequest>,
) -> Result<Response, Problem> {
    let (reservation, order) = (path.key(&customer), order.borrowed());
    change(&caller, &Request::SetOrder { reservation, order }).await
}

/// Confirms all held reservations of an order, or none, if one of the order's was released, expired
/// or cancelled; for agents and admins.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/orders/confirm",
    tag = "reservations",
    params(EventPath),
    request_body = OrderRequest,
    responses((status = 200, description = "all are confirmed", body = OrderRecord)),
)]
async fn confirm_order(
    caller: HttpCaller,
    EventPath(event): EventPath,
    Json(OrderRequest { order }): Json<OrderRequest>,
) -> Result<Response, Problem> {
    let (event, order) = (event.borrowed(), order.borrowed());
    let answered = caller.execute_within_limits(&Request::ConfirmOrder { event, order }).await?;
    match &answered.body {
        Body::OrderConfirmed { reservations, .. } => {
            Ok(json(StatusCode::OK, &OrderRecord::new(reservations, answered.version)))
        }
        _ => unreachable!("an order answers its request"),
    }
}

async fn end(
    caller: &HttpCaller,
    path: ReservationPath,
    ending: EndingRequest,
    request: impl for<'a> FnOnce(ReservationKey<&'a str>, Option<Keep>) -> Request<&'a str>,
) -> Result<Response, Problem> {
    let (customer, keep) = ending.into_parts()?;
    let customer = caller.acts_for(customer)?;
    change(caller, &request(path.key(&customer), keep)).await
}

pub(super) async fn change(
    caller: &HttpCaller,
    request: &Request<&str>,
) -> Result<Response, Problem> {
    let answered = caller.execute_within_limits(request).await?;
    let (record, _) = record(&answered);
    Ok(json(StatusCode::OK, &record))
}

/// The id in the header, if there is one.
struct IdempotencyKey(Option<ReservationId>);

impl FromRequestParts<Arc<ServerState>> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
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

/// The id of a new reservation, from the body or else from the header.
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

/// How to choose an id, with a fresh one as an example.
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

/// The reservation in an answer, and whether this request changed it.
fn record(answered: &DurableAnswer) -> (ReservationRecord<'_>, Effect) {
    match &answered.body {
        Body::Reservation { reservation, effect } => {
            (ReservationRecord::new(reservation, answered.version), *effect)
        }
        _ => unreachable!("a reservation answers its request"),
    }
}
