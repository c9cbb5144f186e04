//! What people read about an event, over HTTP.

use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::Http;
use serde_json::{Value, json};

const OPERA: &str = "/v1/events/opera";

fn opera() -> Value {
    json!({
        "name": "La Traviata",
        "starts_at": "2026-01-02T00:00:00Z",
        "sections": [{"section": "stalls", "price": 3_000, "rows": "4x10"}],
        "venue": "Staatsoper",
        "description": "An opera.\r\n\r\nDoors at 19:00.\n",
        "link": "https://example.org/opera",
    })
}

#[tokio::test]
async fn an_event_says_where_it_is_and_what() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    http.ask_json("PUT", OPERA, &opera()).await.expect(201);
    http.ask_json("PUT", OPERA, &opera()).await.expect(200);
    let event = http.get(OPERA).await.expect(200);
    assert_eq!(event["venue"], "Staatsoper");
    assert_eq!(event["description"], "An opera.\n\nDoors at 19:00.");
    assert_eq!(event["link"], "https://example.org/opera");
    let list = http.get("/v1/events?fresh=true").await.expect(200);
    let row = list["events"][0].as_object().expect("a row");
    assert_eq!(row["venue"], "Staatsoper");
    assert!(!row.contains_key("description") && !row.contains_key("link"), "{row:?}");

    let update = json!({"venue": null, "description": "No opera."});
    let saved = http.ask_json("PATCH", OPERA, &update).await.expect(200);
    let again = http.ask_json("PATCH", OPERA, &update).await.expect(200);
    assert_eq!((&again["changed"], &again["version"]), (&json!(false), &saved["version"]));
    let event = http.get("/v1/events/opera?fresh=true").await.expect(200);
    assert!(!event.as_object().expect("an event").contains_key("venue"), "{event}");
    assert_eq!(event["description"], "No opera.");
    assert_eq!(event["link"], "https://example.org/opera", "what is left out stays");
}

#[tokio::test]
async fn texts_that_deceive_are_refused() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    for (field, text) in [
        ("venue", "Staats\noper".to_owned()),
        ("venue", "x".repeat(129)),
        ("description", "An\u{202E}opera".to_owned()),
        ("description", "x".repeat(2_049)),
        ("link", "javascript:alert(1)".to_owned()),
        ("link", "https://bank.example@evil.example".to_owned()),
        ("link", format!("https://example.org/{}", "x".repeat(512))),
    ] {
        let mut wrong = opera();
        wrong[field] = json!(text);
        let refused = http.ask_json("PUT", OPERA, &wrong).await.expect(422);
        assert_eq!(refused["field"], field, "{text:?}: {refused}");
    }
    http.get(OPERA).await.expect(404);
}
