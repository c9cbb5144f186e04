//! `/v1/events`: events and their seats.

use super::caller::{DurableAnswer, HttpCaller};
use super::extract::{EventPath, IfMatch, Json, Query};
use super::plans;
use super::problem::Problem;
use super::responses::{created, json};
use super::view_response::{self, ReadConditions};
use crate::server_state::ServerState;
use crate::views::{Aspect, Form};
use axum::response::Response;
use boxoffice_inventory::Hall;
use boxoffice_protocol::event::ZoneName;
use boxoffice_protocol::id::{EventId, PlanDigest, SectionName};
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

pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default()
        .routes(routes!(list_events, post_event))
        .routes(routes!(get_event, put_event, patch_event, delete_event))
        .routes(routes!(get_seats))
}

/// The query of a page of events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListEventsQuery {
    /// Begin after this one: the `next` of the page before.
    after: Option<EventId>,
    /// The most events of a page.
    limit: Option<PageLimit>,
    /// Whether it must show the events as they are.
    #[serde(default)]
    fresh: bool,
}

/// The query of an event's view.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetEventQuery {
    /// Whether it must show the event as it is.
    #[serde(default)]
    fresh: bool,
}

/// The query of an event's deletion.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeleteEventQuery {
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
    params(ListEventsQuery),
    responses((status = 200, description = "a page of events", body = EventsRecord)),
)]
async fn list_events(
    caller: HttpCaller,
    Query(ListEventsQuery { after, limit, fresh }): Query<ListEventsQuery>,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    let (limit, freshness) = (limit.unwrap_or(PageLimit::MAX), freshness(fresh));
    let after = after.as_ref().map(EventId::borrowed);
    let request = Request::ListEvents { after, limit, freshness };
    caller.admit(&request)?;
    let _kept = caller.confirm(&request).await?;
    let page = (after, limit);
    let aged = loop {
        let viewed = caller.shared.view_list(
            &mut caller.told(),
            page,
            caller.viewer(),
            Form::Json,
            freshness,
        );
        match viewed {
            Some(aged) => break aged,
            // Expired holds were recorded; other tasks have a turn.
            None => tokio::task::yield_now().await,
        }
    };
    view_response::respond(&caller, aged, &conditions).await
}

/// One event, with its sections.
#[utoipa::path(
    get,
    path = "/v1/events/{event}",
    tag = "events",
    params(EventPath, GetEventQuery),
    responses((status = 200, description = "the event", body = EventRecord)),
)]
async fn get_event(
    caller: HttpCaller,
    EventPath(event): EventPath,
    Query(GetEventQuery { fresh }): Query<GetEventQuery>,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    view(&caller, event.borrowed(), Aspect::Details, freshness(fresh), &conditions).await
}

/// The state of every seat of an event.
#[utoipa::path(
    get,
    path = "/v1/events/{event}/seats",
    tag = "events",
    params(EventPath, GetEventQuery),
    responses((status = 200, description = "the seats", body = SeatMapRecord)),
)]
async fn get_seats(
    caller: HttpCaller,
    EventPath(event): EventPath,
    Query(GetEventQuery { fresh }): Query<GetEventQuery>,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    view(&caller, event.borrowed(), Aspect::Seats, freshness(fresh), &conditions).await
}

async fn view(
    caller: &HttpCaller,
    id: EventId<&str>,
    aspect: Aspect,
    freshness: Freshness,
    conditions: &ReadConditions,
) -> Result<Response, Problem> {
    let request = match aspect {
        Aspect::Details => Request::GetEvent { event: id, freshness },
        Aspect::Seats => Request::Seats { event: id, freshness },
    };
    caller.admit(&request)?;
    let _kept = caller.confirm(&request).await?;
    let shared = &caller.shared;
    let of = (id, caller.viewer());
    match shared.view_json(|| caller.told(), of, aspect, freshness).await {
        Some(aged) => view_response::respond(caller, aged, conditions).await,
        None => Err(caller.refuse(shared.catalog.event_not_found()).await),
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
    caller: HttpCaller,
    Json(new): Json<CreateEventRequest>,
) -> Result<Response, Problem> {
    match new.id.clone() {
        Some(event) => create(&caller, event, new).await,
        None => Err(Problem::refused(Refusal::invalid("id", "must be there"))),
    }
}

/// Creates an event; the same one again changes nothing.
#[utoipa::path(
    put,
    path = "/v1/events/{event}",
    tag = "events",
    params(EventPath),
    request_body = CreateEventRequest,
    responses((status = 201, description = "created", body = SavedRecord), (status = 200, description = "the same was there already", body = SavedRecord)),
)]
async fn put_event(
    caller: HttpCaller,
    EventPath(event): EventPath,
    Json(new): Json<CreateEventRequest>,
) -> Result<Response, Problem> {
    if new.id.as_ref().is_some_and(|id| *id != event) {
        let why = "differs from the one in the address; leave it out";
        return Err(Problem::refused(Refusal::invalid("id", why)));
    }
    create(&caller, event, new).await
}

async fn create(
    caller: &HttpCaller,
    event: EventId,
    new: CreateEventRequest,
) -> Result<Response, Problem> {
    let hall = hall(caller, new.plan).await?;
    let planned = |name: &SectionName| Some(hall.plan()?.section_named(name.as_str())?.layout());
    let spec = new.into_spec(boxoffice_zones::read, planned).map_err(Problem::refused)?;
    let spec = Box::new(spec);
    let request = Request::CreateEvent { event: event.borrowed(), spec };
    let answered = caller.execute(&request).await?;
    let effect = saved(&answered);
    let record = SavedRecord::new(&event, effect, answered.version);
    let mut response = json(created(effect), &record);
    if let Ok(location) = HeaderValue::try_from(format!("/v1/events/{event}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// The hall of a plan, which says the layout of sections.
async fn hall(caller: &HttpCaller, plan: Option<PlanDigest>) -> Result<Hall, Problem> {
    let Some(digest) = plan else { return Ok(Hall::default()) };
    Ok(Hall::planned(Arc::clone(&plans::kept(caller, digest).await?.plan)))
}

/// Changes an event's terms.
#[utoipa::path(
    patch,
    path = "/v1/events/{event}",
    tag = "events",
    params(EventPath,
        ("If-Match" = Option<String>, Header, description = "The ETag of the event as you know it")),
    request_body = UpdateEventRequest,
    responses((status = 200, description = "changed, or so already", body = SavedRecord)),
)]
async fn patch_event(
    caller: HttpCaller,
    EventPath(event): EventPath,
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
    let update = update.into_update(|field, text, zone| match (zone, zone_of(&caller, &event)) {
        (None, Some(known)) => boxoffice_zones::read_at(field, text, &known),
        (zone, _) => boxoffice_zones::read(field, text, zone),
    });
    let update = Box::new(update.map_err(Problem::refused)?);
    let request = Request::UpdateEvent { event: event.borrowed(), if_version, update };
    let answered = caller.execute(&request).await.map_err(|problem| match problem {
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

/// The zone of an event: that of times which come without one.
fn zone_of(caller: &HttpCaller, event: &EventId) -> Option<ZoneName> {
    let event = caller.shared.catalog.find_for(event.borrowed(), caller.viewer())?;
    Some(event.look(|inventory| inventory.spec().starts_at.zone().clone()).value)
}

/// Deletes an event.
#[utoipa::path(
    delete,
    path = "/v1/events/{event}",
    tag = "events",
    params(EventPath, DeleteEventQuery),
    responses((status = 200, description = "deleted, or was so already", body = SavedRecord)),
)]
async fn delete_event(
    caller: HttpCaller,
    EventPath(event): EventPath,
    Query(DeleteEventQuery { force }): Query<DeleteEventQuery>,
) -> Result<Response, Problem> {
    let force = if force { Force::Yes } else { Force::No };
    let answered = caller.execute(&Request::DeleteEvent { event: event.borrowed(), force }).await?;
    let record = SavedRecord::new(&event, saved(&answered), answered.version);
    Ok(json(StatusCode::OK, &record))
}

fn saved(answered: &DurableAnswer) -> Effect {
    match answered.body {
        Body::EventSaved { effect } => effect,
        _ => unreachable!("a saved event answers its request"),
    }
}
