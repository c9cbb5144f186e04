//! HTTP over TLS: the same answers, and nothing in plain text.

use crate::kinds::{start, with_tls};
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::pki::{Pki, localhost};
use boxoffice_testing::{PATIENCE, until, until_some};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

const GET: &str = "GET /v1/server HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

async fn connect(
    pki: &Pki,
    server: SocketAddr,
    names: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(server).await.expect("the server listens");
    pki.connector(names).connect(localhost(), stream).await
}

/// All that the server sends until it closes.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(PATIENCE, read).await.expect("in time").expect("a goodbye");
    String::from_utf8(answer).expect("UTF-8")
}

#[tokio::test]
async fn it_answers_as_it_does_without() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let address = server.http_address().expect("HTTP is on");
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
    let server = start(with_tls(&pki)).await;
    let address = server.http_address().expect("HTTP is on");
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let answer = answer(stream, GET).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    until("it is counted", || server.metrics().http.closed_for(Closed::Handshake) == 1).await;
}

#[tokio::test]
async fn stalled_handshakes_hold_up_nobody_and_take_no_room() {
    let pki = Pki::new();
    let server = start(Config { http_max_connections: 1, ..with_tls(&pki) }).await;
    let address = server.http_address().expect("HTTP is on");
    let mut stalled = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        stream.write_all(b"\x16\x03").await.expect("the server reads");
        stalled.push(stream);
    }
    until("they are in", || server.metrics().http.open.value() == 3).await;
    let mut good = connect(&pki, address, &[]).await.expect("a handshake");
    good.write_all(GET.replace("close", "keep-alive").as_bytes()).await.expect("the server reads");
    let mut first = [0; 13];
    good.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200 ");
    let busy = connect(&pki, address, &[]).await.expect("a handshake");
    let busy = answer(busy, GET).await;
    assert!(busy.starts_with("HTTP/1.1 503 "), "{busy}");
}

#[tokio::test]
async fn a_stalled_handshake_ends_at_its_deadline() {
    let pki = Pki::new();
    let handshake_timeout = Duration::from_millis(500);
    let server = start(Config { handshake_timeout, ..with_tls(&pki) }).await;
    let address = server.http_address().expect("HTTP is on");
    let mut stalled = TcpStream::connect(address).await.expect("the server listens");
    stalled.write_all(b"\x16\x03").await.expect("the server reads");
    let mut said = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stalled.read_to_end(&mut said)).await;
    let _ = ended.expect("it ends");
    until("every permit is back", || server.metrics().http.open.value() == 0).await;
    // A client may miss the deadline itself, where this machine is busy.
    let again = until_some("a handshake in time", async || connect(&pki, address, &[]).await.ok());
    assert!(answer(again.await, GET).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let stream = connect(&pki, server.http_address().expect("HTTP is on"), &[]).await;
    let encrypted = answer(stream.expect("a handshake"), GET).await;
    let header = "strict-transport-security: max-age=31536000\r\n";
    assert!(encrypted.contains(header), "{encrypted}");
    let server = start(crate::common::config()).await;
    let stream = TcpStream::connect(server.http_address().expect("HTTP is on")).await;
    let plain = answer(stream.expect("it listens"), GET).await;
    assert!(plain.contains(" 200 ") && !plain.contains("strict-transport"), "{plain}");
}
