//! Lines of heads and around chunks end in a carriage return and a line feed, or not at all.

use crate::common::config;
use crate::kinds::start;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::http::Http;
use boxoffice_testing::until;

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
const POST: &str = "POST /v1/events/concert/reservations HTTP/1.1\r\nhost: localhost\r\n\
                    content-type: application/json\r\n";

/// Requests whose bodies have line feeds, each answered on an open connection.
fn well_formed() -> Vec<String> {
    vec![
        format!("\r\n{HEALTH}"),
        format!("{POST}content-length: 4\r\n\r\n\n\r\n\n"),
        format!("{POST}transfer-encoding: chunked\r\n\r\n2;a=b\r\n\n\n\r\n1\r\n\n\r\n0\r\n\r\n"),
        format!("{POST}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nsum: 1\r\n\r\n"),
        HEALTH.to_owned(),
    ]
}

#[tokio::test]
async fn a_bare_line_feed_is_refused_wherever_a_line_may_end() {
    let server = start(config()).await;
    let bare = [
        "GET /healthz HTTP/1.1\nhost: localhost\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\n\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\n\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\nx: y\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: y\nz: w\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx:\n y\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: y\n\r\n\r\n",
        "\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "\r\n\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ];
    for bare in bare {
        for before in [String::new(), well_formed().concat()] {
            let mut http = Http::connect(server.http_address()).await;
            http.send(format!("{before}{bare}{HEALTH}")).await;
            let statuses: Vec<_> = http.closed().await.iter().map(|said| said.status).collect();
            let expected = if before.is_empty() { 1 } else { 6 };
            assert_eq!((statuses.len(), statuses.last()), (expected, Some(&400)), "{bare:?}");
        }
    }
    let malformed = || server.metrics().http.closed_for(Closed::Malformed);
    until("each is counted", || malformed() == 2 * bare.len() as u64).await;
}

#[tokio::test]
async fn a_bare_line_feed_around_chunks_ends_the_connection() {
    let server = start(config()).await;
    for bare in [
        "2\n{}\r\n0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "2\r\n{}\r\n0\n\r\n",
        "2\r\n{}\r\n0\r\n\n",
        "2\r\n{}\r\n0\r\nsum: 1\n\r\n",
        "2\r\n{}\r\n0\r\nsum: 1\r\n\n",
        "2;a\n{}\r\n0\r\n\r\n",
    ] {
        let mut http = Http::connect(server.http_address()).await;
        http.send(format!("{POST}transfer-encoding: chunked\r\n\r\n{bare}{HEALTH}")).await;
        let answers = http.closed().await;
        assert!(answers.len() <= 1, "{bare:?}: {answers:?}");
        assert!(answers.iter().all(|answer| answer.status >= 400), "{bare:?}: {answers:?}");
    }
}

#[tokio::test]
async fn line_feeds_in_bodies_leave_the_connection_open() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let mut sent_ahead = Http::connect(server.http_address()).await;
    sent_ahead.send(well_formed().concat()).await;
    for request in well_formed() {
        http.send(&request).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(sent_ahead.receive().await.expect("the same").status, answer.status);
        assert_eq!(answer.status == 200, request.ends_with(HEALTH), "{request:?}: {answer:?}");
    }
    // Byte by byte, as far as the network lets it.
    for byte in well_formed().concat().into_bytes() {
        http.send([byte]).await;
    }
    for _ in well_formed() {
        http.receive().await.expect("an answer");
    }
}
