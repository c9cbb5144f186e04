//! The cookie by which a visitor is known.

use super::problem::Problem;
use super::responses::json;
use crate::server_state::ServerState;
use axum::extract::State;
use axum::response::Response;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::json::VisitorRecord;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use hyper::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode};
use smallvec::SmallVec;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The cookie's name over TLS. Browsers accept the prefix `__Host-` from this very host alone, and
/// for all paths, so that no other site and no proxy can plant another cookie under it (RFC
/// 6265bis, 4.1.3.2).
const NAME_OVER_TLS: &str = "__Host-boxoffice-visitor";

/// The cookie's name without TLS.
const NAME: &str = "boxoffice-visitor";

/// The path of the API, where the cookie counts. Elsewhere, as at `/metrics`, a browser has no
/// customer.
const WHERE: &str = "/v1";

/// Passes that are verified in one request, at the cost of a signature each. A browser sends one;
/// it has more only if another site has planted some.
const MAX_PASSES: usize = 4;

/// How long a browser keeps it, in seconds: a year from its last visit.
const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// The route that makes a browser a visitor. Loading a page does not: a request through a link of
/// another site comes without the cookie, and a new one would replace the old.
pub(super) fn routes() -> OpenApiRouter<Arc<ServerState>> {
    OpenApiRouter::default().routes(routes!(become_visitor))
}

/// Makes a browser a visitor with a customer of its own; a visitor stays the same one.
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
        return Err(Problem::refused(Refusal::NotAllowed { why: why.to_owned().into() }));
    }
    let (status, customer) = match customer_in_cookie(&headers, &shared) {
        Some(customer) => (StatusCode::OK, customer),
        None => (StatusCode::CREATED, new_customer(&shared)?),
    };
    let mut response = json(status, &VisitorRecord { customer: &customer });
    let pass = shared.auth.visitors().pass(&customer);
    response.headers_mut().insert(SET_COOKIE, cookie(&pass, is_encrypted(&headers, &shared)));
    Ok(response)
}

fn new_customer(shared: &ServerState) -> Result<CustomerId, Problem> {
    let why = UnavailableWhy::TooMany;
    let unavailable = |_| Problem::refused(Refusal::Unavailable { why });
    shared.auth.visitors().new_customer().map_err(unavailable)
}

/// The cookie with a pass: no script can read it, and browsers do not send it along from other
/// sites.
fn cookie(pass: &str, is_encrypted: bool) -> HeaderValue {
    let (name, path, secure) =
        if is_encrypted { (NAME_OVER_TLS, "/", "; Secure") } else { (NAME, WHERE, "") };
    let cookie =
        format!("{name}={pass}; Path={path}; Max-Age={KEPT_S}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_maybe_shared(cookie.into_bytes()).expect("a pass is visible ASCII")
}

/// Whether the browser speaks TLS, with this server or with a proxy before it.
fn is_encrypted(headers: &HeaderMap, shared: &ServerState) -> bool {
    let is_secure = |origin: &HeaderValue| origin.as_bytes().starts_with(b"https:");
    shared.tls.is_some() || headers.get(ORIGIN).is_some_and(is_secure)
}

/// The visitor behind a request.
pub(super) enum Visit {
    /// There is no cookie of a visitor, or it does not count.
    None,
    /// The cookie has the pass of this customer.
    Of(CustomerId),
    /// The cookie has something else.
    UnknownPass,
}

/// The visitor behind a browser's request to the API.
pub(super) fn visit(parts: &Parts, shared: &ServerState) -> Visit {
    let below = parts.uri.path().strip_prefix(WHERE).unwrap_or_default();
    if !below.starts_with('/') || !shared.auth.lets_visitors_in() {
        return Visit::None;
    }
    let has_cookie = |name| !passes(name, &parts.headers).is_empty();
    match customer_in_cookie(&parts.headers, shared) {
        Some(customer) => Visit::Of(customer),
        None if [NAME, NAME_OVER_TLS].into_iter().any(has_cookie) => Visit::UnknownPass,
        None => Visit::None,
    }
}

/// The customer whose pass is in the cookie. Passes of several customers count as none: one may be
/// planted, and the browser's own cannot be told from it.
fn customer_in_cookie(headers: &HeaderMap, shared: &ServerState) -> Option<CustomerId> {
    let over_tls = passes(NAME_OVER_TLS, headers);
    let passes = match over_tls.is_empty() && !is_encrypted(headers, shared) {
        true => passes(NAME, headers),
        false => over_tls,
    };
    if passes.len() > MAX_PASSES {
        return None;
    }
    let mut known = passes.iter().filter_map(|pass| shared.auth.visitors().verify(pass));
    let customer = known.next()?;
    known.all(|other| other == customer).then_some(customer)
}

/// Values of all cookies of this name, up to one more than are verified.
fn passes<'a>(name: &str, headers: &'a HeaderMap) -> SmallVec<[&'a str; MAX_PASSES + 1]> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = cookies.flat_map(|cookies| cookies.split(';'));
    let named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    let passes = named.filter(|(known, _)| *known == name).map(|(_, pass)| pass);
    passes.take(MAX_PASSES + 1).collect()
}
