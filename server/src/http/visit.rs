//! A browser's visit: the cookie by which a visitor is known.

use super::answers::json;
use super::problem::Problem;
use crate::Shared;
use crate::json::VisitorRecord;
use axum::extract::State;
use axum::response::Response;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use hyper::header::{COOKIE, HeaderValue, SET_COOKIE};
use hyper::{HeaderMap, StatusCode};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The cookie that holds a visitor's pass.
const NAME: &str = "boxoffice-visitor";

/// Where it is sent: to the API alone. What a browser asks elsewhere, like `/metrics`, it asks as
/// nobody in particular.
const WHERE: &str = "/v1";

/// How long a browser keeps it, in seconds: a year from its last visit.
const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// The address at which a browser becomes a visitor. A page does not make it one: a link from
/// another site comes without the cookie, and a second one would take the place of the first.
pub(super) fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::default().routes(routes!(become_visitor))
}

/// Makes a browser a visitor, who acts for a customer made up for it; a visitor stays the same one.
#[utoipa::path(
    post,
    path = "/v1/visitor",
    tag = "server",
    responses(
        (status = 201, description = "a new visitor, known by the cookie", body = VisitorRecord,
            headers(("Set-Cookie" = String, description = "The visitor's pass"))),
        (status = 200, description = "the visitor that it was before", body = VisitorRecord,
            headers(("Set-Cookie" = String, description = "The same pass, kept from now on"))),
    ),
)]
async fn become_visitor(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !shared.auth.lets_visitors_in() {
        let why =
            "this server lets no visitors in; where tokens are wanted it takes --visitors yes";
        return Err(Problem::refused(Refusal::NotAllowed { why: why.to_owned() }));
    }
    let (status, customer) = match visitor(&headers, &shared) {
        Some(customer) => (StatusCode::OK, customer),
        None => (StatusCode::CREATED, welcome(&shared)?),
    };
    let mut response = json(status, &VisitorRecord { customer: &customer });
    let pass = shared.auth.visitors().pass(&customer);
    response.headers_mut().insert(SET_COOKIE, cookie(&pass, shared.tls.is_some()));
    Ok(response)
}

fn welcome(shared: &Shared) -> Result<CustomerId, Problem> {
    let why = UnavailableWhy::TooMany;
    let unavailable = |_| Problem::refused(Refusal::Unavailable { why });
    shared.auth.visitors().welcome().map_err(unavailable)
}

/// The cookie with a pass: no script reads it, and no other site sends it along.
fn cookie(pass: &str, is_encrypted: bool) -> HeaderValue {
    let secure = if is_encrypted { "; Secure" } else { "" };
    let cookie =
        format!("{NAME}={pass}; Path={WHERE}; Max-Age={KEPT_S}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_maybe_shared(cookie.into_bytes()).expect("a pass is visible ASCII")
}

/// The customer whose pass is in the cookie.
pub(super) fn visitor(headers: &HeaderMap, shared: &Shared) -> Option<CustomerId> {
    if !shared.auth.lets_visitors_in() {
        return None;
    }
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(|cookies| cookies.split(';'));
    cookies.find_map(|cookie| {
        let (name, pass) = cookie.trim().split_once('=')?;
        (name == NAME).then(|| shared.auth.visitors().recognise(pass)).flatten()
    })
}
