//! Connections over HTTP among clients that want more than there are (law 9), and their parties
//! behind a proxy.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::id::Token;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::http::{Answer, Http};

use boxoffice_testing::{PATIENCE, connect_from, event, film, until};
use std::net::SocketAddr;
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

/// Connects again and again from another address, without a word.
async fn stay_silent(address: SocketAddr) {
    loop {
        // It may be ended with a reset.
        let _ = connect_from([127, 0, 0, 2], address).await.read(&mut [0]).await;
    }
}

/// Keeps a connection with this token, or is told why not.
async fn ask_as(server: &Server, token: &Token) -> (Http, Answer) {
    let mut http = Http::connect(server.http_address()).await;
    let bearer = format!("authorization: Bearer {token}\r\n");
    let answer = http.ask("GET", "/v1/server", &bearer).await;
    (http, answer)
}

#[tokio::test]
async fn row_43_silent_connections_keep_no_newcomer_out_and_health_answers() {
    let server = start(Config { http_max_connections: 20, ..config() }).await;
    let address = server.http_address().expect("HTTP is on");
    let http = &server.metrics().http;
    let mut silent = JoinSet::new();
    for _ in 0..40 {
        silent.spawn(stay_silent(address));
    }
    until("as many as there may be are silent", || http.closed_for(Closed::GaveWay) > 0).await;
    let mut refused = 0;
    for number in 0..200 {
        let path = ["/v1/server", "/healthz", "/readyz", "/metrics"][number % 4];
        let mut newcomer = Http::connect(address).await;
        newcomer.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
        refused += usize::from(newcomer.receive().await.is_none_or(|answer| answer.status != 200));
    }
    assert!(refused <= 2, "{refused} of 200 newcomers are not answered");
    silent.shutdown().await;
}

#[tokio::test]
async fn row_44_health_and_metrics_answer_when_all_connections_are_taken() {
    let mut config = Config { http_max_connections: 8, ..config() };
    let reader = admit(&mut config, "reader", Role::Reader, None);
    let admin = admit(&mut config, "ops", Role::Admin, None);
    config.operator_listen = Some(config.listen);
    let server = start(config).await;
    let mut taken = Vec::new();
    for _ in 0..7 {
        let (http, answer) = ask_as(&server, &reader).await;
        answer.expect(200);
        taken.push(http);
    }
    let (_, busy) = ask_as(&server, &reader).await;
    assert_eq!(busy.problem(503), "Busy");
    ask_as(&server, &admin).await.1.expect(200);
    let bearer = format!("authorization: Bearer {admin}\r\n");
    for address in [server.http_address(), server.operator_address()] {
        let mut http = Http::connect(address).await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(http.ask("GET", path, &bearer).await.status, 200, "{path}");
        }
        assert_eq!(http.get("/metrics").await.status, 401);
    }
    let mut operators = Http::connect(server.operator_address()).await;
    assert_eq!(operators.ask("GET", "/v1/server", &bearer).await.problem(404), "UnknownPath");
    assert_eq!(taken[6].ask("GET", "/healthz", "").await.status, 200, "nobody had to give way");
}

#[tokio::test]
async fn a_trusted_proxys_clients_are_told_apart_and_nobody_elses_word_counts() {
    for (trusted, second) in [(true, 401), (false, 429)] {
        let mut config = config();
        admit(&mut config, "ops", Role::Admin, None);
        config.trusted_proxies = if trusted { vec![[127, 0, 0, 1].into()] } else { vec![] };
        let server = start(config).await;
        let mut http = Http::connect(server.http_address()).await;
        let mut guess = async |client: &str| {
            let headers = format!("authorization: Bearer wrong\r\nx-forwarded-for: {client}\r\n");
            http.ask("GET", "/v1/server", &headers).await.status
        };
        for _ in 0..10 {
            assert_eq!(guess("192.0.2.1").await, 401);
        }
        assert_eq!(guess("192.0.2.1").await, 429, "it has guessed too often");
        assert_eq!(guess("192.0.2.2").await, second, "trusted: {trusted}");
    }
}

#[tokio::test]
async fn row_44_a_token_that_takes_all_streams_gives_way() {
    let mut config = config();
    // All of them may be of one event.
    (config.streams.all, config.streams.of_one_event) = (4, 4);
    let [reader, other] =
        ["reader", "other"].map(|name| admit(&mut config, name, Role::Reader, None));
    let server = start(config).await;
    server.catalog().create(event("hall").borrowed(), &film(1, 1), None);
    let listen = async |token: &Token| {
        let mut http = Http::connect(server.http_address()).await;
        let head = format!("host: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
        http.send(format!("GET /v1/events/hall/stream HTTP/1.1\r\n{head}")).await;
        let mut head = [0; 12];
        http.stream.read_exact(&mut head).await.expect("an answer");
        let has_begun = head.ends_with(b"200");
        has_begun.then_some(http)
    };
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(listen(&reader).await.expect("one may have all"));
    }
    assert!(listen(&reader).await.is_none());
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(listen(&other).await.expect("the one with most gives way"));
    }
    assert!(listen(&other).await.is_none(), "it has as many as the other");
    let metrics = server.metrics();
    until("two have ended", || metrics.streams_gave_way.value() == 2).await;
    assert_eq!((metrics.streams.value(), metrics.streams_refused.value()), (4, 2));
    let mut said = Vec::new();
    for gone in &mut all[2..] {
        until_ended(gone, &mut said).await;
    }
}

/// Returns when the answer has ended.
async fn until_ended(http: &mut Http, said: &mut Vec<u8>) {
    said.clear();
    let ended = async {
        while !said.ends_with(b"\r\n0\r\n\r\n") {
            assert!(http.stream.read_buf(said).await.expect("a stream") > 0);
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("in time");
}
