//! A browser's visit: the cookie by which a visitor is known.

use super::problem::Problem;
use super::responses::json;
use crate::json::VisitorRecord;
use crate::server_state::ServerState;
use axum::extract::State;
use axum::response::Response;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use hyper::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode};
use smallvec::SmallVec;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The cookie that holds a visitor's pass, where the browser speaks TLS. It takes one of such a name
/// from this very host alone, and for all paths, so that no site beside this one and nobody on the
/// way can lay another one under it (RFC 6265bis, 4.1.3.2).
const NAME_OVER_TLS: &str = "__Host-boxoffice-visitor";

/// The same where it is not.
const NAME: &str = "boxoffice-visitor";

/// Where it is read: in the API alone. What a browser asks elsewhere, like `/metrics`, it asks as
/// nobody in particular.
const WHERE: &str = "/v1";

/// Passes in one request that are looked at, each of which costs a signature. A browser sends one; it
/// has more only if somebody lays his own beside it.
const MAX_PASSES: usize = 4;

/// How long a browser keeps it, in seconds: a year from its last visit.
const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// The address at which a browser becomes a visitor. A page does not make it one: a link from
/// another site comes without the cookie, and a second one would take the place of the first.
pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
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
    State(shared): State<Arc<ServerState>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !shared.auth.lets_visitors_in() {
        let why =
            "this server lets no visitors in; where tokens are wanted it takes --visitors yes";
        return Err(Problem::refused(Refusal::NotAllowed { why: why.to_owned() }));
    }
    let (status, customer) = match whose(&headers, &shared) {
        Some(customer) => (StatusCode::OK, customer),
        None => (StatusCode::CREATED, welcome(&shared)?),
    };
    let mut response = json(status, &VisitorRecord { customer: &customer });
    let pass = shared.auth.visitors().pass(&customer);
    response.headers_mut().insert(SET_COOKIE, cookie(&pass, is_encrypted(&headers, &shared)));
    Ok(response)
}

fn welcome(shared: &ServerState) -> Result<CustomerId, Problem> {
    let why = UnavailableWhy::TooMany;
    let unavailable = |_| Problem::refused(Refusal::Unavailable { why });
    shared.auth.visitors().welcome().map_err(unavailable)
}

/// The cookie with a pass: no script reads it, and no other site sends it along.
fn cookie(pass: &str, is_encrypted: bool) -> HeaderValue {
    let (name, path, secure) =
        if is_encrypted { (NAME_OVER_TLS, "/", "; Secure") } else { (NAME, WHERE, "") };
    let cookie =
        format!("{name}={pass}; Path={path}; Max-Age={KEPT_S}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_maybe_shared(cookie.into_bytes()).expect("a pass is visible ASCII")
}

/// Whether a browser speaks TLS, with this server or with a proxy before it.
fn is_encrypted(headers: &HeaderMap, shared: &ServerState) -> bool {
    let is_secure = |origin: &HeaderValue| origin.as_bytes().starts_with(b"https:");
    shared.tls.is_some() || headers.get(ORIGIN).is_some_and(is_secure)
}

/// The customer for whom a browser acts that asks the API.
pub(super) fn visitor(parts: &Parts, shared: &ServerState) -> Option<CustomerId> {
    let below = parts.uri.path().strip_prefix(WHERE)?;
    let is_visitor = below.starts_with('/') && shared.auth.lets_visitors_in();
    is_visitor.then(|| whose(&parts.headers, shared)).flatten()
}

/// The customer whose pass is in the cookie. If there are passes of several, somebody may have laid
/// his own beside the browser's, and nobody can tell which is which.
fn whose(headers: &HeaderMap, shared: &ServerState) -> Option<CustomerId> {
    let over_tls = passes(NAME_OVER_TLS, headers);
    let passes = match over_tls.is_empty() && !is_encrypted(headers, shared) {
        true => passes(NAME, headers),
        false => over_tls,
    };
    if passes.len() > MAX_PASSES {
        return None;
    }
    let mut known = passes.iter().filter_map(|pass| shared.auth.visitors().recognise(pass));
    let customer = known.next()?;
    known.all(|other| other == customer).then_some(customer)
}

/// What cookies of a name hold: all that are looked at, and one that is too many.
fn passes<'a>(name: &str, headers: &'a HeaderMap) -> SmallVec<[&'a str; MAX_PASSES + 1]> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = cookies.flat_map(|cookies| cookies.split(';'));
    let named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    let passes = named.filter(|(known, _)| *known == name).map(|(_, pass)| pass);
    passes.take(MAX_PASSES + 1).collect()
}
