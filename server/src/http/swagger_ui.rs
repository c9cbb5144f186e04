//! `/docs`: Swagger UI, which shows the API and tries it out. It is in the binary and loads nothing
//! from elsewhere.

use super::problem::{HttpError, Problem};
use super::view_response::accepts_gzip;
use crate::server_state::ServerState;
use axum::Router;
use axum::body::Body;
use axum::response::{Redirect, Response};
use axum::routing::get;
use flate2::read::GzDecoder;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY,
};
use hyper::{HeaderMap, Uri};
use std::io::Read as _;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::{Config, SwaggerFile};

/// The page may load its own files and send requests to this server. The hash is of the one style
/// that Swagger UI's script writes into the page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Without the validator of swagger.io.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true))
});

/// The script that begins it, which is small and not packed.
const INITIALIZER: &str = "swagger-initializer.js";

pub(super) fn routes() -> Router<Arc<ServerState>> {
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(file))
        .route("/docs/{file}", get(file))
}

async fn file(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let name = uri.path().strip_prefix("/docs/").unwrap_or_default();
    let Ok(Some(file)) = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG)) else {
        return Err(HttpError::UnknownPath(uri.path().chars().take(64).collect()).into());
    };
    let SwaggerFile { bytes, content_type, gzpipped: packed, .. } = file;
    let unpacks = packed && !accepts_gzip(&headers);
    let bytes = match name {
        INITIALIZER => without_cookies(&bytes),
        _ if unpacks => unpacked(&bytes),
        _ => bytes.into_owned(),
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    if let Ok(content_type) = HeaderValue::try_from(content_type) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if packed && !unpacks {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// Makes Swagger UI send a token or nothing: with the cookie of a visitor it could do no more than
/// a customer.
fn without_cookies(script: &[u8]) -> Vec<u8> {
    let (begin, asking) = ("SwaggerUIBundle({", "{ credentials: 'omit' }");
    let asking = format!("requestInterceptor: (request) => Object.assign(request, {asking}),");
    let script = String::from_utf8_lossy(script);
    script.replacen(begin, &format!("{begin}\n  {asking}"), 1).into_bytes()
}

/// The plain bytes, for a client that does not accept gzip.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The program has packed it itself; it is whole.
    let _ = GzDecoder::new(packed).read_to_end(&mut bytes);
    bytes
}
