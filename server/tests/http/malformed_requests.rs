//! Hostile and unlucky clients over HTTP, by their requests.

use crate::common::config;
use crate::kinds::start;
use boxoffice_server::Server;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::{START, new_id, until};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write as _;

const CONCERT: &str = "/v1/events/concert";
const ALL: &str = "/v1/events/concert/reservations";

/// A server with a concert of ten places.
async fn with_concert() -> (Server, Http) {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let floor = json!({"section": "floor", "price": 3_000, "capacity": 10});
    let concert =
        json!({"name": "A concert", "starts_at": "2026-01-02T00:00:00Z", "sections": [floor]});
    http.ask_json("PUT", CONCERT, &concert).await.expect(201);
    (server, http)
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused_and_the_connection_goes_on() {
    let (_server, mut http) = with_concert().await;
    let id = new_id(START);
    let deep = format!("{{\"customer\":{}", "[".repeat(20_000));
    let huge_number = format!("{{\"ttl_ms\":{}}}", "9".repeat(20_000));
    let standing =
        |rest: &str| format!("{{\"id\":\"{id}\",\"customer\":\"ann\",\"standing\":{{{rest}}}}}");
    for (body, status, name) in [
        (String::new(), 400, "NotJson"),
        ("{".to_owned(), 400, "NotJson"),
        ("nonsense".to_owned(), 400, "NotJson"),
        (format!("{}{{}}", standing("\"places\":1")), 400, "NotJson"),
        (standing("\"places\":1e999"), 400, "NotJson"),
        (huge_number, 400, "NotJson"),
        (deep, 422, "Invalid"),
        ("[]".to_owned(), 422, "Invalid"),
        (standing("\"places\":-1"), 422, "Invalid"),
        (standing("\"places\":0"), 422, "Invalid"),
        (standing("\"places\":1.0"), 422, "Invalid"),
        (standing("\"places\":\"1\""), 422, "Invalid"),
        (standing("\"places\":4294967296"), 422, "Invalid"),
        (standing("\"places\":1,\"places\":2"), 422, "Invalid"),
        (standing("\"places\":1,\"rows\":2"), 422, "Invalid"),
        (standing("\"places\":11"), 409, "SoldOut"),
        ("{\"customer\":\"a\\u0000\"}".to_owned(), 422, "Invalid"),
        ("{\"customer\":\"\\u202Eevil\"}".to_owned(), 422, "Invalid"),
        ("{\"customer\":\"\\ud800\"}".to_owned(), 422, "Invalid"),
        (format!("{{\"customer\":\"{}\"}}", "x".repeat(60_000)), 422, "Invalid"),
    ] {
        http.send(with_body("POST", ALL, "", &body)).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(answer.problem(status), name, "{body:.80}");
    }
    let mut bytes = with_body("POST", ALL, "", "{\"customer\":\"??\"}").into_bytes();
    let end = bytes.len();
    bytes[end - 4..end - 2].copy_from_slice(b"\xff\xfe");
    http.send(bytes).await;
    let answer = http.receive().await.expect("an answer");
    assert_eq!(answer.expect(422)["field"], "customer");
    let body = standing("\"places\":10");
    http.send(with_body("POST", ALL, "", &body)).await;
    http.receive().await.expect("an answer").expect(201);
}

#[tokio::test]
async fn fields_are_named_by_their_paths() {
    let (_server, mut http) = with_concert().await;
    for (body, field) in [
        (json!({"customer": " ann", "seats": ["A1"]}), "customer"),
        (json!({"customer": "ann", "seats": ["A1", "b2 "]}), "seats[1]"),
        (json!({"customer": "ann", "best": {"places": 1, "together": 1}}), "best.together"),
        (json!({"id": new_id(START).to_string(), "best": {"places": 1}}), "customer"),
        (json!({"customer": "ann", "colour": "red"}), "colour"),
    ] {
        let answer = http.post(ALL, &body).await.expect(422);
        assert_eq!(answer["field"], field, "{answer}");
    }
    for (path, field) in [
        ("/v1/events?limit=0", "limit"),
        ("/v1/events?limit=many", "limit"),
        ("/v1/events?limit=1&limit=2", "limit"),
        ("/v1/events?after=Dune", "after"),
        ("/v1/events?colour=red", "colour"),
        ("/v1/reservations?after=x.y.z", "after"),
        ("/v1/reservations?customer=%20ann", "customer"),
        ("/v1/events/Concert", "event"),
        ("/v1/events/concert/reservations/42?customer=ann", "id"),
    ] {
        let answer = http.get(path).await.expect(422);
        assert_eq!(answer["field"], field, "{path}: {answer}");
    }
    let missing = http.get(&format!("{ALL}/{}", new_id(START))).await.expect(422);
    assert_eq!(missing["field"], "customer", "{missing}");
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_problems() {
    let (_server, mut http) = with_concert().await;
    for path in [
        "/v1",
        "/v2/events",
        "/v1/events/",
        "/v1/events/../events",
        "/v1/events/concert/",
        "/v1/events/concert/seats/A1",
        "/%76%31/events",
        "*",
    ] {
        let answer = http.get(path).await;
        assert_eq!(answer.problem(404), "UnknownPath", "{path}");
    }
    for (path, name, status) in [
        ("/v1/events//seats", "Invalid", 422),
        ("/v1/events/%ff", "BadPath", 400),
        ("/v1/events/..%2fconcert", "Invalid", 422),
        ("/v1/events/concert%00", "Invalid", 422),
        ("/v1/events/concert%2fseats", "Invalid", 422),
        ("/v1/events/%E2%80%AEtrecnoc", "Invalid", 422),
    ] {
        assert_eq!(http.get(path).await.problem(status), name, "{path}");
    }
    // Escaped or not, it is the same slug; and an address may name its server.
    http.get("/v1/events/%63oncert").await.expect(200);
    http.get("http://localhost/v1/events/concert").await.expect(200);
    let long = format!("/v1/events/concert?x={}", "x".repeat(3_000));
    assert_eq!(http.get(&long).await.problem(414), "UriTooLong");
}

#[tokio::test]
async fn methods_and_media_types_that_do_not_fit_are_problems() {
    let (_server, mut http) = with_concert().await;
    for method in ["POST", "BREW", "TRACE"] {
        let answer = http.ask(method, CONCERT, "").await;
        assert_eq!(answer.problem(405), "WrongMethod", "{method}");
        let allowed = answer.header("allow").expect("it says what does").to_owned();
        assert!(allowed.contains("PATCH") && allowed.contains("GET"), "{allowed}");
    }
    let options = http.ask("OPTIONS", CONCERT, "origin: http://evil.example\r\n").await;
    assert_eq!((options.status, options.body.len()), (204, 0));
    assert_eq!(options.header("access-control-allow-origin"), None);
    let body = json!({"customer": "ann", "standing": {"places": 1}}).to_string();
    for media_type in ["", "content-type: text/plain\r\n", "content-type: application/jsonp\r\n"] {
        let length = body.len();
        let head =
            format!("POST {ALL} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n");
        http.send(format!("{head}{media_type}\r\n{body}")).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(answer.problem(415), "WrongMediaType", "{media_type}");
    }
    let id = new_id(START);
    let with_charset = format!(
        "POST {ALL} HTTP/1.1\r\nhost: localhost\r\nContent-Type: Application/JSON; charset=utf-8\r\n\
         idempotency-key: {id}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    http.send(with_charset).await;
    http.receive().await.expect("an answer").expect(201);
}

#[tokio::test]
async fn a_packed_body_is_not_unpacked() {
    let (_server, mut http) = with_concert().await;
    let spaces = vec![b' '; 1 << 20];
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&spaces).and_then(|()| packed.try_finish()).expect("memory");
    let bomb = packed.finish().expect("memory");
    let head = with_body("POST", ALL, "content-encoding: gzip\r\n", "");
    let head = head.replace("length: 0", &format!("length: {}", bomb.len()));
    http.send([head.as_bytes(), &bomb].concat()).await;
    let answer = http.receive().await.expect("an answer");
    assert_eq!(answer.problem(415), "EncodedBody");
    assert_eq!(answer.header("accept-encoding"), Some("identity"));
    let wish = json!({"customer": "ann", "standing": {"places": 1}}).to_string();
    let headers = format!("content-encoding: identity\r\nidempotency-key: {}\r\n", new_id(START));
    http.send(with_body("POST", ALL, &headers, &wish)).await;
    http.receive().await.expect("an answer").expect(201);
}

#[tokio::test]
async fn lengths_that_contradict_each_other_end_the_connection() {
    let (server, mut observer) = with_concert().await;
    for (headers, answers) in [
        ("content-length: 5\r\ncontent-length: 6\r\n", 400),
        ("content-length: -1\r\n", 400),
        ("content-length: 5, 6\r\n", 400),
        ("content-length: 99999999999999999999\r\n", 400),
        ("transfer-encoding: gzip\r\n", 400),
        ("transfer-encoding: chunked, gzip\r\n", 400),
        ("transfer-encoding: chunked, chunked\r\n", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", 400),
    ] {
        let mut http = Http::connect(server.http_address()).await;
        let head =
            format!("POST {ALL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
        http.send(format!("{head}{headers}\r\nhello, ")).await;
        let said = http.closed().await;
        assert_eq!(
            said.iter().map(|answer| answer.status).collect::<Vec<_>>(),
            [answers],
            "{headers}"
        );
    }
    // Both lengths: chunks count, and what follows is not taken for a request.
    let mut http = Http::connect(server.http_address()).await;
    let head =
        format!("POST {ALL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
    let smuggled = format!("GET {CONCERT} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let lengths = "content-length: 4\r\ntransfer-encoding: chunked\r\n";
    http.send(format!("{head}{lengths}\r\n2\r\n{{}}\r\n0\r\n\r\n{smuggled}")).await;
    assert_eq!(http.closed().await.len(), 1);
    observer.get(CONCERT).await.expect(200);
    let malformed = server.metrics().http.closed_for(Closed::Malformed);
    assert_eq!(malformed, 6, "the others are for us to refuse");
}

#[tokio::test]
async fn what_is_no_http_ends_the_connection() {
    let (server, mut observer) = with_concert().await;
    let tls_hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    let wire_hello = b"\x15\x00\x00\x00\x01\x00\x00\x00\x00BXOF";
    for bytes in [
        &tls_hello[..],
        &wire_hello[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\na: b\r\n folded\r\n\r\n",
        b"\r\n\r\n\r\n\xff\xff",
    ] {
        let mut http = Http::connect(server.http_address()).await;
        http.send(bytes).await;
        let said = http.closed().await;
        assert!(said.iter().all(|answer| answer.status == 400), "{bytes:?}: {said:?}");
    }
    observer.get(CONCERT).await.expect(200);
}

#[tokio::test]
async fn heads_and_bodies_beyond_their_bounds_are_refused() {
    let (server, mut http) = with_concert().await;
    let many: String = (0..70).map(|index| format!("x-{index}: y\r\n")).collect();
    assert_eq!(http.ask("GET", CONCERT, &many).await.problem(431), "TooManyHeaders");
    http.get(CONCERT).await.expect(200);
    for head in ["x: y\r\n".repeat(200), format!("x: {}\r\n", "y".repeat(40_000))] {
        let mut http = Http::connect(server.http_address()).await;
        http.send(format!("GET {CONCERT} HTTP/1.1\r\nhost: localhost\r\n{head}\r\n")).await;
        let said = http.closed().await;
        assert_eq!(said.iter().map(|answer| answer.status).collect::<Vec<_>>(), [431]);
    }
    // Exactly as long as it may be; and one byte more, which is never read.
    let body = |length: usize| format!("{{\"customer\":\"{}\"}}", "x".repeat(length - 15));
    http.send(with_body("POST", ALL, "", &body(65_536))).await;
    assert_eq!(http.receive().await.expect("an answer").problem(422), "Invalid");
    http.send(with_body("POST", ALL, "", &body(65_537))).await;
    let answer = http.receive().await.expect("an answer");
    assert_eq!(answer.problem(413), "BodyTooLarge");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(http.closed().await.is_empty());
    let mut http = Http::connect(server.http_address()).await;
    let head =
        "host: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n";
    http.send(format!("POST {ALL} HTTP/1.1\r\n{head}\r\n")).await;
    let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
    for _ in 0..5 {
        http.send(&chunk).await;
    }
    assert_eq!(http.receive().await.expect("an answer").problem(413), "BodyTooLarge");
}

#[tokio::test]
async fn a_body_that_waits_to_be_wanted_is_asked_for_only_if_it_is() {
    let (server, mut http) = with_concert().await;
    let head = |length: usize| {
        format!(
            "POST {ALL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nexpect: 100-continue\r\n\r\n"
        )
    };
    let body = json!({"customer": "ann", "best": {"places": 1}}).to_string();
    http.send(head(body.len())).await;
    assert_eq!(http.receive().await.expect("an answer").status, 100);
    http.send(&body).await;
    assert_eq!(http.receive().await.expect("an answer").problem(422), "Invalid");
    let mut http = Http::connect(server.http_address()).await;
    http.send(head(100_000)).await;
    assert_eq!(http.receive().await.expect("an answer").problem(413), "BodyTooLarge");
    drop(http);
    until("both are gone", || server.metrics().http.open.value() <= 1).await;
}
