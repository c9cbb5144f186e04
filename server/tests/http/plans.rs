//! Plans over HTTP: put in any form, got in the one.

use crate::common::{HALL, config};
use crate::kinds::start;
use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_testing::Raw;
use boxoffice_testing::http::{Answer, Http};
use boxoffice_testing::plans::get_all;
use serde_json::{Value, json};

const TOML: &str = "name = \"Club\"\n[[section]]\nname = \"floor\"\ncapacity = 200\n";
const JSON: &str = r#"{ "name": "Club", "section": [ { "name": "floor", "capacity": 200 } ] }"#;

pub(super) async fn post_plan(http: &mut Http, media_type: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("content-type: {media_type}\r\ncontent-length: {length}\r\n");
    http.send(format!("POST /v1/plans HTTP/1.1\r\nhost: localhost\r\n{head}\r\n{body}")).await;
    http.receive().await.expect("an answer")
}

#[tokio::test]
async fn a_plan_is_put_in_any_form_and_never_changes() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let canonical = read_plan(TOML, PlanFormat::Toml).expect("a plan").file.canonical();
    let digest = plan_digest(&canonical);
    let address = format!("/v1/plans/{digest}");
    assert_eq!(http.get(&address).await.expect(404)["refused"], "PlanNotFound");
    let put = post_plan(&mut http, "application/toml", TOML).await;
    assert_eq!(put.header("location"), Some(address.as_str()));
    let put = put.expect(201);
    assert_eq!(
        (put["digest"].as_str(), put["changed"].as_bool()),
        (Some(&*digest.to_string()), Some(true))
    );
    for (media_type, again) in
        [("application/json; charset=utf-8", JSON), ("application/toml", TOML)]
    {
        assert_eq!(post_plan(&mut http, media_type, again).await.expect(200)["changed"], false);
    }
    let got = http.get(&address).await;
    assert_eq!(got.body, canonical);
    assert_eq!(got.header("cache-control"), Some("private, max-age=31536000, immutable"));
    let tag = got.header("etag").expect("a tag").to_owned();
    let known = http.ask("GET", &address, &format!("if-none-match: {tag}\r\n")).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let mut wire = Raw::connect(server.address()).await;
    assert_eq!(get_all(&mut wire, digest).await, Some(canonical));
}

#[tokio::test]
async fn what_is_no_plan_is_refused_with_its_faults() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let broken = TOML.replace("200", "0");
    let refused = post_plan(&mut http, "application/toml", &broken).await.expect(422);
    assert_eq!((&refused["refused"], &refused["field"]), (&"Invalid".into(), &"plan".into()));
    assert!(refused["detail"].as_str().is_some_and(|why| why.contains("line 4")), "{refused}");
    post_plan(&mut http, "text/plain", TOML).await.expect(415);
    let wrong = http.get("/v1/plans/abc").await.expect(422);
    assert_eq!(wrong["field"], "digest");
    let too_long = "content-type: application/json\r\ncontent-length: 16777217\r\n";
    let answer = http.ask("POST", "/v1/plans", too_long).await.expect(413);
    assert!(answer["detail"].as_str().is_some_and(|why| why.contains("16777216")), "{answer}");
}

#[tokio::test]
async fn an_event_in_a_planned_hall_needs_no_rows() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let put = post_plan(&mut http, "application/toml", HALL).await.expect(201);
    let digest = put["digest"].as_str().expect("a digest").to_owned();
    let event = |plan: &str| {
        json!({
            "name": "Opera", "starts_at": "2026-12-24T20:00:00Z", "plan": plan,
            "sections": [{"section": "stalls", "price": 4500}, {"section": "pit", "price": 3000}],
        })
    };
    let unknown = http.ask_json("PUT", "/v1/events/opera", &event(&"0".repeat(64))).await;
    assert_eq!(unknown.expect(404)["refused"], "PlanNotFound");
    http.ask_json("PUT", "/v1/events/opera", &event(&digest)).await.expect(201);
    let shown = http.get("/v1/events/opera?fresh=true").await.expect(200);
    assert_eq!(shown["plan"], *digest);
    assert_eq!(shown["sections"][0]["rows"], json!([5, 5]));
    let map = http.get("/v1/events/opera/seats?fresh=true").await.expect(200);
    assert_eq!(map["plan"], *digest);
    let row = &map["sections"][0]["rows"][0];
    assert_eq!((&row["row"], &row["seats"]), (&Value::Null, &json!("fffff")));
    let labels = http.get(&format!("/v1/plans/{digest}/labels")).await.expect(200);
    let row = &labels["sections"][0]["rows"][1];
    assert_eq!((&row["row"], &row["breaks"]), (&json!("J"), &json!([3])));
    assert_eq!(row["labels"], json!(["J5", "J3", "J1", "J2", "J4"]));
    assert_eq!(labels["sections"][1]["rows"], Value::Null);
}
