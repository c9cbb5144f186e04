//! Reads over HTTP: cached views, their tags, their packed form, their age.

use crate::common::config;
use crate::kinds::start;
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::http::Http;
use boxoffice_testing::{START, new_id};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read as _;
use std::time::Duration;

const HALL: &str = "/v1/events/hall";
const SEATS: &str = "/v1/events/hall/seats";

/// A server with a hall of `rows` by 100 seats.
async fn with_hall(config: Config, rows: u16) -> (Server, Http) {
    let server = start(config).await;
    let mut http = Http::connect(server.http_address()).await;
    let stalls = json!({"section": "stalls", "price": 4_500, "rows": format!("{rows}x100")});
    let hall = json!({"name": "A hall", "starts_at": "2026-01-02T00:00:00Z", "sections": [stalls]});
    http.ask_json("PUT", HALL, &hall).await.expect(201);
    (server, http)
}

async fn reserve(http: &mut Http, seat: &str) {
    let id = new_id(START).to_string();
    let body = json!({"id": id, "action": "reserve", "customer": "ann", "seats": [seat]});
    http.post("/v1/events/hall/reservations", &body).await.expect(201);
}

fn unpacked(body: &[u8]) -> Value {
    let mut text = String::new();
    GzDecoder::new(body).read_to_string(&mut text).expect("it is packed");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn a_tag_stands_while_the_version_does() {
    let (_server, mut http) = with_hall(config(), 2).await;
    let (first, again) = (http.get(SEATS).await, http.get(SEATS).await);
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert_eq!(first.header("x-content-type-options"), Some("nosniff"));
    for known in [tag.clone(), format!("\"0-0\", W/{tag}"), "*".to_owned()] {
        let answer = http.ask("GET", SEATS, &format!("if-none-match: {known}\r\n")).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    reserve(&mut http, "A1").await;
    let changed = http.ask("GET", SEATS, &format!("if-none-match: {tag}\r\n")).await;
    assert_eq!(
        changed.expect(200)["sections"][0]["rows"][0]["seats"].as_str().map(|row| &row[..3]),
        Some("sff")
    );
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn a_view_is_packed_for_whoever_takes_it_packed() {
    let (_server, mut http) = with_hall(config(), 50).await;
    let plain = http.get(SEATS).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    for accepted in ["gzip", "deflate, gzip;q=0.5", "*", "GZIP"] {
        let packed = http.ask("GET", SEATS, &format!("accept-encoding: {accepted}\r\n")).await;
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{accepted}");
        assert!(packed.body.len() < plain.body.len() / 10, "{} bytes", packed.body.len());
        assert_eq!(unpacked(&packed.body), plain.json());
        let tag = packed.header("etag").expect("a tag").to_owned();
        assert_ne!(Some(tag.as_str()), plain.header("etag"), "other bytes, another tag");
        let known = format!("accept-encoding: gzip\r\nif-none-match: {tag}\r\n");
        assert_eq!(http.ask("GET", SEATS, &known).await.status, 304);
    }
    for accepted in ["identity", "gzip;q=0", "br"] {
        let answer = http.ask("GET", SEATS, &format!("accept-encoding: {accepted}\r\n")).await;
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
    }
    // What fits into a packet anyway is not packed.
    let small = http.ask("GET", "/v1/server", "accept-encoding: gzip\r\n").await;
    assert_eq!(small.header("content-encoding"), None);
}

#[tokio::test]
async fn head_says_what_get_would() {
    let (_server, mut http) = with_hall(config(), 2).await;
    let (get, head) = (http.get(HALL).await, http.ask("HEAD", HALL, "").await);
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    for name in ["content-length", "content-type", "etag"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    // The connection goes on where it should.
    http.get(HALL).await.expect(200);
}

#[tokio::test]
async fn a_cached_view_is_never_older_than_what_the_connection_was_told() {
    let settings = Config { views_max_age: Duration::from_secs(3_600), ..config() };
    let (server, mut writer) = with_hall(settings, 2).await;
    let mut reader = Http::connect(server.http_address()).await;
    assert_eq!(reader.get(HALL).await.expect(200)["free"], 200);
    reserve(&mut writer, "A1").await;
    // A connection that was told of the change sees it; another may get the cached view.
    assert_eq!(writer.get(HALL).await.expect(200)["free"], 199);
    let mut late = Http::connect(server.http_address()).await;
    late.get(SEATS).await.expect(200);
    assert_eq!(late.get(&format!("{HALL}?fresh=true")).await.expect(200)["free"], 199);
    assert_eq!(late.get(HALL).await.expect(200)["free"], 199);
}

#[tokio::test]
async fn an_old_view_says_its_age_and_fresh_goes_around_it() {
    let settings = Config { views_max_age: Duration::from_secs(3_600), ..config() };
    let (server, mut writer) = with_hall(settings, 2).await;
    let clock = server.clock().clone();
    let mut reader = Http::connect(server.http_address()).await;
    assert_eq!(reader.get(SEATS).await.header("boxoffice-age-ms"), Some("0"));
    reserve(&mut writer, "A1").await;
    clock.advance(Duration::from_millis(250));
    let old = reader.get(SEATS).await;
    assert_eq!((old.header("boxoffice-age-ms"), &old.json()["version"]), (Some("250"), &json!(1)));
    let fresh = reader.get(&format!("{SEATS}?fresh=true")).await;
    assert_eq!(fresh.header("boxoffice-age-ms"), Some("0"));
    assert_eq!(fresh.expect(200)["version"], 2);
    assert_eq!(reader.get(SEATS).await.expect(200)["version"], 2, "it was told of version 2");
    let counted = server.metrics().views_cached.value();
    assert!(counted >= 1, "some came from the cache");
}

#[tokio::test]
async fn law_4_no_fresh_read_shows_a_hold_at_its_deadline() {
    let reads = [
        (format!("{HALL}?fresh=true"), "/sections/0/held"),
        (format!("{SEATS}?fresh=true"), "/sections/0/held"),
        ("/v1/events?fresh=true".to_owned(), "/events/0/held"),
        ("/v1/reservations?event=hall".to_owned(), "/reservations/0/status"),
    ];
    for (read, place) in reads {
        let (server, mut http) = with_hall(config(), 2).await;
        let clock = server.clock().clone();
        let id = new_id(START).to_string();
        let hold = json!({"id": id, "action": "hold", "customer": "ann", "seats": ["A1"],
            "ttl_ms": 60_000});
        http.post("/v1/events/hall/reservations", &hold).await.expect(201);
        clock.advance(Duration::from_millis(59_999));
        let before = http.get(&read).await.expect(200);
        let held = before.pointer(place).unwrap_or_else(|| panic!("no {place} in {before}"));
        assert!(*held == json!(1) || *held == json!("held"), "{before}");
        clock.advance(Duration::from_millis(1));
        let after = http.get(&read).await.expect(200);
        let free = after.pointer(place).expect("as before");
        assert!(*free == json!(0) || *free == json!("expired"), "{after}");
    }
}

#[tokio::test]
async fn law_9_a_map_of_a_million_seats_is_written_beside_the_event_loop() {
    // One section has 4,096 rows at most; a single thread serves.
    let (server, mut http) = with_hall(Config { threads: 1, ..config() }, 4_096).await;
    let beside = || server.metrics().views_beside.value();
    let fresh = format!("{SEATS}?fresh=true");
    let mut others = Vec::new();
    for _ in 0..8 {
        others.push(Http::connect(server.http_address()).await);
    }
    let packed = http.ask("GET", &fresh, "accept-encoding: gzip\r\n").await;
    assert_eq!(beside(), 1, "the event loop wrote the map itself");
    assert_eq!(unpacked(&packed.body)["sections"][0]["free"], 4_096 * 100);
    http.get(SEATS).await.expect(200);
    assert_eq!(beside(), 1, "the version stands");
    http.get(&format!("{HALL}?fresh=true")).await.expect(200);
    assert_eq!(beside(), 1, "without its seats the event is small, and waits for no map");
    reserve(&mut http, "A1").await;
    for other in &mut others {
        assert_eq!(other.get(&fresh).await.expect(200)["sections"][0]["sold"], 1);
    }
    assert_eq!(beside(), 2, "all readers share one");
    let (_server, mut http) = with_hall(config(), 2).await;
    http.get(SEATS).await.expect(200);
}
