//! `/v1/plans`: plans of halls.

use super::caller::HttpCaller;
use super::extract::PlanPath;
use super::plan_body::PlanBody;
use super::plan_labels::PlanLabelsRecord;
use super::problem::Problem;
use super::responses::{JSON, created, json};
use super::view_response::{ReadConditions, tag_of_gzip};
use crate::plans::KeptPlan;
use crate::server_state::ServerState;
use axum::body::Body;
use axum::response::Response;
use boxoffice_plan::{HallPlan, PlanDrawing};
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::json::{self as records, PlanSavedRecord};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::request::Request;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, LOCATION, VARY,
};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A drawing follows from a digest and from the program that draws.
const DRAWN_BY: &str = env!("CARGO_PKG_VERSION");

pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default()
        .routes(routes!(post_plan))
        .routes(routes!(get_plan))
        .routes(routes!(get_drawing))
        .routes(routes!(get_plan_labels))
}

/// Keeps a plan. The same one again changes nothing, whichever way it is written.
#[utoipa::path(
    post,
    path = "/v1/plans",
    tag = "plans",
    request_body(
        description = "the plan, as JSON (docs/plan.schema.json) or TOML",
        content(
            (HashMap<String, serde_json::Value> = "application/json"),
            (PlanBody = "application/toml")
        )
    ),
    responses((status = 201, description = "kept", body = PlanSavedRecord), (status = 200, description = "the same was there already", body = PlanSavedRecord)),
)]
async fn post_plan(caller: HttpCaller, body: PlanBody) -> Result<Response, Problem> {
    // Whether it is allowed depends on nothing that the body says.
    let (digest, bytes) = (PlanDigest([0; 32]), PlanPart::default());
    caller.admit(&Request::PutPlan { digest, offset: 0, bytes })?;
    let plans = &caller.shared.plans;
    let too_many = || caller.refused(Refusal::Unavailable { why: UnavailableWhy::TooMany });
    let _room = plans.room_for_file().ok_or_else(too_many)?;
    let (format, text) = body.read(&caller.shared).await?;
    let (digest, effect) =
        plans.save_file(format, text).await.map_err(|refusal| caller.refused(refusal))?;
    caller.refuse_if_failed()?;
    let mut response = json(created(effect), &PlanSavedRecord::new(digest, effect));
    if let Ok(location) = HeaderValue::try_from(format!("/v1/plans/{digest}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// A plan in its canonical form. It never changes.
#[utoipa::path(
    get,
    path = "/v1/plans/{digest}",
    tag = "plans",
    params(PlanPath),
    responses((status = 200, description = "the plan", body = serde_json::Value)),
)]
async fn get_plan(
    caller: HttpCaller,
    PlanPath(digest): PlanPath,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    let kept = kept(&caller, digest).await?;
    Ok(unchanging(digest, kept.canonical.clone(), &conditions))
}

/// What a plan calls its rows and seats. It never changes.
#[utoipa::path(
    get,
    path = "/v1/plans/{digest}/labels",
    tag = "plans",
    params(PlanPath),
    responses((status = 200, description = "the labels", body = PlanLabelsRecord)),
)]
async fn get_plan_labels(
    caller: HttpCaller,
    PlanPath(digest): PlanPath,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    let kept = kept(&caller, digest).await?;
    let write = |plan: &HallPlan| records::to_vec(&PlanLabelsRecord::new(plan));
    let written = spawn_blocking(move || kept.labels(write)).await;
    let too_many = |_| caller.refused(Refusal::Unavailable { why: UnavailableWhy::TooMany });
    Ok(unchanging(digest, written.map_err(too_many)?, &conditions))
}

/// What a page draws of a plan: the place of every seat, labels, shapes and colours.
#[utoipa::path(
    get,
    path = "/v1/plans/{digest}/drawing",
    tag = "plans",
    params(PlanPath),
    responses((status = 200, description = "the drawing", body = PlanDrawing)),
)]
async fn get_drawing(
    caller: HttpCaller,
    PlanPath(digest): PlanPath,
    conditions: ReadConditions,
) -> Result<Response, Problem> {
    let kept = kept(&caller, digest).await?;
    let tag = format!("\"{digest}-{DRAWN_BY}\"");
    let knows_it = conditions.knows(tag.as_bytes());
    let tag = if conditions.gzip { tag_of_gzip(tag.as_bytes()) } else { tag.into() };
    let mut response = Response::default();
    if knows_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        let drawn = caller.shared.plans.drawing(kept).await;
        let drawn = drawn.map_err(|refusal| caller.refused(refusal))?;
        let body = if conditions.gzip { &drawn.gzip } else { &drawn.json };
        *response.body_mut() = Body::from(body.clone());
    }
    let headers = response.headers_mut();
    if conditions.gzip && !knows_it {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if !knows_it {
        headers.insert(CONTENT_TYPE, JSON);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_maybe_shared(tag) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

/// A plan that the server keeps.
pub(super) async fn kept(
    caller: &HttpCaller,
    digest: PlanDigest,
) -> Result<Arc<KeptPlan>, Problem> {
    caller.admit(&Request::GetPlan { digest, offset: 0 })?;
    let found = caller.shared.plans.fetch(digest).await;
    let found = found.and_then(|found| found.ok_or(Refusal::PlanNotFound));
    found.map_err(|refusal| caller.refused(refusal))
}

/// A response that follows from a digest alone: a client that may see it may keep it.
fn unchanging(digest: PlanDigest, body: Bytes, conditions: &ReadConditions) -> Response {
    let tag = format!("\"{digest}\"");
    let knows_it = conditions.knows(tag.as_bytes());
    let mut response = Response::new(if knows_it { Body::empty() } else { Body::from(body) });
    let headers = response.headers_mut();
    let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, forever);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    if knows_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    response
}
