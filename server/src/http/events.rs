//! `/v1/events`: what there is to reserve.

use super::answers::{created, json};
use super::asked::{IfMatch, Json, OfEvent, Query};
use super::asker::{Answered, Asker};
use super::problem::Problem;
use super::reads::{self, Reading};
use crate::shared::Shared;
use crate::views::{Aspect, Form};
use axum::response::Response;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::json::{
    CreateEventRequest, EventRecord, EventsRecord, SavedRecord, SeatMapRecord, UpdateEventRequest,
};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Freshness, PageLimit, Request};
use hyper::StatusCode;
use hyper::header::{HeaderValue, LOCATION};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of this resource.
pub(super) fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::default()
        .routes(routes!(list_events, post_event))
        .routes(routes!(get_event, put_event, patch_event, delete_event))
        .routes(routes!(get_seats))
}

/// How a page of events is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// Begin after this one: the `next` of the page before.
    after: Option<EventId>,
    /// At most so many.
    limit: Option<PageLimit>,
    /// Whether it must show the events as they are.
    #[serde(default)]
    fresh: bool,
}

/// How an event is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Viewing {
    /// Whether it must show the event as it is.
    #[serde(default)]
    fresh: bool,
}

/// How an event is deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Deleting {
    /// Whether live reservations end with it.
    #[serde(default)]
    force: bool,
}

const fn freshness(fresh: bool) -> Freshness {
    if fresh { Freshness::Fresh } else { Freshness::Cached }
}

/// A page of the events, in the order of their ids.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "events",
    params(Listing),
    responses((status = 200, description = "a page of events", body = EventsRecord)),
)]
async fn list_events(
    asker: Asker,
    Query(Listing { after, limit, fresh }): Query<Listing>,
    reading: Reading,
) -> Result<Response, Problem> {
    let (limit, freshness) = (limit.unwrap_or(PageLimit::MAX), freshness(fresh));
    asker.admit(&Request::ListEvents { after: after.clone(), limit, freshness })?;
    let aged = {
        let mut told = asker.told();
        let wanted = told.wants_list(freshness);
        let views = &asker.shared.views;
        let catalog = &asker.shared.catalog;
        let aged = views.of_list(catalog, after.as_ref(), limit, Form::Json, wanted);
        told.heard_of_many(aged.view.done_at);
        aged
    };
    reads::tell(&asker, aged, &reading).await
}

/// One event, with its sections.
#[utoipa::path(
    get,
    path = "/v1/events/{event}",
    tag = "events",
    params(OfEvent, Viewing),
    responses((status = 200, description = "the event", body = EventRecord)),
)]
async fn get_event(
    asker: Asker,
    OfEvent(event): OfEvent,
    Query(Viewing { fresh }): Query<Viewing>,
    reading: Reading,
) -> Result<Response, Problem> {
    view(&asker, &event, Aspect::Details, freshness(fresh), &reading).await
}

/// The state of every seat of an event.
#[utoipa::path(
    get,
    path = "/v1/events/{event}/seats",
    tag = "events",
    params(OfEvent, Viewing),
    responses((status = 200, description = "the seats", body = SeatMapRecord)),
)]
async fn get_seats(
    asker: Asker,
    OfEvent(event): OfEvent,
    Query(Viewing { fresh }): Query<Viewing>,
    reading: Reading,
) -> Result<Response, Problem> {
    view(&asker, &event, Aspect::Seats, freshness(fresh), &reading).await
}

async fn view(
    asker: &Asker,
    id: &EventId,
    aspect: Aspect,
    freshness: Freshness,
    reading: &Reading,
) -> Result<Response, Problem> {
    asker.admit(&match aspect {
        Aspect::Details => Request::GetEvent { event: id.clone(), freshness },
        Aspect::Seats => Request::Seats { event: id.clone(), freshness },
    })?;
    let shared = &asker.shared;
    let found = shared.catalog.find(id).and_then(|event| {
        let mut told = asker.told();
        let wanted = told.wants(event.serial, freshness);
        let aged = shared.views.of_event(&event, aspect, Form::Json, wanted)?;
        told.heard(event.serial, aged.view.version, aged.view.done_at);
        Some(aged)
    });
    match found {
        Some(aged) => reads::tell(asker, aged, reading).await,
        None => Err(asker.may_tell(shared.catalog.event_not_found()).await),
    }
}

/// Creates an event whose slug is in the body.
#[utoipa::path(
    post,
    path = "/v1/events",
    tag = "events",
    request_body = CreateEventRequest,
    responses((status = 201, description = "created", body = SavedRecord), (status = 200, description = "the same was there already", body = SavedRecord)),
)]
async fn post_event(
    asker: Asker,
    Json(new): Json<CreateEventRequest>,
) -> Result<Response, Problem> {
    match new.id.clone() {
        Some(event) => create(&asker, event, new).await,
        None => Err(Problem::refused(Refusal::invalid("id", "must be there"))),
    }
}

/// Creates an event; the same one again changes nothing.
#[utoipa::path(
    put,
    path = "/v1/events/{event}",
    tag = "events",
    params(OfEvent),
    request_body = CreateEventRequest,
    responses((status = 201, description = "created", body = SavedRecord), (status = 200, description = "the same was there already", body = SavedRecord)),
)]
async fn put_event(
    asker: Asker,
    OfEvent(event): OfEvent,
    Json(new): Json<CreateEventRequest>,
) -> Result<Response, Problem> {
    if new.id.as_ref().is_some_and(|id| *id != event) {
        let why = "differs from the one in the address; leave it out";
        return Err(Problem::refused(Refusal::invalid("id", why)));
    }
    create(&asker, event, new).await
}

async fn create(
    asker: &Asker,
    event: EventId,
    new: CreateEventRequest,
) -> Result<Response, Problem> {
    let spec = Box::new(new.into_spec().map_err(Problem::refused)?);
    let request = Request::CreateEvent { event: event.clone(), spec };
    let answered = asker.ask(&request).await?;
    let effect = saved(&answered);
    let record = SavedRecord::new(&event, effect, answered.version);
    let mut response = json(created(effect), &record);
    if let Ok(location) = HeaderValue::try_from(format!("/v1/events/{event}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Changes an event's terms.
#[utoipa::path(
    patch,
    path = "/v1/events/{event}",
    tag = "events",
    params(OfEvent,
        ("If-Match" = Option<String>, Header, description = "The ETag of the event as you know it")),
    request_body = UpdateEventRequest,
    responses((status = 200, description = "changed, or so already", body = SavedRecord)),
)]
async fn patch_event(
    asker: Asker,
    OfEvent(event): OfEvent,
    IfMatch(tagged): IfMatch,
    Json(update): Json<UpdateEventRequest>,
) -> Result<Response, Problem> {
    let said = update.if_version.map(|version| version.0);
    if let (Some(tagged), Some(said)) = (tagged, said)
        && tagged != said
    {
        let why = "differs from If-Match; send one of them";
        return Err(Problem::refused(Refusal::invalid("if_version", why)));
    }
    let if_version = tagged.or(said);
    let update = Box::new(update.into_update().map_err(Problem::refused)?);
    let request = Request::UpdateEvent { event: event.clone(), if_version, update };
    let answered = asker.ask(&request).await.map_err(|problem| match problem {
        Problem::Refused { refusal: refusal @ Refusal::VersionConflict { .. }, version }
            if tagged.is_some() =>
        {
            Problem::Precondition { refusal, version }
        }
        problem => problem,
    })?;
    let record = SavedRecord::new(&event, saved(&answered), answered.version);
    Ok(json(StatusCode::OK, &record))
}

/// Deletes an event.
#[utoipa::path(
    delete,
    path = "/v1/events/{event}",
    tag = "events",
    params(OfEvent, Deleting),
    responses((status = 200, description = "deleted, or was so already", body = SavedRecord)),
)]
async fn delete_event(
    asker: Asker,
    OfEvent(event): OfEvent,
    Query(Deleting { force }): Query<Deleting>,
) -> Result<Response, Problem> {
    let force = if force { Force::Yes } else { Force::No };
    let answered = asker.ask(&Request::DeleteEvent { event: event.clone(), force }).await?;
    let record = SavedRecord::new(&event, saved(&answered), answered.version);
    Ok(json(StatusCode::OK, &record))
}

fn saved(answered: &Answered) -> Effect {
    match answered.body {
        Body::EventSaved { effect } => effect,
        _ => unreachable!("who changes an event is told that it is saved"),
    }
}
