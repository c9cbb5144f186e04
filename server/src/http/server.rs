//! `/v1/server` and `/v1/stats`: the server itself.

use super::answers::json;
use super::asker::Asker;
use super::problem::Problem;
use crate::Shared;
use crate::json::{self, Moment, ServerRecord};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use hyper::StatusCode;
use std::sync::Arc;
use std::time::Duration;

/// The addresses of this resource.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/v1/server", get(get_server)).route("/v1/stats", get(get_stats))
}

/// What a page needs to know of the server.
async fn get_server(asker: Asker) -> Response {
    let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let holds = asker.shared.config.holds;
    let record = ServerRecord {
        server: concat!("boxoffice/", env!("CARGO_PKG_VERSION")),
        time: Moment(asker.shared.clock.now()),
        hold_default_ms: ms(holds.default),
        hold_min_ms: ms(holds.min),
        hold_max_ms: ms(holds.max),
        hold_life_ms: ms(holds.life),
    };
    json(StatusCode::OK, &record)
}

/// How the server is doing.
async fn get_stats(asker: Asker) -> Result<Response, Problem> {
    match asker.ask(&Request::Stats).await?.body {
        Body::Stats(stats) => Ok(json(StatusCode::OK, &json::stats(&stats))),
        _ => unreachable!("who asks for figures is told figures"),
    }
}
