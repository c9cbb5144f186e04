//! Orders over HTTP.

use super::booking_codes::{RESERVATIONS, found, hold, with_dune};
use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::Http;
use serde_json::{Value, json};

#[tokio::test]
async fn an_order_is_said_found_and_confirmed() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    with_dune(&mut http).await;
    let (one, other) = (hold(&mut http, Some("2026-1")).await, hold(&mut http, None).await);
    assert_eq!((&one["order"], other.get("order")), (&json!("2026-1"), None));
    let path = format!("{RESERVATIONS}/{}/order", other["id"].as_str().expect("a text"));
    let say = |order| json!({"customer": "ann", "order": order});
    for _ in 0..2 {
        let said = http.ask_json("POST", &path, &say("2026-1")).await;
        assert_eq!(said.expect(200)["order"], "2026-1");
    }
    let conflict = http.ask_json("POST", &path, &say("2026-2")).await;
    assert_eq!(conflict.expect(409)["order"], "2026-1");

    let confirm = "/v1/events/dune/orders/confirm";
    let confirmed = http.ask_json("POST", confirm, &json!({"order": "2026-1"})).await;
    let confirmed = confirmed.expect(200)["reservations"].as_array().expect("a list").clone();
    let ids = |of: &[Value]| of.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&confirmed), [one["id"].clone(), other["id"].clone()]);
    assert!(confirmed.iter().all(|one| one["status"] == "confirmed"), "{confirmed:?}");
    assert_eq!(found(&mut http, "order=2026-1").await.len(), 2);
    let unknown = http.ask_json("POST", confirm, &json!({"order": "2026-9"})).await;
    assert_eq!(unknown.expect(404)["refused"], "ReservationNotFound");
}
