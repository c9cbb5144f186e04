//! Connections over HTTP: clients that are silent, slow, gone or too many, and a server that stops.

use crate::common::config;
use crate::kinds::start;
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::process::{Process, program_at};
use boxoffice_testing::{PATIENCE, Raw, event, film, until, until_some};
use rustix::process::Signal;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const HALL: &str = "/v1/events/hall";
const ALL: &str = "/v1/events/hall/reservations";
const SEATS: &str = "/v1/events/hall/seats";

/// The deadline that a test waits for. It shortens no other one, as a busy machine would make
/// honest clients miss those.
const SOON: Duration = Duration::from_millis(300);

/// A server with a hall of 100,000 seats.
async fn with_hall(config: Config) -> Server {
    let server = start(config).await;
    server.catalog().create(event("hall").borrowed(), &film(1_000, 100), None);
    server
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// Sends these bytes one at a time, for as long as the server takes them.
async fn drip(http: &mut Http, bytes: &[u8]) {
    let mut beat = tokio::time::interval(SOON / 15);
    for byte in bytes {
        beat.tick().await;
        if http.stream.write_all(&[*byte]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn row_1_silence_ends_at_the_handshake_deadline() {
    let server = with_hall(Config { handshake_timeout: SOON, ..config() }).await;
    let mut silent = Http::connect(server.http_address()).await;
    assert!(silent.closed().await.is_empty());
    until("it is counted", || server.metrics().http.closed_for(Closed::Handshake) == 1).await;
}

#[tokio::test]
async fn row_2_a_dripping_request_ends_at_its_own_deadline() {
    let server = with_hall(Config { frame_timeout: SOON, ..config() }).await;
    let mut slow = Http::connect(server.http_address()).await;
    // Never the last byte, so the head does not end, however slow the server is.
    let head = get(HALL);
    drip(&mut slow, &head.as_bytes()[..head.len() - 1]).await;
    assert!(slow.closed().await.is_empty(), "a byte now and then does not help");
    until("it is counted", || server.metrics().http.closed_for(Closed::FrameTimeout) == 1).await;

    let mut slow = Http::connect(server.http_address()).await;
    let head = "content-type: application/json\r\ncontent-length: 100\r\n\r\n";
    slow.send(format!("POST {ALL} HTTP/1.1\r\nhost: localhost\r\n{head}")).await;
    drip(&mut slow, &[b' '; 30]).await;
    let answer = slow.receive().await.expect("an answer");
    assert_eq!(answer.problem(408), "BodyTooSlow");
    assert!(slow.closed().await.is_empty());
    until("none is left", || server.metrics().http.open.value() == 0).await;
}

#[tokio::test]
async fn an_idle_connection_ends_and_one_that_asks_now_and_then_does_not() {
    let server = with_hall(Config { idle_timeout: SOON, ..config() }).await;
    let mut idle = Http::connect(server.http_address()).await;
    idle.get(HALL).await.expect(200);
    assert!(idle.closed().await.is_empty());
    until("it is counted", || server.metrics().http.closed_for(Closed::Idle) == 1).await;
    until_some("four requests in time", async || asks_now_and_then(&server).await).await;
}

/// None if this machine was too slow to ask in time.
async fn asks_now_and_then(server: &Server) -> Option<()> {
    let mut http = Http::connect(server.http_address()).await;
    let mut beat = tokio::time::interval(SOON / 2);
    let mut last = Instant::now();
    for asked in 0..5 {
        beat.tick().await;
        let begun = Instant::now();
        let sent = http.stream.write_all(get(HALL).as_bytes()).await;
        let gap = last.elapsed();
        match http.receive().await.filter(|_| sent.is_ok()) {
            Some(answer) => drop(answer.expect(200)),
            None => {
                assert!(asked > 0 && gap >= SOON, "closed though the requests came {gap:?} apart");
                return None;
            }
        }
        last = begun;
    }
    Some(())
}

#[tokio::test]
async fn row_15_who_never_reads_is_closed_at_the_write_deadline() {
    let server = with_hall(Config { write_timeout: SOON, ..config() }).await;
    let mut http = Http::connect(server.http_address()).await;
    for _ in 0..1_000 {
        if http.stream.write_all(get(SEATS).as_bytes()).await.is_err() {
            break;
        }
    }
    let timed_out = || server.metrics().http.closed_for(Closed::WriteTimeout) == 1;
    until("it is closed", timed_out).await;
}

/// Requests of the flood.
const AT_ONCE: usize = 10_000;

/// Floods that are tried. A test that is itself not scheduled can be late in one of them.
const FLOODS: usize = 5;

#[tokio::test]
async fn row_16_ten_thousand_at_once_are_all_answered_and_nobody_else_waits_for_them() {
    let server = with_hall(config()).await;
    let mut before = Vec::new();
    for _ in 0..FLOODS {
        before.push(flood(&server).await);
        if before.last() < Some(&(AT_ONCE as u64)) {
            return;
        }
    }
    panic!("another client waited for all of them: {before:?}");
}

/// Floods the server until all is answered. Returns the requests that were counted when another
/// client had its answer.
async fn flood(server: &Server) -> u64 {
    let greedy = Http::connect(server.http_address()).await;
    let mut other = Http::connect(server.http_address()).await;
    let counted = server.metrics().http_requests.value();
    let (mut reader, mut writer) = greedy.stream.into_split();
    let sent = tokio::spawn(async move {
        writer.write_all(get(HALL).repeat(AT_ONCE).as_bytes()).await.expect("the server reads");
        writer
    });
    other.get(HALL).await.expect(200);
    let before = server.metrics().http_requests.value() - counted;
    let count = async {
        let (mut seen, mut text) = (0, Vec::new());
        while seen < AT_ONCE {
            let read = reader.read_buf(&mut text).await;
            assert!(read.expect("the connection stays open") > 0, "{seen} answers");
            // Every answer's JSON ends with a list of sections, and nothing else in it does.
            seen += text.windows(3).filter(|end| end == b"}]}").count();
            // What may be the first part of an end that the next read completes.
            let kept = text.len().saturating_sub(2);
            text.drain(..kept);
        }
        seen
    };
    let seen = tokio::time::timeout(PATIENCE, count).await.expect("all are answered");
    assert_eq!(seen, AT_ONCE);
    drop(sent.await.expect("it sends"));
    Http::connect(server.http_address()).await.get(HALL).await.expect(200);
    before
}

#[tokio::test]
async fn row_14_who_closes_its_half_gets_all_its_answers() {
    let server = with_hall(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    http.send(get(HALL).repeat(5)).await;
    http.stream.shutdown().await.expect("a socket");
    let said = http.closed().await;
    assert_eq!(said.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200; 5]);
    until("none is left", || server.metrics().http.open.value() == 0).await;
}

#[tokio::test]
async fn row_11_and_12_who_goes_in_the_middle_leaves_nothing_behind() {
    let server = with_hall(config()).await;
    let body = json!({"customer": "ann", "best": {"places": 1}}).to_string();
    let whole = with_body("POST", ALL, "", &body);
    for end in [1, 20, whole.len() - 1, whole.len()] {
        for reset in [true, false] {
            let mut http = Http::connect(server.http_address()).await;
            http.send(&whole.as_bytes()[..end]).await;
            if reset {
                http.stream.set_zero_linger().expect("a socket");
            }
        }
    }
    until("none is left", || server.metrics().http.open.value() == 0).await;
    let mut http = Http::connect(server.http_address()).await;
    assert_eq!(http.get(HALL).await.expect(200)["held"], 0, "no request was whole and valid");
}

#[tokio::test]
async fn row_30_one_too_many_is_told_busy() {
    let server = with_hall(Config { http_max_connections: 2, ..config() }).await;
    let (mut first, mut second) =
        (Http::connect(server.http_address()).await, Http::connect(server.http_address()).await);
    first.get(HALL).await.expect(200);
    second.get(HALL).await.expect(200);
    for _ in 0..3 {
        let mut third = Http::connect(server.http_address()).await;
        let answer = third.get(HALL).await;
        assert_eq!(answer.problem(503), "Busy");
        assert_eq!(
            (answer.header("retry-after"), answer.header("connection")),
            (Some("1"), Some("close"))
        );
        assert_eq!(answer.json()["retry_after_ms"], 500);
        assert!(third.closed().await.is_empty());
    }
    assert_eq!(server.metrics().http.busy.value(), 3);
    drop(first);
    until("its permit is back", || server.metrics().http.open.value() == 1).await;
    Http::connect(server.http_address()).await.get(HALL).await.expect(200);
}

#[tokio::test]
async fn connections_of_one_protocol_take_none_of_the_others() {
    let settings = Config { http_max_connections: 1, max_connections: 1, ..config() };
    let server = with_hall(settings).await;
    let mut http = Http::connect(server.http_address()).await;
    http.get(HALL).await.expect(200);
    let mut wire = Raw::connect(server.address()).await;
    wire.ask(&boxoffice_protocol::request::Request::Ping).await;
    http.get(HALL).await.expect(200);
}

#[tokio::test]
async fn row_31_sigterm_answers_what_was_asked_and_ends_with_0() {
    let process = Process::start(&[]);
    let mut idle = Http::connect(process.http).await;
    idle.get("/v1/server").await.expect(200);
    let mut asking = Http::connect(process.http).await;
    // The server has the head, and waits for the body.
    let body = json!({"id": "x", "customer": "ann", "best": {"places": 1}}).to_string();
    let whole = with_body("POST", ALL, "expect: 100-continue\r\n", &body);
    let (head, body) = whole.split_at(whole.len() - body.len());
    asking.send(head).await;
    assert_eq!(asking.receive().await.expect("an answer").status, 100);
    let silent = Http::connect(process.http).await;
    let mut last = Http::connect(process.http).await;
    last.get("/v1/server").await.expect(200);
    process.signal(Signal::TERM);
    // Connections are told of the stop one after the other. Once those before and behind the asking
    // one have ended, it has been told, too.
    for mut other in [idle, silent, last] {
        assert!(other.closed().await.is_empty());
    }
    asking.send(body).await;
    let answer = asking.receive().await.expect("an answer");
    assert_eq!(
        (answer.problem(422), answer.header("connection")),
        ("Invalid".to_owned(), Some("close"))
    );
    assert!(asking.closed().await.is_empty());
    let (status, _) = process.wait();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn http_can_be_turned_off() {
    let mut command = program_at("127.0.0.1:0", "off");
    command.args(["--memory", "--log", "warn"]);
    let process = Process::spawn(&mut command);
    assert_eq!(process.http, None);
    let server = start(Config { http_listen: None, ..config() }).await;
    assert_eq!(server.http_address(), None);
}
