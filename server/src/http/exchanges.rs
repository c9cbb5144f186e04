//! `/v1/events/{event}/reservations/{id}/exchange`.

use super::caller::HttpCaller;
use super::extract::{Json, ReservationPath};
use super::problem::Problem;
use super::reservations::change;
use crate::server_state::ServerState;
use axum::response::Response;
use boxoffice_protocol::json::{ExchangeRequest, ReservationRecord};
use boxoffice_protocol::request::Request;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default().routes(routes!(exchange))
}

/// Gives a held or confirmed reservation other places in one step: all of them, or none. Places that
/// stay keep their price, the others cost what they cost today, and a hold keeps its deadline.
#[utoipa::path(
    post,
    path = "/v1/events/{event}/reservations/{id}/exchange",
    tag = "reservations",
    params(ReservationPath),
    request_body = ExchangeRequest,
    responses((status = 200, description = "it has these places, or had them already", body = ReservationRecord)),
)]
async fn exchange(
    caller: HttpCaller,
    path: ReservationPath,
    Json(mut body): Json<ExchangeRequest>,
) -> Result<Response, Problem> {
    let customer = caller.acts_for(body.customer.take())?;
    let if_revision = body.if_revision.0;
    let to = body.selection().map_err(|wrong| Problem::refused(wrong.into()))?;
    change(&caller, &Request::Exchange { reservation: path.key(&customer), if_revision, to }).await
}
