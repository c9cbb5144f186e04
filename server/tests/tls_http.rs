//! HTTP over TLS: the same answers, and nothing in plain text.

mod common;

use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use common::tls::{Pki, localhost};
use common::until;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

const GET: &str = "GET /v1/server HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

async fn start(config: Config) -> (Server, SocketAddr) {
    let http_listen = Some("127.0.0.1:0".parse().expect("an address"));
    let server = common::start(Config { http_listen, ..config }).await;
    let address = server.http_address().expect("it speaks HTTP");
    (server, address)
}

async fn connect(
    pki: &Pki,
    server: SocketAddr,
    names: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(server).await.expect("the server listens");
    pki.connector(names).connect(localhost(), stream).await
}

/// What is answered until the server closes, as text.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(common::PATIENCE, read).await.expect("in time").expect("a goodbye");
    String::from_utf8(answer).expect("UTF-8")
}

#[tokio::test]
async fn it_answers_as_it_does_without() {
    let pki = Pki::new();
    let (_server, address) = start(pki.config()).await;
    for names in [&["h2", "http/1.1"][..], &["http/1.1"], &[]] {
        let stream = connect(&pki, address, names).await.expect("a handshake");
        let agreed = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        assert_eq!(agreed, (!names.is_empty()).then(|| b"http/1.1".to_vec()));
        let answer = answer(stream, GET).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("hold_max_ms"), "{answer}");
    }
    connect(&pki, address, &["boxoffice"]).await.expect_err("it is the other port's");
}

#[tokio::test]
async fn plain_text_is_told_where_to_go() {
    let pki = Pki::new();
    let (server, address) = start(pki.config()).await;
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let answer = answer(stream, GET).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    until("it is counted", || server.metrics().http.closed_for(Closed::Handshake) == 1).await;
}

#[tokio::test]
async fn stalled_handshakes_hold_up_nobody_and_end_at_their_deadline() {
    let pki = Pki::new();
    let handshake_timeout = Duration::from_millis(500);
    let few = Config { handshake_timeout, http_max_connections: 2, ..pki.config() };
    let (server, address) = start(few).await;
    let mut stalled = TcpStream::connect(address).await.expect("the server listens");
    stalled.write_all(b"\x16\x03").await.expect("the server reads");
    let open = |number| move |server: &Server| server.metrics().http.open.value() == number;
    until("it is in", || open(1)(&server)).await;
    let good = connect(&pki, address, &[]).await.expect("a handshake");
    let busy = connect(&pki, address, &[]).await.expect("a handshake");
    let busy = answer(busy, "").await;
    assert!(busy.starts_with("HTTP/1.1 503 ") || busy.starts_with("HTTP/1.1 429 "), "{busy}");
    assert!(answer(good, GET).await.starts_with("HTTP/1.1 200 "));
    let mut said = Vec::new();
    let _ = stalled.read_to_end(&mut said).await;
    until("every permit is back", || open(0)(&server)).await;
    let again = connect(&pki, address, &[]).await.expect("a handshake");
    assert!(answer(again, GET).await.starts_with("HTTP/1.1 200 "));
}
