//! Hostile and unlucky clients over HTTP: how they connect, wait, and go away.

mod common;

use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use common::http::{Http, with_body};
use common::process::Process;
use common::{config, start, until};
use rustix::process::Signal;
use serde_json::json;
use std::process::Command;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const HALL: &str = "/v1/events/hall";
const ALL: &str = "/v1/events/hall/reservations";
const SEATS: &str = "/v1/events/hall/seats";

/// Deadlines that a test can wait for.
fn impatient() -> Config {
    Config {
        handshake_timeout: Duration::from_millis(300),
        frame_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(300),
        write_timeout: Duration::from_millis(300),
        ..config()
    }
}

async fn with_hall(config: Config) -> Server {
    let server = start(config).await;
    create_hall(&mut Http::connect(&server).await).await;
    until("it is gone", || server.metrics().http.open.value() == 0).await;
    server
}

async fn create_hall(http: &mut Http) {
    let stalls = json!({"section": "stalls", "price": 4_500, "rows": "1000x100"});
    let hall = json!({"name": "A hall", "starts_at": "2030-01-02T00:00:00Z", "sections": [stalls]});
    http.ask_json("PUT", HALL, &hall).await.expect(201);
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// Sends these bytes one at a time, for as long as the server takes them.
async fn drip(http: &mut Http, bytes: &[u8]) {
    for byte in bytes {
        if http.stream.write_all(&[*byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn row_1_and_2_who_says_nothing_or_too_little_is_closed_at_the_total_deadline() {
    let server = with_hall(impatient()).await;
    let closed = |cause| server.metrics().http.closed_for(cause);
    let mut silent = Http::connect(&server).await;
    assert!(silent.closed().await.is_empty());
    until("it is counted", || closed(Closed::Handshake) == 1).await;

    let mut slow = Http::connect(&server).await;
    drip(&mut slow, get(HALL).as_bytes()).await;
    assert!(slow.closed().await.is_empty(), "a byte now and then does not help");
    until("it is counted", || closed(Closed::FrameTimeout) == 1).await;

    let mut slow = Http::connect(&server).await;
    let head = "content-type: application/json\r\ncontent-length: 100\r\n\r\n";
    slow.send(format!("POST {ALL} HTTP/1.1\r\nhost: localhost\r\n{head}")).await;
    drip(&mut slow, &[b' '; 30]).await;
    let answer = slow.receive().await.expect("an answer");
    assert_eq!(answer.problem(408), "BodyTooSlow");
    assert!(slow.closed().await.is_empty());

    let mut idle = Http::connect(&server).await;
    idle.get(HALL).await.expect(200);
    assert!(idle.closed().await.is_empty());
    until("it is counted", || closed(Closed::Idle) == 1).await;
    until("none is left", || server.metrics().http.open.value() == 0).await;
}

#[tokio::test]
async fn who_asks_now_and_then_stays() {
    let server = with_hall(impatient()).await;
    let mut http = Http::connect(&server).await;
    for _ in 0..4 {
        http.get(HALL).await.expect(200);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    http.get(HALL).await.expect(200);
}

#[tokio::test]
async fn row_15_who_never_reads_is_closed_at_the_write_deadline() {
    let server = with_hall(Config { idle_timeout: Duration::from_secs(60), ..impatient() }).await;
    let mut http = Http::connect(&server).await;
    for _ in 0..1_000 {
        if http.stream.write_all(get(SEATS).as_bytes()).await.is_err() {
            break;
        }
    }
    let timed_out = || server.metrics().http.closed_for(Closed::WriteTimeout) == 1;
    until("it is closed", timed_out).await;
}

#[tokio::test]
async fn row_16_ten_thousand_at_once_are_all_answered_and_nobody_else_waits_for_them() {
    const AT_ONCE: usize = 10_000;
    let server = with_hall(config()).await;
    let mut greedy = Http::connect(&server).await;
    let mut other = Http::connect(&server).await;
    let (mut reader, mut writer) = greedy.stream.into_split();
    let sent = tokio::spawn(async move {
        writer.write_all(get(HALL).repeat(AT_ONCE).as_bytes()).await.expect("the server reads");
        writer
    });
    other.get(HALL).await.expect(200);
    let before = server.metrics().http_requests.value();
    let count = async {
        let (mut seen, mut text) = (0, Vec::new());
        while seen < AT_ONCE {
            let read = tokio::io::AsyncReadExt::read_buf(&mut reader, &mut text).await;
            assert!(read.expect("the connection stays open") > 0, "{seen} answers");
            // Every answer's JSON ends with a list of sections, and nothing else in it does.
            seen += text.windows(3).filter(|end| end == b"}]}").count();
            // What may be the first part of an end that the next read completes.
            let kept = text.len().saturating_sub(2);
            text.drain(..kept);
        }
        seen
    };
    assert!(before < AT_ONCE as u64, "it had its turn between them: {before}");
    let seen = tokio::time::timeout(common::PATIENCE, count).await.expect("all are answered");
    assert_eq!(seen, AT_ONCE);
    drop(sent.await.expect("it sends"));
    greedy = Http::connect(&server).await;
    greedy.get(HALL).await.expect(200);
}

#[tokio::test]
async fn row_14_who_closes_its_half_gets_all_its_answers() {
    let server = with_hall(config()).await;
    let mut http = Http::connect(&server).await;
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
            let mut http = Http::connect(&server).await;
            http.send(&whole.as_bytes()[..end]).await;
            if reset {
                http.stream.set_zero_linger().expect("a socket");
            }
        }
    }
    until("none is left", || server.metrics().http.open.value() == 0).await;
    let mut http = Http::connect(&server).await;
    assert_eq!(http.get(HALL).await.expect(200)["held"], 0, "no request was whole and valid");
}

#[tokio::test]
async fn row_30_one_too_many_is_told_busy_at_once() {
    let server = with_hall(Config { http_max_connections: 2, ..config() }).await;
    let (mut first, mut second) = (Http::connect(&server).await, Http::connect(&server).await);
    first.get(HALL).await.expect(200);
    second.get(HALL).await.expect(200);
    for _ in 0..3 {
        let mut third = Http::connect(&server).await;
        let answer = third.receive().await.expect("it is told, before it has asked");
        assert_eq!(answer.problem(503), "Busy");
        assert_eq!(
            (answer.header("retry-after"), answer.header("connection")),
            (Some("1"), Some("close"))
        );
        assert_eq!(answer.json()["retry_after_ms"], 500);
        third.stream.shutdown().await.expect("a socket");
        assert!(third.closed().await.is_empty());
    }
    assert_eq!(server.metrics().http.busy.value(), 3);
    drop(first);
    until("its permit is back", || server.metrics().http.open.value() == 1).await;
    Http::connect(&server).await.get(HALL).await.expect(200);
}

#[tokio::test]
async fn connections_of_one_protocol_take_none_of_the_others() {
    let settings = Config { http_max_connections: 1, max_connections: 1, ..config() };
    let server = with_hall(settings).await;
    let mut http = Http::connect(&server).await;
    http.get(HALL).await.expect(200);
    let mut wire = common::Raw::connect(&server).await;
    wire.ask(&boxoffice_protocol::request::Request::Ping).await;
    http.get(HALL).await.expect(200);
}

#[tokio::test]
async fn row_31_sigterm_answers_what_was_asked_and_ends_with_0() {
    let process = Process::start(&[]);
    let mut idle = Http::at(process.http.expect("it speaks HTTP")).await;
    create_hall(&mut idle).await;
    let mut silent = Http::at(process.http.expect("it speaks HTTP")).await;
    let mut asking = Http::at(process.http.expect("it speaks HTTP")).await;
    // The server has the head, and waits for the body.
    let body = json!({"id": "x", "customer": "ann", "best": {"places": 1}}).to_string();
    let whole = with_body("POST", ALL, "expect: 100-continue\r\n", &body);
    let (head, body) = whole.split_at(whole.len() - body.len());
    asking.send(head).await;
    assert_eq!(asking.receive().await.expect("an answer").status, 100);
    process.signal(Signal::TERM);
    assert!(idle.closed().await.is_empty());
    assert!(silent.closed().await.is_empty());
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    command.args(["--memory", "--log", "warn", "--listen", "127.0.0.1:0", "--http-listen", "off"]);
    let process = Process::spawn(&mut command);
    assert_eq!(process.http, None);
    let server = start(Config { http_listen: None, ..config() }).await;
    assert_eq!(server.http_address(), None);
}
