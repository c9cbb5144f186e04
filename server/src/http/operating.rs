//! What those ask who keep the server running: whether it lives, whether customers may be sent to
//! it, and every figure about it.

use super::caller::Caller;
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

const HEALTH: &str = "/healthz";
const READINESS: &str = "/readyz";

/// What is said of this very moment, and of no use later.
const NOT_KEPT: (HeaderName, &str) = (CACHE_CONTROL, "no-store");

/// Who asks for all figures waits until nobody else does: each takes a thread for a moment.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// The addresses of a server.
pub(super) fn routes() -> Router<Arc<ServerState>> {
    Router::new()
        .route(HEALTH, get(healthy))
        .route(READINESS, get(ready))
        .route("/metrics", get(metrics))
}

/// The same of one that recovers, where everything else is not available.
pub(super) fn routes_while_recovering() -> Router {
    Router::new()
        .route(HEALTH, get(healthy))
        .route(READINESS, get(async || Problem::from(HttpError::NotReady(NotReady::Recovering))))
        .fallback(async || Problem::from(HttpError::Recovering))
}

/// Who can answer lives.
async fn healthy() -> impl IntoResponse {
    ([NOT_KEPT], "ok\n")
}

async fn ready(State(shared): State<Arc<ServerState>>) -> Result<impl IntoResponse, Problem> {
    shared.readiness().map_err(HttpError::NotReady)?;
    Ok(([NOT_KEPT], "ready\n"))
}

/// They say how much is sold, so they take what `Stats` takes; also when the ledger has failed.
async fn metrics(caller: Caller) -> Result<impl IntoResponse, Problem> {
    caller.may_ask(&Request::Stats)?;
    let shared = Arc::clone(&caller.shared);
    let _turn = ONE_AT_A_TIME.acquire().await;
    // It looks at the disk, which may take its time.
    let text = tokio::task::spawn_blocking(move || exposition::text(&shared)).await;
    Ok(([NOT_KEPT, (CONTENT_TYPE, exposition::MEDIA_TYPE)], text.unwrap_or_default()))
}
