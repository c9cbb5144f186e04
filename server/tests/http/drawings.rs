//! What a page draws of a plan.

use super::plans::post_plan;
use crate::common::config;
use crate::kinds::start;
use boxoffice_testing::http::Http;
use flate2::read::GzDecoder;
use futures_util::future::{Either, join_all, select};
use serde_json::{Value, json};
use std::io::Read as _;
use std::pin::pin;

const JSON: &str = "application/json";
const PACKED: &str = "accept-encoding: gzip\r\n";

/// Keeps a plan, and returns the address of its drawing.
async fn drawing_of(http: &mut Http, plan: &Value) -> String {
    let put = post_plan(http, JSON, &plan.to_string()).await.expect(201);
    format!("/v1/plans/{}/drawing", put["digest"].as_str().expect("a digest"))
}

fn small() -> Value {
    let stalls = json!({ "name": "stalls", "rows": "A..C", "seats": "1..30" });
    json!({ "name": "Hall", "section": [stalls] })
}

/// A plan of this many rows of a thousand seats, each at a place that the plan says.
fn large(rows: u32) -> Value {
    let rows = (0..rows).map(|row| {
        let point = |seat: u32| json!([f64::from(seat) * 20.5, f64::from(row) * 25.0]);
        let points: Vec<_> = (0..1_000).map(point).collect();
        json!({ "label": (row + 1).to_string(), "seats": "1..1000", "points": points })
    });
    let rows: Vec<_> = rows.collect();
    json!({ "name": "Field", "section": [{ "name": "all", "at": [0, 0], "row": rows }] })
}

#[tokio::test]
async fn a_drawing_is_sent_packed_and_once() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let address = drawing_of(&mut http, &small()).await;
    let plain = http.get(&address).await;
    assert_eq!(plain.header("content-type"), Some(JSON));
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    let drawing = plain.expect(200);
    assert_eq!(drawing["sections"][0]["rows"][2]["label"], "C");
    let packed = http.ask("GET", &address, PACKED).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);
    let tags = [&plain, &packed].map(|answer| answer.header("etag").expect("a tag").to_owned());
    assert_ne!(tags[0], tags[1]);
    for tag in &tags {
        for accepted in ["", PACKED] {
            let known = format!("if-none-match: {tag}\r\n{accepted}");
            let again = http.ask("GET", &address, &known).await;
            assert_eq!((again.status, again.body.len()), (304, 0));
            assert_eq!(again.header("content-encoding"), None);
        }
    }
    let head = http.ask("HEAD", &address, "").await;
    assert_eq!(head.header("etag"), Some(tags[0].as_str()));
}

#[tokio::test]
async fn only_a_plan_that_is_kept_has_a_drawing() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let digest = "0".repeat(64);
    let address = format!("/v1/plans/{digest}/drawing");
    assert_eq!(http.get(&address).await.expect(404)["refused"], "PlanNotFound");
    let known = http.ask("GET", &address, "if-none-match: *\r\n").await;
    assert_eq!(known.expect(404)["refused"], "PlanNotFound");
    assert_eq!(http.get("/v1/plans/abc/drawing").await.expect(422)["field"], "digest");
}

#[tokio::test]
async fn a_large_plan_is_drawn_beside_other_requests() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let address = drawing_of(&mut http, &large(100)).await;
    let mut other = Http::connect(server.http_address()).await;
    let drawn = pin!(http.get(&address));
    let asked = pin!(other.get("/v1/server"));
    let (answer, drawn) = match select(drawn, asked).await {
        Either::Left(_) => panic!("the drawing was not made beside it"),
        Either::Right(asked) => asked,
    };
    answer.expect(200);
    let drawing = drawn.await.expect(200);
    let rows = drawing["sections"][0]["rows"].as_array().expect("a list").iter();
    let points = rows.filter_map(|row| row["points"].as_array());
    assert_eq!(points.map(Vec::len).sum::<usize>(), 200_000);
}

#[tokio::test]
async fn readers_of_one_plan_share_its_drawing() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let address = drawing_of(&mut http, &large(20)).await;
    let mut readers = Vec::new();
    for _ in 0..12 {
        readers.push(Http::connect(server.http_address()).await);
    }
    let read = readers.iter_mut().map(async |reader| reader.get(&address).await);
    let answers = join_all(read).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body));
    }
}
