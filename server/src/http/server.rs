//! `/v1/server` and `/v1/stats`: the server itself.

use super::caller::HttpCaller;
use super::problem::Problem;
use super::responses::json;
use crate::server_state::ServerState;
use axum::response::Response;
use boxoffice_protocol::json::{Rfc3339, ServerRecord, StatsRecord};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use hyper::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default().routes(routes!(get_server)).routes(routes!(get_stats))
}

/// What a page needs to know of the server.
#[utoipa::path(
    get,
    path = "/v1/server",
    tag = "server",
    responses((status = 200, description = "what the server is", body = ServerRecord)),
)]
async fn get_server(caller: HttpCaller) -> Response {
    let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let holds = caller.hold_rules();
    let record = ServerRecord {
        server: concat!("boxoffice/", env!("CARGO_PKG_VERSION")),
        time: Rfc3339(caller.shared.clock.now()),
        hold_default_ms: ms(holds.default),
        hold_min_ms: ms(holds.min),
        hold_max_ms: ms(holds.max),
        hold_life_ms: ms(holds.life),
    };
    json(StatusCode::OK, &record)
}

/// How the server is doing.
#[utoipa::path(
    get,
    path = "/v1/stats",
    tag = "server",
    responses((status = 200, description = "figures by their names", body = StatsRecord)),
)]
async fn get_stats(caller: HttpCaller) -> Result<Response, Problem> {
    match caller.execute(&Request::Stats).await?.body {
        Body::Stats(stats) => Ok(json(StatusCode::OK, &StatsRecord::new(&stats))),
        _ => unreachable!("figures answer their request"),
    }
}
