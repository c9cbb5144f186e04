//! `/v1/events`: what there is to reserve.

use super::asked::{OfEvent, Query};
use super::asker::Asker;
use super::problem::Problem;
use super::reads;
use crate::Shared;
use crate::views::{Aspect, Form};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Freshness;
use hyper::HeaderMap;
use serde::Deserialize;
use std::sync::Arc;

/// The addresses of this resource.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/v1/events/{event}", get(get_event))
}

/// How a view is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Viewing {
    /// Whether it must show the event as it is.
    #[serde(default)]
    fresh: bool,
}

const fn freshness(fresh: bool) -> Freshness {
    if fresh { Freshness::Fresh } else { Freshness::Cached }
}

/// One event, with its sections.
async fn get_event(
    asker: Asker,
    OfEvent(event): OfEvent,
    Query(Viewing { fresh }): Query<Viewing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    view(&asker, &event, Aspect::Details, freshness(fresh), &headers).await
}

async fn view(
    asker: &Asker,
    id: &EventId,
    aspect: Aspect,
    freshness: Freshness,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    asker.refuse_if_failed()?;
    let shared = &asker.shared;
    let found = shared.catalog.find(id).and_then(|event| {
        let mut told = asker.told();
        let wanted = told.wants(event.serial, freshness);
        let aged = shared.views.of_event(&event, aspect, Form::Json, wanted)?;
        told.heard(event.serial, aged.view.version, aged.view.done_at);
        Some(aged)
    });
    match found {
        Some(aged) => reads::tell(asker, aged, headers).await,
        None => {
            let answer = shared.catalog.event_not_found();
            asker.durable(answer.position).await?;
            let (refusal, version) = (Refusal::EventNotFound, Some(answer.version));
            Err(Problem::Refused { refusal, version })
        }
    }
}
