//! Plans over HTTP: put in any form, got in the one.

use crate::common::config;
use crate::kinds::start;
use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_testing::Raw;
use boxoffice_testing::http::{Answer, Http};
use boxoffice_testing::plans::get_all;

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
