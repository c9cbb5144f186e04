//! Types of tickets over HTTP.

use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::{Answer, Http};
use boxoffice_testing::{START, new_id};
use serde_json::{Value, json};

const CIRCUS: &str = "/v1/events/circus";
const ALL: &str = "/v1/events/circus/reservations";

fn circus() -> Value {
    json!({
        "name": "Circus",
        "starts_at": "2026-01-02T00:00:00Z",
        "sections": [
            {"section": "tent", "price": 3_000, "rows": "4x10"},
            {"section": "meadow", "price": 1_000, "capacity": 50},
        ],
        "types": ["adult", "child"],
        "prices": [
            {"category": "tent", "type": "child", "price": 1_500},
            {"category": "meadow", "type": "child", "price": null},
        ],
    })
}

/// Reserves under a new id, which it returns.
async fn reserve(http: &mut Http, wish: Value) -> (String, Answer) {
    let id = new_id(START).to_string();
    let mut body = json!({"id": id, "action": "reserve", "customer": "ann"});
    body.as_object_mut().expect("an object").extend(wish.as_object().expect("one").clone());
    let answer = http.post(ALL, &body).await;
    (id, answer)
}

#[tokio::test]
async fn tickets_have_types_and_prices_of_their_own() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    http.ask_json("PUT", CIRCUS, &circus()).await.expect(201);
    http.ask_json("PUT", CIRCUS, &circus()).await.expect(200);
    let event = http.get(CIRCUS).await.expect(200);
    assert_eq!(event["types"], json!(["adult", "child"]));
    assert_eq!(
        event["prices"],
        json!([
            {"category": "meadow", "type": "child", "price": null},
            {"category": "tent", "type": "child", "price": 1_500},
        ])
    );
    let seats = json!({"seats": ["A2", "A1"], "types": ["child", "adult"]});
    let (id, answer) = reserve(&mut http, seats).await;
    let made = answer.expect(201);
    assert_eq!((&made["types"], &made["total"]), (&json!(["adult", "child"]), &json!(4_500)));
    let dearer = json!({"prices": [
        {"category": "tent", "type": "child", "price": 9_000},
        {"category": "meadow", "type": "child", "price": 0},
    ]});
    http.ask_json("PATCH", CIRCUS, &dearer).await.expect(200);
    let cancel = json!({"customer": "ann", "keep": ["A2"]});
    let kept = http.post(&format!("{ALL}/{id}/cancel"), &cancel).await.expect(200);
    assert_eq!((&kept["types"], &kept["total"]), (&json!(["child"]), &json!(1_500)));

    let standing = json!({"standing": {"places": 3}, "types": {"child": 2, "adult": 1}});
    let (id, answer) = reserve(&mut http, standing).await;
    let made = answer.expect(201);
    assert_eq!(made["types"], json!({"adult": 1, "child": 2}));
    assert_eq!(made["total"], 1_000);
    let cancel = json!({"customer": "ann", "keep": {"child": 1}});
    let kept = http.post(&format!("{ALL}/{id}/cancel"), &cancel).await.expect(200);
    assert_eq!((&kept["types"], &kept["total"]), (&json!({"child": 1}), &json!(0)));

    let (_, answer) = reserve(&mut http, json!({"best": {"places": 2}})).await;
    let made = answer.expect(201);
    assert_eq!((&made["types"], &made["total"]), (&Value::Null, &json!(6_000)));
}

#[tokio::test]
async fn tickets_that_there_are_not_are_refused() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    for (field, wrong) in [
        ("types", json!(["adult", "adult"])),
        ("types[0]", json!(["a/b"])),
        ("prices", json!([{"category": "pit", "type": "child", "price": 1}])),
        ("prices", json!([{"category": "tent", "type": "dog", "price": 1}])),
        ("prices[0].price", json!([{"category": "tent", "type": "child"}])),
    ] {
        let mut event = circus();
        event[field.split(['[', '.']).next().expect("a word")] = wrong;
        let answer = http.ask_json("PUT", CIRCUS, &event).await;
        assert_eq!(answer.problem(422), "Invalid");
        assert_eq!(answer.json()["field"], field);
    }
    http.ask_json("PUT", CIRCUS, &circus()).await.expect(201);
    let (_, answer) =
        reserve(&mut http, json!({"standing": {"places": 1}, "types": ["child"]})).await;
    assert_eq!(answer.problem(409), "NotForSale");
    assert_eq!(answer.json()["category"], "meadow");
    assert_eq!(answer.json()["ticket_type"], "child");
    let (_, answer) = reserve(&mut http, json!({"seats": ["A1"], "at_most": 2_999})).await;
    assert_eq!(answer.problem(409), "PriceChanged");
    assert_eq!(answer.json()["total"], 3_000);
    let (_, answer) = reserve(&mut http, json!({"seats": ["A1"], "at_most": 3_000})).await;
    answer.expect(201);
    for (wish, field) in [
        (json!({"best": {"places": 2}, "types": ["child"]}), "types"),
        (json!({"best": {"places": 2}, "types": {"dog": 2}}), "types"),
        (json!({"best": {"places": 2}, "types": {}}), "types"),
        (json!({"best": {"places": 2}, "types": {"child": 1.5}}), "types.child"),
    ] {
        let (_, answer) = reserve(&mut http, wish).await;
        assert_eq!(answer.problem(422), "Invalid");
        assert_eq!(answer.json()["field"], field);
    }
}
