//! Tokens over HTTP: the same rules as over TCP, said in HTTP's words.

use crate::common::{admit, config};
use crate::kinds::{start, with_every_role};
use boxoffice_protocol::id::Token;
use boxoffice_server::auth::Role;
use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::process::{Process, command};
use boxoffice_testing::tokens::{TokenFolder, altered, enter, turned_away};
use boxoffice_testing::{PATIENCE, START, best, create, film, new_id, reserve, until, until_some};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncReadExt;

fn bearer(token: &Token) -> String {
    format!("authorization: Bearer {token}\r\n")
}

async fn get(http: &mut Http, path: &str, token: &Token) -> Answer {
    http.ask("GET", path, &bearer(token)).await
}

async fn post(http: &mut Http, path: &str, token: &Token, body: &Value) -> Answer {
    http.send(with_body("POST", path, &bearer(token), &body.to_string())).await;
    http.receive().await.expect("the connection stays open")
}

#[tokio::test]
async fn whoever_shows_no_token_or_a_wrong_one_is_asked_for_one() {
    let (server, [admin, ..]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let paths = [
        "/v1/events",
        "/v1/events/film",
        "/v1/events/film/seats",
        "/v1/reservations",
        "/v1/stats",
        "/v1/server",
        "/v1/events/nowhere",
    ];
    for path in paths {
        let answer = http.get(path).await;
        assert_eq!(answer.problem(401), "NotAllowed", "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"boxoffice\""));
    }
    let wrong = [
        bearer(&altered(&admin, 9)),
        "authorization: Basic YWRtaW46\r\n".to_owned(),
        format!("authorization: {admin}\r\n"),
        bearer(&admin).repeat(2),
        "authorization: Bearer\r\n".to_owned(),
    ];
    for wrong in wrong {
        let answer = http.ask("GET", "/v1/events", &wrong).await;
        assert_eq!(answer.problem(401), "NotAllowed", "{wrong}");
        let challenge = answer.header("www-authenticate").expect("a challenge");
        assert!(challenge.ends_with("error=\"invalid_token\""), "{challenge}");
    }
    assert_eq!(get(&mut http, "/v1/stats", &admin).await.status, 200);
}

#[tokio::test]
async fn anybody_may_ask_whether_it_is_well_and_only_an_admin_how_it_is_doing() {
    let (server, [admin, others @ ..]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(http.get(path).await.status, 200, "{path}");
    }
    assert_eq!(http.get("/metrics").await.problem(401), "NotAllowed");
    for token in &others {
        assert_eq!(get(&mut http, "/metrics", token).await.problem(403), "NotAllowed");
    }
    assert_eq!(get(&mut http, "/metrics", &admin).await.status, 200);
}

#[tokio::test]
async fn every_role_is_told_how_long_it_may_hold() {
    let (server, [admin, agent, ann, reader]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let long = 60 * 24 * 3_600_000_u64;
    for (token, expected) in [
        (&admin, [long; 2]),
        (&agent, [long; 2]),
        (&ann, [1_800_000, 7_200_000]),
        (&reader, [1_800_000, 7_200_000]),
    ] {
        let told = get(&mut http, "/v1/server", token).await.expect(200);
        assert_eq!(
            [&told["hold_max_ms"], &told["hold_life_ms"]],
            [&json!(expected[0]), &json!(expected[1])]
        );
    }
    let mut wish = json!({"id": new_id(START).to_string(), "customer": "bob", "seats": ["A1"], "ttl_ms": long});
    assert_eq!(post(&mut http, "/v1/events/film/reservations", &agent, &wish).await.status, 201);
    wish["id"] = json!(new_id(START).to_string());
    wish["ttl_ms"] = json!(long + 1);
    let refused = post(&mut http, "/v1/events/film/reservations", &agent, &wish).await;
    assert_eq!(
        refused.problem(422),
        "Invalid",
        "it is more than 32 bits, and not too large to read"
    );
}

#[tokio::test]
async fn every_role_may_do_what_it_is_for() {
    let (server, [admin, agent, ann, reader]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    for token in [&admin, &agent, &ann, &reader] {
        for path in ["/v1/events", "/v1/events/film", "/v1/events/film/seats", "/v1/server"] {
            assert_eq!(get(&mut http, path, token).await.status, 200, "{path}");
        }
    }
    let hold = |who: &str, seat: &str| json!({"id": new_id(START).to_string(), "customer": who, "seats": [seat]});
    let reservations = "/v1/events/film/reservations";
    let cases = [
        (&reader, hold("ann", "A1"), 403),
        (&ann, hold("bob", "A1"), 403),
        (&ann, hold("ann", "A1"), 201),
        (&agent, hold("bob", "A2"), 201),
        (&admin, hold("cid", "A3"), 201),
    ];
    for (token, body, status) in &cases {
        let answer = post(&mut http, reservations, token, body).await;
        assert_eq!(answer.status, *status, "{body}: {}", answer.json());
    }
    for (token, status) in [(&agent, 403), (&ann, 403), (&reader, 403), (&admin, 200)] {
        assert_eq!(get(&mut http, "/v1/stats", token).await.status, status);
    }
    let gone = http.ask("DELETE", "/v1/events/film", &bearer(&agent)).await;
    assert_eq!(gone.problem(403), "NotAllowed");
    let listed = get(&mut http, "/v1/reservations", &ann).await.expect(200);
    let listed = listed["reservations"].as_array().expect("a list");
    assert!(listed.len() == 1 && listed[0]["customer"] == "ann", "{listed:?}");
    get(&mut http, "/v1/reservations?customer=bob", &ann).await.problem(403);
}

#[tokio::test]
async fn row_20_anothers_reservation_is_answered_like_one_that_is_not_there() {
    let (server, [_, agent, ann, _]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let (held, absent) = (new_id(START).to_string(), new_id(START).to_string());
    let body = json!({"id": held, "customer": "bob", "seats": ["A1"]});
    assert_eq!(post(&mut http, "/v1/events/film/reservations", &agent, &body).await.status, 201);
    let path = |id: &str, rest: &str| format!("/v1/events/film/reservations/{id}{rest}");
    for rest in ["/confirm", "/release", "/cancel", "?customer=ann"] {
        let mut answers = Vec::new();
        for id in [&held, &absent] {
            let answer = match rest.starts_with('?') {
                true => get(&mut http, &path(id, rest), &ann).await,
                false => post(&mut http, &path(id, rest), &ann, &json!({"customer": "ann"})).await,
            };
            assert_eq!(answer.problem(404), "ReservationNotFound", "{rest}");
            answers.push(answer.json());
        }
        assert_eq!(answers[0], answers[1], "{rest}");
    }
    get(&mut http, &path(&held, "?customer=bob"), &ann).await.problem(403);
    get(&mut http, &path(&absent, "?customer=bob"), &ann).await.problem(403);
}

#[tokio::test]
async fn guessing_is_answered_with_when_to_try_again() {
    let (server, [admin, ..]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let mut statuses = Vec::new();
    for guess in 0..50 {
        let answer = get(&mut http, "/v1/events", &altered(&admin, guess)).await;
        if answer.status == 429 {
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.problem(429), "NotAllowed");
        }
        statuses.push(answer.status);
        assert_eq!(get(&mut http, "/v1/stats", &admin).await.status, 200, "never slowed");
    }
    assert_eq!(statuses.iter().filter(|&&status| status == 401).count(), 10, "{statuses:?}");
    assert!(statuses[10..].iter().all(|&status| status == 429));
}

#[tokio::test]
async fn whoever_is_not_let_in_is_counted_by_why() {
    let mut config = config();
    let short = admit(&mut config, "short", Role::Reader, Some(START.plus(Duration::from_secs(1))));
    let (server, [admin, ..]) = with_every_role(config, film(4, 4)).await;
    let clock = server.clock().clone();
    clock.advance(Duration::from_secs(1));
    let mut http = Http::connect(server.http_address()).await;
    for token in [None, Some(&short)] {
        turned_away(server.address(), token).await;
    }
    http.get("/v1/events").await.problem(401);
    get(&mut http, "/v1/events", &short).await.problem(401);
    for guess in 0..13 {
        get(&mut http, "/v1/events", &altered(&admin, guess)).await;
    }
    turned_away(server.address(), Some(&altered(&admin, 13))).await;
    let told = get(&mut http, "/metrics", &admin).await;
    let told = Exposed::read(std::str::from_utf8(&told.body).expect("UTF-8"));
    for (listener, why, times) in [
        ("tcp", "no_token", 1.0),
        ("tcp", "expired", 1.0),
        ("tcp", "unknown", 0.0),
        ("tcp", "too_many", 1.0),
        ("http", "no_token", 1.0),
        ("http", "expired", 1.0),
        ("http", "unknown", 10.0),
        ("http", "too_many", 3.0),
    ] {
        let series =
            format!("boxoffice_logins_failed_total{{listener=\"{listener}\",why=\"{why}\"}}");
        assert_eq!(told.value(&series), times, "{series}");
    }
}

#[tokio::test]
async fn a_token_ends_in_the_middle_of_a_connection() {
    let mut config = config();
    let minute = Duration::from_secs(60);
    let short = admit(&mut config, "short", Role::Admin, Some(START.plus(minute)));
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut http = Http::connect(server.http_address()).await;
    assert_eq!(get(&mut http, "/v1/stats", &short).await.status, 200);
    // One whose body comes after the end of its token.
    let body = json!({"id": new_id(START).to_string(), "customer": "ann", "seats": ["A1"]});
    let request =
        with_body("POST", "/v1/events/film/reservations", &bearer(&short), &body.to_string());
    let (head, rest) = request.split_at(request.len() - 5);
    let mut slow = Http::connect(server.http_address()).await;
    slow.send(head).await;
    until("it is under way", || server.metrics().http_requests.value() == 2).await;
    clock.advance(minute);
    slow.send(rest).await;
    assert_eq!(slow.receive().await.expect("an answer").problem(401), "NotAllowed");
    assert_eq!(get(&mut http, "/v1/stats", &short).await.problem(401), "NotAllowed");
    assert!(server.catalog().is_empty());
}

#[tokio::test]
async fn a_revoked_token_is_refused_in_the_middle_of_a_connection() {
    let folder = TokenFolder::new();
    let one = folder.create("one", &["--role", "admin"]);
    let process = Process::spawn(command().arg("--tokens").arg(folder.file()));
    let mut http = Http::connect(process.http).await;
    assert_eq!(get(&mut http, "/v1/stats", &one).await.status, 200);
    folder.revoke("one");
    until_some("the revocation is noticed", async || {
        (get(&mut http, "/v1/stats", &one).await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_has_nothing_to_say_ends_when_its_token_is_revoked() {
    let folder = TokenFolder::new();
    let one = folder.create("one", &["--role", "admin"]);
    let process = Process::spawn(command().arg("--tokens").arg(folder.file()));
    enter(process.address, &one).await.ask(&create("film", film(2, 2))).await;
    let mut http = Http::connect(process.http).await;
    let path = "/v1/events/film/stream";
    http.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{}\r\n", bearer(&one))).await;
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    let mut revoked = false;
    let ends = async {
        while !said.ends_with(b"\r\n0\r\n\r\n") {
            let bytes = http.stream.read(&mut buffer).await.expect("a stream");
            assert!(bytes > 0, "it ends in good order");
            said.extend_from_slice(&buffer[..bytes]);
            if !revoked && said.windows(8).any(|bytes| bytes == b"snapshot") {
                folder.revoke("one");
                revoked = true;
            }
        }
    };
    tokio::time::timeout(PATIENCE, ends).await.expect("it ends");
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains("keep-alive"), "it did not wait for something to say: {said}");
}

#[tokio::test]
async fn a_stream_ends_when_its_token_does() {
    let mut config = config();
    let minute = Duration::from_secs(60);
    let screen = admit(&mut config, "screen", Role::Reader, Some(START.plus(minute)));
    let (server, [_, agent, ..]) = with_every_role(config, film(4, 4)).await;
    let clock = server.clock().clone();
    let mut http = Http::connect(server.http_address()).await;
    assert_eq!(http.get("/v1/events/film/stream").await.problem(401), "NotAllowed");
    let path = "/v1/events/film/stream";
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{}\r\n", bearer(&screen));
    http.send(head).await;
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    while !said.windows(8).any(|bytes| bytes == b"snapshot") {
        let bytes = http.stream.read(&mut buffer).await.expect("a stream");
        assert!(bytes > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&buffer[..bytes]);
    }
    clock.advance(minute);
    let mut agent = enter(server.address(), &agent).await;
    agent.ask(&reserve(new_id(START), "film", "bob", best(1))).await;
    let ends = async {
        while !said.ends_with(b"\r\n0\r\n\r\n") {
            let bytes = http.stream.read(&mut buffer).await.expect("a stream");
            assert!(bytes > 0, "it ends in good order");
            said.extend_from_slice(&buffer[..bytes]);
        }
    };
    tokio::time::timeout(PATIENCE, ends).await.expect("it ends");
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains("event: change"), "nothing is told any more: {said}");
}
