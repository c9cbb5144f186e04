//! Hostile and unlucky clients of a server that speaks TLS: handshakes that stall, are cut off, or
//! are none; and mistakes behind a handshake. Other clients are served during each of them.

use crate::common::config;
use crate::kinds::{start, with_tls};
use boxoffice_protocol::event::Layout;
use boxoffice_protocol::reply::Body;
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::pki::{Pki, RawTls, localhost};
use boxoffice_testing::{
    PATIENCE, Raw, START, concert, create, hello, new_id, reserve, seat_map, section, seed, spec,
    standing, until, until_some,
};
use rustls::ClientConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The deadline that a test waits for. It shortens no other one, as a busy machine would make
/// honest clients miss those.
const SOON: Duration = Duration::from_millis(300);

/// Another client's success, over another connection if the server's deadlines are shorter than
/// this machine is quick.
async fn another_is_served(pki: &Pki, server: &Server) -> RawTls {
    let wish = reserve(new_id(START), "others", "ann", standing(1));
    until_some("a connection that this machine is quick enough for", async || {
        let mut other = pki.connect_in_time(server.address()).await;
        other.try_ask(&create("others", concert(1_000))).await?;
        let reply = other.try_ask(&wish).await?;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
        Some(other)
    })
    .await
}

/// The same, and every connection has ended.
async fn others_go_on(pki: &Pki, server: &Server) {
    drop(another_is_served(pki, server).await);
    server.catalog().invariants();
    until("every permit is back", || server.metrics().tcp.open.value() == 0).await;
}

async fn says(server: &Server, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
    stream.write_all(bytes).await.expect("the server listens");
    stream
}

/// The rest of what the server sends before it closes; a reset is an end, too.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let read = stream.read_to_end(&mut said);
    let _ = tokio::time::timeout(PATIENCE, read).await.expect("it is closed in time");
    said
}

/// The first bytes of a client.
fn client_hello(pki: &Pki) -> Vec<u8> {
    let config = Arc::clone(pki.connector(&[]).config());
    let mut connection = ClientConnection::new(config, localhost()).expect("a client");
    let mut bytes = Vec::new();
    connection.write_tls(&mut bytes).expect("into memory");
    bytes
}

/// Handshakes that stall at every point that matters.
async fn stalled(pki: &Pki, server: &Server) -> Vec<TcpStream> {
    let begun = client_hello(pki);
    let mut stalled = Vec::new();
    for bytes in [&[][..], &begun[..1], &begun[..begun.len() / 2], &begun] {
        stalled.push(says(server, bytes).await);
    }
    stalled
}

#[tokio::test]
async fn a_stalled_handshake_holds_up_nobody() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let stalled = stalled(&pki, &server).await;
    until("all are in", || server.metrics().tcp.open.value() == 4).await;
    drop(another_is_served(&pki, &server).await);
    drop(stalled);
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn a_stalled_handshake_ends_at_its_deadline() {
    let pki = Pki::new();
    let server = start(Config { handshake_timeout: SOON, ..with_tls(&pki) }).await;
    for stream in &mut stalled(&pki, &server).await {
        rest(stream).await;
    }
    until("they are counted", || server.metrics().tcp.closed_for(Closed::Handshake) == 4).await;
    others_go_on(&pki, &server).await;
}

/// TLS and the protocol share one deadline for their handshakes.
#[tokio::test]
async fn silence_behind_a_handshake_ends_at_the_same_deadline() {
    let pki = Pki::new();
    let server = start(Config { handshake_timeout: SOON, ..with_tls(&pki) }).await;
    let mut client = until_some("a handshake in time", async || {
        let stream = TcpStream::connect(server.address()).await.expect("the server listens");
        pki.connector(&[]).connect(localhost(), stream).await.map(Raw::around).ok()
    })
    .await;
    assert!(client.closed().await.is_empty());
    until("it is counted", || server.metrics().tcp.closed_for(Closed::Handshake) >= 1).await;
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn stalled_handshakes_take_no_room() {
    let pki = Pki::new();
    let few = Config { max_connections: 3, handshake_timeout: SOON, ..with_tls(&pki) };
    let server = start(few).await;
    // On a busy machine the first may have ended before the last is there.
    until_some("five at a time", async || five_stall(&pki, &server).await).await;
    until("every permit is back", || server.metrics().tcp.open.value() == 0).await;
    others_go_on(&pki, &server).await;
}

/// Stalls more often than a server of three connections has room. None if one had ended before
/// another client was served.
async fn five_stall(pki: &Pki, server: &Server) -> Option<()> {
    let mut stalled = Vec::new();
    for _ in 0..5 {
        stalled.push(says(server, b"\x16").await);
    }
    until("they are in", || server.metrics().tcp.admitted.value() >= 5).await;
    let served = another_is_served(pki, server).await;
    let are_there = server.metrics().tcp.open.value() >= 6;
    drop(served);
    for stream in &mut stalled {
        rest(stream).await;
    }
    are_there.then_some(())
}

#[tokio::test]
async fn what_is_no_handshake_is_closed() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let (_, plain) = Raw::around(tokio::io::empty()).encode(&hello());
    let begun = client_hello(&pki);
    let mut lies = begun.clone();
    lies[5] ^= 0x40; // the kind of the message
    let wrong = [&b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], &plain, &lies];
    for bytes in wrong {
        let said = rest(&mut says(&server, bytes).await).await;
        let told = String::from_utf8_lossy(&said);
        if bytes.starts_with(b"GET") {
            assert!(told.starts_with("HTTP/1.1 400 ") && told.contains("https://"), "{told}");
        } else {
            assert!(said.starts_with(&[0x15, 0x03]), "an alert, not {said:?}");
        }
    }
    for cut in [1, 5, begun.len() / 2, begun.len()] {
        let mut stream = says(&server, &begun[..cut]).await;
        stream.shutdown().await.expect("it is open");
        rest(&mut stream).await;
    }
    until("all are counted", || server.metrics().tcp.closed_for(Closed::Handshake) == 7).await;
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn mangled_handshakes_are_closed() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let mut dice = fastrand::Rng::with_seed(seed());
    let begun = client_hello(&pki);
    for _ in 0..100 {
        let mut bytes = begun.clone();
        for _ in 0..dice.usize(1..8) {
            let at = dice.usize(..bytes.len());
            bytes[at] = dice.u8(..);
        }
        bytes.truncate(dice.usize(1..=bytes.len()));
        let mut stream = says(&server, &bytes).await;
        stream.shutdown().await.expect("it is open");
        rest(&mut stream).await;
    }
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn row_10_a_tls_hello_on_the_plain_port_is_closed() {
    let pki = Pki::new();
    let server = start(config()).await;
    let said = rest(&mut says(&server, &client_hello(&pki)).await).await;
    assert!(!said.is_empty(), "it is told that this is no frame");
    until("it is counted", || server.metrics().tcp.closed_for(Closed::Handshake) == 1).await;
    Raw::connect(server.address()).await;
}

/// Without a goodbye the connection may have been cut, so half a request is not done.
#[tokio::test]
async fn row_11_a_connection_that_is_cut_is_told_from_one_that_ends() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let mut client = pki.connect(server.address()).await;
    client.ask(&create("concert", concert(10))).await;
    let (_, frame) = client.encode(&reserve(new_id(START), "concert", "ann", standing(1)));
    client.send_bytes(&frame[..frame.len() - 1]).await;
    let (tcp, _) = client.stream.into_inner();
    drop(tcp);
    until("it is counted", || server.metrics().tcp.closed_for(Closed::Broken) == 1).await;
    let mut other = pki.connect(server.address()).await;
    let Body::Seats(map) = other.ask(&seat_map("concert")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.sold, 0);
    drop(other);
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn a_record_that_was_changed_on_its_way_ends_the_connection() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let client = pki.connect(server.address()).await;
    let (mut tcp, _) = client.stream.into_inner();
    let record = [&[0x17, 0x03, 0x03, 0x00, 0x20][..], &[7; 32]].concat();
    tcp.write_all(&record).await.expect("the server reads");
    assert!(!rest(&mut tcp).await.is_empty(), "an alert");
    until("it is counted", || server.metrics().tcp.closed_for(Closed::Broken) == 1).await;
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn a_record_that_never_ends_is_idleness() {
    let pki = Pki::new();
    let server = start(Config { idle_timeout: SOON, ..with_tls(&pki) }).await;
    let client = pki.connect(server.address()).await;
    let (mut tcp, _) = client.stream.into_inner();
    tcp.write_all(&[0x17, 0x03, 0x03, 0x01, 0x00, 7, 7, 7]).await.expect("the server reads");
    rest(&mut tcp).await;
    until("it is counted", || server.metrics().tcp.closed_for(Closed::Idle) >= 1).await;
    others_go_on(&pki, &server).await;
}

#[tokio::test]
async fn row_15_who_never_reads_is_no_longer_read_and_then_closed() {
    let pki = Pki::new();
    let few = Config { write_timeout: SOON, output_bytes: 64 * 1024, ..with_tls(&pki) };
    let server = start(few).await;
    let mut client = pki.connect(server.address()).await;
    let arena = spec(vec![section("arena", 100, Layout::grid(200, 200))]);
    client.ask(&create("arena", arena)).await;
    let (tcp, _) = client.stream.get_ref();
    socket2::SockRef::from(tcp).set_recv_buffer_size(4_096).expect("a socket");
    let (_, ask) = client.encode(&seat_map("arena"));
    let (mut asked, closed) = (0, || server.metrics().tcp.closed_for(Closed::WriteTimeout) == 1);
    loop {
        tokio::select! {
            written = client.stream.write_all(&ask) => match written {
                Ok(()) => asked += 1,
                Err(_) => break,
            },
            () = until("it is closed", closed) => break,
        }
    }
    until("it is closed", closed).await;
    let answered = server.metrics().requests();
    assert!(answered < 2_000, "{answered} of {asked} maps were rendered for nobody");
    drop(client);
    others_go_on(&pki, &server).await;
}
