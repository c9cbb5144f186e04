//! Visitors of the page: browsers that are known by a cookie.

use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::{START, new_id};
use serde_json::json;

/// A body for a hold of this seat, for whom the cookie names.
pub(super) fn hold(seat: &str) -> String {
    json!({ "id": new_id(START).to_string(), "seats": [seat] }).to_string()
}

/// A request that changes something, as the page's own scripts send it.
pub(super) fn from_page(path: &str, cookie: &str, body: &str) -> String {
    let headers = format!("cookie: {cookie}\r\norigin: http://localhost\r\n");
    with_body("POST", path, &headers, body)
}

/// The answer to a request.
pub(super) async fn send(http: &mut Http, request: String) -> Answer {
    http.send(request).await;
    http.receive().await.expect("the connection stays open")
}

/// The cookie of a new visitor, as a browser sends it back.
pub(super) async fn visit(http: &mut Http) -> String {
    cookie(&http.ask("POST", "/v1/visitor", "").await)
}

/// The cookie that an answer sets, as a browser sends it back.
pub(super) fn cookie(welcomed: &Answer) -> String {
    let cookie = welcomed.header("set-cookie").expect("a visitor is welcomed");
    cookie.split(';').next().expect("a first part").to_owned()
}
