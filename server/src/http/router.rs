//! The router: the routes of all resources together.

use super::problem::{HttpError, Problem};
use super::stream::{self, Streams};
use super::{
    events, exchanges, openapi, operating, plans, reservations, server, static_files, swagger_ui,
    visitor_cookie,
};
use crate::server_state::ServerState;
use axum::Router;
use axum::response::{IntoResponse, Response};
use hyper::header::ACCEPT;
use hyper::{HeaderMap, Method, StatusCode, Uri};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn router(shared: Arc<ServerState>, streams: Arc<Streams>) -> Router {
    let (described, description) = OpenApiRouter::with_openapi(openapi::about())
        .merge(events::routes())
        .merge(plans::routes())
        .merge(reservations::routes())
        .merge(exchanges::routes())
        .merge(server::routes())
        .merge(stream::routes(streams))
        .merge(visitor_cookie::routes())
        .split_for_parts();
    described
        .merge(openapi::routes(description))
        .merge(swagger_ui::routes())
        .merge(operating::routes())
        .merge(static_files::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
}

/// The routes of the operators' own port.
pub(super) fn operators_router(shared: Arc<ServerState>) -> Router {
    operating::routes()
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
}

/// The routes during recovery.
pub(super) fn router_while_recovering() -> Router {
    operating::routes_while_recovering()
}

/// A person who follows a wrong link is shown a page, a program is answered in JSON.
async fn unknown_path(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let page = (method.is_safe() && wants_html(&headers)).then(static_files::missing_page);
    page.flatten().unwrap_or_else(|| {
        Problem::from(HttpError::UnknownPath(uri.path().chars().take(64).collect())).into_response()
    })
}

/// Whether a client names HTML among what it accepts. Browsers do so for what people go to.
fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/html")
    })
}

/// axum's router sets `Allow`.
async fn wrong_method(method: Method) -> Response {
    match method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        method => Problem::from(HttpError::WrongMethod(method)).into_response(),
    }
}
