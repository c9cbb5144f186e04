//! The description of the HTTP API is complete and true, and its page loads nothing from elsewhere.

use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::Http;
use boxoffice_testing::{Raw, START, create, film, new_id};
use serde_json::{Value, json};

async fn description(http: &mut Http) -> Value {
    let answer = http.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.expect(200)
}

/// Every operation: its method, its path, its description.
fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let paths = description["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_says_all_that_one_needs_to_know() {
    let server = start(config()).await;
    let description = description(&mut Http::connect(server.http_address()).await).await;
    assert!(description["openapi"].as_str().expect("a version").starts_with("3.1."));
    assert_eq!(description["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let operations = operations(&description);
    assert!(operations.len() > 10, "{operations:?}");
    for (method, path, operation) in operations {
        let of = format!("{method} {path}: {operation}");
        for said in ["operationId", "summary"] {
            assert!(operation[said].as_str().is_some_and(|text| !text.is_empty()), "{of}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{of}");
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        for parameter in parameters {
            assert!(parameter["description"].is_string(), "{parameter} of {of}");
            assert!(parameter["schema"].is_object(), "{parameter} of {of}");
        }
        let named = path.matches('{').count();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        assert_eq!(in_path.count(), named, "{of}");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{of}");
        for (status, response) in responses {
            assert!(!response["description"].as_str().expect("a text").is_empty(), "{of}");
            let is_problem = status.as_str() >= "4";
            let media_type = "application/problem+json";
            assert_eq!(response["content"][media_type].is_object(), is_problem, "{status} of {of}");
        }
        assert!(responses.contains_key("default"), "{of}");
    }
}

/// Each example has the status that it is an example of.
#[tokio::test]
async fn every_refusal_has_an_example() {
    let server = start(config()).await;
    let description = description(&mut Http::connect(server.http_address()).await).await;
    let mut titles = std::collections::BTreeSet::new();
    for (method, path, operation) in operations(&description) {
        let responses = operation["responses"].as_object().expect("responses").iter();
        for (status, response) in responses.filter(|(status, _)| status.starts_with(['4', '5'])) {
            let examples = &response["content"]["application/problem+json"]["examples"];
            let examples = examples.as_object().expect("examples");
            assert!(!examples.is_empty(), "{status} of {method} {path}");
            for (title, example) in examples {
                let value = &example["value"];
                assert_eq!(value["title"], title.as_str(), "{method} {path}");
                assert_eq!(value["status"].to_string(), *status, "{method} {path}: {title}");
                titles.insert(title.clone());
            }
        }
    }
    for refusal in ["SeatsTaken", "SoldOut", "NotTogether", "HoldExpired", "IdConflict"] {
        assert!(titles.contains(refusal), "{titles:?}");
    }
}

/// The type of a problem is the address of a page about it.
#[tokio::test]
async fn the_type_of_a_problem_leads_to_a_page() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let description = description(&mut http).await;
    let mut kinds = std::collections::BTreeMap::new();
    for (_, _, operation) in operations(&description) {
        for response in operation["responses"].as_object().expect("responses").values() {
            let examples = &response["content"]["application/problem+json"]["examples"];
            for (title, example) in examples.as_object().into_iter().flatten() {
                let kind = example["value"]["type"].as_str().expect("a type");
                kinds.insert(kind.to_owned(), title.clone());
            }
        }
    }
    assert!(kinds.len() > 30, "{kinds:?}");
    let unknown = http.get("/v1/evnts").await.expect(404);
    kinds.insert(unknown["type"].as_str().expect("a type").to_owned(), "UnknownPath".to_owned());
    let list = http.get("/problems/").await;
    let list = String::from_utf8(list.body).expect("UTF-8");
    for (kind, title) in kinds {
        let page = http.get(&kind).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8"))
        );
        let text = String::from_utf8(page.body).expect("UTF-8");
        assert!(text.contains(&format!("<h1>{title}</h1>")), "{text}");
        assert!(list.contains(&format!("<a href=\"{kind}\">{title}</a>")), "{list}");
    }
    assert_eq!(http.get("/problems/none").await.problem(404), "UnknownPath");
}

/// Every `$ref` leads somewhere.
#[tokio::test]
async fn nothing_is_named_that_is_not_there() {
    fn walk(value: &Value, description: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').expect("a place in here");
                    assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                fields.values().for_each(|field| walk(field, description));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, description)),
            _ => {}
        }
    }
    let server = start(config()).await;
    let description = description(&mut Http::connect(server.http_address()).await).await;
    walk(&description, &description);
}

#[tokio::test]
async fn what_is_described_is_there() {
    let server = start(config()).await;
    Raw::connect(server.address()).await.ask(&create("film", film(2, 5))).await;
    let mut http = Http::connect(server.http_address()).await;
    let description = description(&mut http).await;
    for (method, path, _) in operations(&description) {
        if path.ends_with("/stream") {
            // It would not end; that it is there is shown by its own tests.
            continue;
        }
        let id = new_id(START).to_string();
        let real = path.replace("{event}", "film").replace("{id}", &id);
        let answer = match method.as_str() {
            "GET" | "DELETE" => http.ask(&method, &real, "").await,
            _ => http.ask_json(&method, &real, &json!({})).await,
        };
        let title = match answer.status {
            200 => Value::Null,
            status => answer.expect(status)["title"].clone(),
        };
        assert!(title != "UnknownPath" && title != "WrongMethod", "{method} {path}: {title}");
    }
}

#[tokio::test]
async fn the_page_that_shows_it_is_here_with_all_that_it_needs() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let moved = http.get("/docs").await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("/docs/")));
    let page = http.get("/docs/").await;
    let text = String::from_utf8(page.body.clone()).expect("UTF-8");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")), "{text}");
    assert!(!text.contains("http:") && !text.contains("https:"), "{text}");
    let links =
        text.split(['"', '\'']).filter(|text| text.starts_with("./") || *text == "index.css");
    let mut files: Vec<&str> = links.map(|file| file.trim_start_matches("./")).collect();
    files.push("");
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let plain = http.get(&format!("/docs/{file}")).await;
        let packed = http.ask("GET", &format!("/docs/{file}"), "accept-encoding: gzip\r\n").await;
        assert_eq!((plain.status, packed.status), (200, 200), "{file}");
        assert_eq!(plain.header("content-encoding"), None);
        for answer in [plain, packed] {
            let policy = answer.header("content-security-policy").expect("a policy");
            for rule in ["default-src 'none'", "script-src 'self'", "connect-src 'self'"] {
                assert!(policy.split("; ").any(|said| said == rule), "{policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
    }
    let script = http.get("/docs/swagger-initializer.js").await;
    let script = String::from_utf8(script.body).expect("UTF-8");
    assert!(script.contains("\"/openapi.json\"") && !script.contains("petstore"), "{script}");
    for missing in ["/docs/x", "/docs/../Cargo.toml", "/docs/%ff", "/docs/a/b"] {
        assert_eq!(http.get(missing).await.problem(404), "UnknownPath", "{missing}");
    }
}
