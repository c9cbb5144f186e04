//! Probes and scrapers: whether the server lives, whether it takes new reservations, and every
//! figure about it.

use super::caller::HttpCaller;
use super::operating_paths::{HEALTH, METRICS, READINESS};
use super::problem::{HttpError, Problem};
use crate::exposition;
use crate::readiness::NotReady;
use crate::server_state::ServerState;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use boxoffice_protocol::request::Request;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A probe's answer is of no use later.
const NOT_KEPT: (HeaderName, &str) = (CACHE_CONTROL, "no-store");

/// One scrape at a time: each takes a thread for a moment.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

pub(super) fn routes() -> Router<Arc<ServerState>> {
    Router::new()
        .route(HEALTH, get(healthy))
        .route(READINESS, get(ready))
        .route(METRICS, get(metrics))
}

/// The routes during recovery; every other address is unavailable.
pub(super) fn routes_while_recovering() -> Router {
    Router::new()
        .route(HEALTH, get(healthy))
        .route(READINESS, get(async || Problem::from(HttpError::NotReady(NotReady::Recovering))))
        .fallback(async || Problem::from(HttpError::Recovering))
}

/// A server that can answer lives.
async fn healthy() -> impl IntoResponse {
    ([NOT_KEPT], "ok\n")
}

async fn ready(State(shared): State<Arc<ServerState>>) -> Result<impl IntoResponse, Problem> {
    shared.readiness().map_err(HttpError::NotReady)?;
    let differing = shared.cluster.as_ref().map(|cluster| cluster.differing()).unwrap_or_default();
    let mut text = "ready\n".to_owned();
    // It serves all the same, and an operator has to look.
    differing.iter().for_each(|what| text += &format!("other servers have another {what}\n"));
    if let Some(why) = shared.reports.as_ref().map(|reports| reports.why_stopped())
        && !why.is_empty()
    {
        text += "rows for reports are written no more; boxoffice stats says why\n";
    }
    Ok(([NOT_KEPT], text))
}

/// Figures show how much is sold, so they take the permission of `Stats`; after a failure of the
/// ledger too.
async fn metrics(caller: HttpCaller) -> Result<impl IntoResponse, Problem> {
    caller.admit_uncounted(&Request::Stats)?;
    let shared = Arc::clone(&caller.shared);
    let _turn = ONE_AT_A_TIME.acquire().await;
    // It looks at the disk, which may take its time.
    let text = tokio::task::spawn_blocking(move || exposition::text(&shared)).await;
    Ok(([NOT_KEPT, (CONTENT_TYPE, exposition::MEDIA_TYPE)], text.unwrap_or_default()))
}
