//! Which handler has which address. Each resource brings its own; this is where they meet.

use super::limits::{MAX_HEADERS, MAX_URI_BYTES};
use super::problem::{Fault, Problem};
use super::{events, reservations, server};
use crate::Shared;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, StatusCode, Uri};
use std::sync::Arc;

/// All addresses.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .merge(events::routes())
        .merge(reservations::routes())
        .merge(server::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), every_request))
        .with_state(shared)
}

/// What every request goes through: bounds on its head, and headers that every answer has.
async fn every_request(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    shared.metrics.http_requests.add(1);
    let mut response = match check_head(&request) {
        Ok(()) => next.run(request).await,
        Err(fault) => Problem::from(fault).into_response(),
    };
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

fn check_head(request: &Request) -> Result<(), Fault> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > MAX_URI_BYTES {
        return Err(Fault::UriTooLong);
    }
    if request.headers().len() > MAX_HEADERS {
        return Err(Fault::TooManyHeaders);
    }
    Ok(())
}

async fn unknown_path(uri: Uri) -> Problem {
    Fault::UnknownPath(uri.path().chars().take(64).collect()).into()
}

/// The router says in `Allow` what could be done.
async fn wrong_method(method: Method) -> Response {
    match method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        method => Problem::from(Fault::WrongMethod(method)).into_response(),
    }
}
