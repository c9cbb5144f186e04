//! Late payments over HTTP: confirmed or forfeited, for agents and admins.

use crate::common::config;
use crate::kinds::with_every_role;
use boxoffice_protocol::id::Token;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::{START, film, new_id};
use serde_json::{Value, json};
use std::time::Duration;

const RESERVATIONS: &str = "/v1/events/film/reservations";

#[tokio::test]
async fn a_late_payment_is_confirmed_or_forfeited_for_ever() {
    let (server, [_, agent, ann, _]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let ids = [new_id(START), new_id(START)].map(|id| id.to_string());
    for (id, seat) in ids.iter().zip(["A1", "A2"]) {
        let wish = json!({"id": id, "customer": "ann", "seats": [seat]});
        let body = with_body("POST", RESERVATIONS, &bearer(&agent), &wish.to_string());
        http.send(body).await;
        http.receive().await.expect("an answer").expect(201);
    }
    server.clock().advance(Duration::from_secs(121));
    let other = json!({"action": "reserve", "id": new_id(server.clock().now()).to_string(),
        "customer": "bob", "seats": ["A2"]});
    http.send(with_body("POST", RESERVATIONS, &bearer(&agent), &other.to_string())).await;
    http.receive().await.expect("an answer").expect(201);

    let late = json!({"customer": "ann", "expired": "reinstate"});
    let on_time = json!({"customer": "ann"});
    let [free, taken] = ids.map(|id| format!("{RESERVATIONS}/{id}/confirm"));
    let mut ask = async |path: &str, token, body: &Value| {
        http.send(with_body("POST", path, &bearer(token), &body.to_string())).await;
        http.receive().await.expect("an answer")
    };
    assert_eq!(ask(&free, &ann, &late).await.problem(403), "NotAllowed");
    assert_eq!(ask(&free, &ann, &on_time).await.problem(410), "HoldExpired");
    for _ in 0..2 {
        let confirmed = ask(&free, &agent, &late).await.expect(200);
        assert_eq!(
            (&confirmed["status"], &confirmed["seats"]),
            (&json!("confirmed"), &json!(["A1"]))
        );
        let forfeited = ask(&taken, &agent, &late).await.expect(409);
        assert_eq!(
            (&forfeited["refused"], &forfeited["reservation_status"]),
            (&json!("WrongStatus"), &json!("forfeited")),
            "{forfeited}"
        );
    }
    assert_eq!(ask(&taken, &ann, &on_time).await.problem(409), "WrongStatus");
    assert_eq!(ask(&taken, &agent, &json!({"expired": "maybe"})).await.status, 422);
}

fn bearer(token: &Token) -> String {
    format!("authorization: Bearer {}\r\n", token.as_str())
}
