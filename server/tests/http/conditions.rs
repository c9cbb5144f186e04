//! Conditions of requests: idempotency keys, and versions that a client has seen.

use crate::common::config;
use crate::kinds::start;
use boxoffice_server::Server;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::{Raw, START, create, film, new_id};
use serde_json::{Value, json};

const FILM: &str = "/v1/events/film";
const ALL: &str = "/v1/events/film/reservations";

async fn with_film() -> (Server, Http) {
    let server = start(config()).await;
    Raw::connect(server.address()).await.ask(&create("film", film(4, 4))).await;
    let http = Http::connect(server.http_address()).await;
    (server, http)
}

#[tokio::test]
async fn an_idempotency_key_is_the_id_where_the_body_has_none() {
    let (_server, mut http) = with_film().await;
    let id = new_id(START).to_string();
    let body = json!({"customer": "ann", "best": {"places": 2}}).to_string();
    for (header, status) in [
        (format!("idempotency-key: {id}\r\n"), 201),
        (format!("Idempotency-Key: \"{id}\"\r\n"), 200),
    ] {
        http.send(with_body("POST", ALL, &header, &body)).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(answer.expect(status)["id"], id);
    }
    http.send(with_body("POST", ALL, "", &body)).await;
    let missing = http.receive().await.expect("an answer").expect(422);
    let why = missing["why"].as_str().expect("it says why");
    assert!(why.contains("Idempotency-Key"), "{why}");
    // The id that it shows can be used as it is.
    let shown = why.split("like ").nth(1).and_then(|rest| rest.split(',').next()).expect("an id");
    http.send(with_body("POST", ALL, &format!("idempotency-key: {shown}\r\n"), &body)).await;
    http.receive().await.expect("an answer").expect(201);
    for (header, field) in [
        ("idempotency-key: 42\r\n".to_owned(), "Idempotency-Key"),
        (format!("idempotency-key: {}\r\n", new_id(START)), "Idempotency-Key"),
        (format!("idempotency-key: {id}\r\n").repeat(2), "Idempotency-Key"),
    ] {
        let body = json!({"id": id, "customer": "ann", "best": {"places": 2}}).to_string();
        http.send(with_body("POST", ALL, &header, &body)).await;
        let answer = http.receive().await.expect("an answer").expect(422);
        assert_eq!(answer["field"], field, "{answer}");
    }
}

#[tokio::test]
async fn an_update_can_depend_on_the_version_that_was_seen() {
    let (_server, mut http) = with_film().await;
    let seen = http.get(FILM).await;
    let tag = seen.header("etag").expect("a read has a tag").to_owned();
    let patch = |tag: &str, name: &str| {
        let body = json!({"name": name, "max_per_customer": 4}).to_string();
        with_body("PATCH", FILM, &format!("if-match: {tag}\r\n"), &body)
    };
    http.send(patch(&tag, "One")).await;
    assert_eq!(http.receive().await.expect("an answer").expect(200)["changed"], true);
    http.send(patch(&tag, "Two")).await;
    assert_eq!(http.receive().await.expect("an answer").problem(412), "VersionConflict");
    let conflict = http.ask_json("PATCH", FILM, &json!({"if_version": 1, "name": "Two"})).await;
    assert_eq!(conflict.problem(409), "VersionConflict");
    for wrong in ["7", "\"x\"", "W/\"2-0\"", "\"2-0\", \"3-0\"", "\"-1-0\"", ""] {
        http.send(patch(wrong, "Three")).await;
        let answer = http.receive().await.expect("an answer").expect(422);
        assert_eq!(answer["field"], "If-Match", "{wrong}");
    }
    let now = http.get(&format!("{FILM}?fresh=true")).await.expect(200);
    assert_eq!((&now["name"], &now["max_per_customer"]), (&json!("One"), &json!(4)));
    http.ask_json("PATCH", FILM, &json!({"max_per_customer": null})).await.expect(200);
    let now = http.get(&format!("{FILM}?fresh=true")).await.expect(200);
    assert_eq!((&now["name"], &now["max_per_customer"]), (&json!("One"), &Value::Null));
}

/// To ignore a condition would be to do what the client did not want.
#[tokio::test]
async fn a_condition_that_is_not_looked_at_is_refused() {
    let (_server, mut http) = with_film().await;
    let id = new_id(START);
    let wish = json!({"id": id.to_string(), "customer": "ann", "best": {"places": 1}});
    let reserve = with_body("POST", ALL, "CONDITION", &wish.to_string());
    let delete = format!("DELETE {FILM} HTTP/1.1\r\nhost: localhost\r\nCONDITION\r\n");
    let patch = with_body("PATCH", FILM, "CONDITION", "{\"name\":\"Two\"}");
    for (request, field) in [
        (&delete, "If-Match"),
        (&reserve, "If-Match"),
        (&delete, "If-None-Match"),
        (&reserve, "If-None-Match"),
        (&patch, "If-None-Match"),
    ] {
        for value in ["\"9-0\"", "*"] {
            let condition = format!("{}: {value}\r\n", field.to_lowercase());
            http.send(request.replace("CONDITION", &condition)).await;
            let answer = http.receive().await.expect("an answer").expect(422);
            assert_eq!(answer["field"], field, "{request}");
        }
    }
    let now = http.get(&format!("{FILM}?fresh=true")).await.expect(200);
    assert_eq!((&now["version"], &now["held"]), (&json!(1), &json!(0)));
}
