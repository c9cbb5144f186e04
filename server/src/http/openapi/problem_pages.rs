//! `/problems/seats-taken`: a page for every type of problem, made from the examples of the
//! description. A problem document names its page as its `type` (RFC 9457, 3.1.1).

use crate::http::problem::{HttpError, Problem};
use crate::server_state::ServerState;
use axum::Router;
use axum::extract::RawPathParams;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hyper::Method;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// Where the types of problems are.
const FOLDER: &str = "/problems/";

/// A type of problem.
struct Page {
    title: String,
    /// A document of this type.
    example: Value,
    /// The operations that may be answered with it.
    operations: BTreeSet<String>,
}

/// Pages by the type of their problem.
type Pages = BTreeMap<String, Page>;

/// The routes of the pages of every problem in a description.
pub(super) fn routes(description: &Value) -> Router<Arc<ServerState>> {
    let pages = Arc::new(pages(description));
    let list = Html(render_list(&pages));
    let page = async move |names: RawPathParams| {
        let kind = names.iter().map(|(_, name)| format!("{FOLDER}{name}")).next();
        let kind = kind.unwrap_or_default();
        match pages.get(&kind) {
            Some(page) => html(Html(render(page))),
            None => Problem::from(HttpError::UnknownPath(kind)).into_response(),
        }
    };
    Router::new()
        .route("/problems/", get(async move || html(list)))
        .route("/problems/{kind}", get(page))
}

fn html(page: Html<String>) -> Response {
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    ([(CACHE_CONTROL, "max-age=3600"), (CONTENT_SECURITY_POLICY, policy)], page).into_response()
}

fn pages(description: &Value) -> Pages {
    let mut pages = Pages::new();
    for problem in of_no_operation() {
        if let Ok(example) = serde_json::from_slice(&problem.to_json()) {
            add(&mut pages, &example, "whatever was asked");
        }
    }
    for (path, operations) in entries(&description["paths"]) {
        for (method, operation) in entries(operations) {
            let name = format!("{} {path}", method.to_uppercase());
            for (_, response) in entries(&operation["responses"]) {
                let content = &response["content"]["application/problem+json"];
                for (_, example) in entries(&content["examples"]) {
                    add(&mut pages, &example["value"], &name);
                }
            }
        }
    }
    pages
}

/// The problems of requests that are none of the description's operations.
fn of_no_operation() -> [Problem; 3] {
    [
        HttpError::UnknownPath("/v1/evnts".to_owned()).into(),
        HttpError::WrongMethod(Method::POST).into(),
        Problem::TooManyConnections,
    ]
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn add(pages: &mut Pages, example: &Value, operation: &str) {
    let text = |field: &str| example[field].as_str().unwrap_or_default().to_owned();
    let page = pages.entry(text("type")).or_insert_with(|| Page {
        title: text("title"),
        example: example.clone(),
        operations: BTreeSet::new(),
    });
    page.operations.insert(operation.to_owned());
}

fn render(page: &Page) -> String {
    let Page { title, example, operations } = page;
    let detail = escape(example["detail"].as_str().unwrap_or_default());
    let mut text = head(title);
    let _ = write!(text, "<p>For example: {detail}.</p>\n<p>HTTP status {}", example["status"]);
    if let Some(code) = example.get("code") {
        let _ = write!(text, ", code {code} of the protocol");
    }
    let repeat = match example["status"].as_u64() {
        Some(429 | 503) => "after the seconds in <code>Retry-After</code>",
        Some(401 | 403) => "with another token",
        _ => "once what is wrong has changed",
    };
    let _ = write!(text, ". The same request may be sent again {repeat}; ");
    text.push_str("whatever is sent again, nothing is done twice.</p>\n<pre>");
    text.push_str(&escape(&serde_json::to_string_pretty(example).unwrap_or_default()));
    text.push_str("</pre>\n<p>It answers:</p>\n<ul>\n");
    for operation in operations {
        let _ = writeln!(text, "<li><code>{}</code></li>", escape(operation));
    }
    text.push_str(
        "</ul>\n<p><a href=\"/problems/\">All problems</a></p>\n</main>\n</body>\n</html>\n",
    );
    text
}

fn render_list(pages: &Pages) -> String {
    let mut text = head("Problems");
    text.push_str("<p>What goes wrong, by the title of its problem document.</p>\n<ul>\n");
    for (kind, Page { title, example, .. }) in pages {
        let detail = escape(example["detail"].as_str().unwrap_or_default());
        let _ = writeln!(text, "<li><a href=\"{kind}\">{title}</a>: {detail}</li>");
    }
    text.push_str("</ul>\n<p><a href=\"/docs/\">The API</a></p>\n</main>\n</body>\n</html>\n");
    text
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Boxoffice</title>\n\
         <link rel=\"stylesheet\" href=\"/web/style/base.css\">\n</head>\n<body>\n\
         <header class=\"bar\"><a class=\"brand\" href=\"/\">Boxoffice</a><h1>{title}</h1></header>\n\
         <main class=\"wide\">\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
