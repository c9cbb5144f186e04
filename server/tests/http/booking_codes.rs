//! Booking codes over HTTP.

use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::Http;
use boxoffice_testing::{START, new_id};
use serde_json::{Value, json};

pub(super) const RESERVATIONS: &str = "/v1/events/dune/reservations";

pub(super) async fn with_dune(http: &mut Http) {
    let dune = json!({
        "name": "Dune", "starts_at": "2026-01-02T00:00:00Z",
        "sections": [{"section": "floor", "price": 3_000, "capacity": 50}],
    });
    http.ask_json("PUT", "/v1/events/dune", &dune).await.expect(201);
}

/// Two places for ann, of an order or of none.
pub(super) async fn hold(http: &mut Http, order: Option<&str>) -> Value {
    let id = new_id(START).to_string();
    let wish = json!({"id": id, "customer": "ann", "standing": {"places": 2}, "order": order});
    http.ask_json("POST", RESERVATIONS, &wish).await.expect(201)
}

pub(super) async fn found(http: &mut Http, query: &str) -> Vec<Value> {
    let page = http.ask("GET", &format!("/v1/reservations?{query}"), "").await;
    page.expect(200)["reservations"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_booking_code_is_found_however_it_is_written() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    with_dune(&mut http).await;
    let (one, _) = (hold(&mut http, None).await, hold(&mut http, None).await);
    let code = one["code"].as_str().expect("a text");
    let written = format!("{}-{}", &code[..4], &code[4..]).to_lowercase().replace('1', "i");
    for query in [format!("code={code}"), format!("code={written}&event=dune")] {
        let found = found(&mut http, &query).await;
        assert_eq!((found.len(), &found[0]["id"]), (1, &one["id"]), "{query}");
    }
    assert_eq!(found(&mut http, &format!("code={code}&customer=bob")).await.len(), 0);
    http.ask("GET", "/v1/reservations?code=7K3M9QP", "").await.problem(422);
}
