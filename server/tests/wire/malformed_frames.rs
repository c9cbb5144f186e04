//! Hostile and unlucky clients, by the bytes that they send: none, half a frame, wrong lengths, other
//! protocols, random bytes. Other clients are served during each of them.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::frame::{ClientCodec, encode};
use boxoffice_protocol::limits::{MAGIC, MAX_REQUEST_FRAME_BYTES, SUPPORTED_VERSIONS};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Hello, Request, RequestKind};
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::{
    Raw, START, concert, create, hello, new_id, reserve, seed, standing, until, until_some,
};
use bytes::{BufMut, BytesMut};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio_util::codec::Encoder;

/// The deadline that a test waits for. It shortens no other one, as a busy machine would make
/// honest clients miss those.
const SOON: Duration = Duration::from_millis(150);

/// Another client's success, and the server's state, after something hostile.
async fn others_go_on(server: &Server) {
    let wish = reserve(new_id(START), "others", "ann", standing(1));
    until_some("a connection that this machine is quick enough for", async || {
        let mut other = Raw::connect_in_time(server.address()).await;
        other.try_ask(&create("others", concert(1_000))).await?;
        let reply = other.try_ask(&wish).await?;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
        Some(())
    })
    .await;
    server.catalog().invariants();
    until("every permit is back", || server.metrics().tcp.open.value() == 0).await;
}

async fn closes_for(server: &Server, cause: Closed, client: &mut Raw) {
    client.closed().await;
    until("the cause is counted", || server.metrics().tcp.closed_for(cause) == 1).await;
}

fn frame(length: u32, rest: &[u8]) -> BytesMut {
    let mut bytes = BytesMut::new();
    bytes.put_u32_le(length);
    bytes.put_slice(rest);
    bytes
}

/// A frame around these bytes, with the correlation id 9.
fn message(body: &[u8]) -> BytesMut {
    let mut rest = 9u32.to_le_bytes().to_vec();
    rest.extend_from_slice(body);
    frame(rest.len() as u32, &rest)
}

/// Sends a frame byte by byte for as long as the server takes it. It never sends the last byte, so
/// the frame does not end, however slow the server is.
async fn drip(client: &mut Raw, frame: &[u8]) {
    let mut beat = tokio::time::interval(SOON / 4);
    for byte in &frame[..frame.len() - 1] {
        beat.tick().await;
        if client.stream.try_write(&[*byte]).is_err() {
            break;
        }
    }
}

#[tokio::test]
async fn row_01_silence_ends_at_the_handshake_deadline() {
    let server = start(Config { handshake_timeout: SOON, ..config() }).await;
    let mut client = Raw::silent(server.address()).await;
    closes_for(&server, Closed::Handshake, &mut client).await;
    others_go_on(&server).await;
}

#[tokio::test]
async fn row_02_a_dripping_frame_ends_at_its_own_deadline() {
    let server = start(Config { frame_timeout: SOON, ..config() }).await;
    let mut client = Raw::connect(server.address()).await;
    let (_, frame) = client.encode(&create("drip", concert(5)));
    drip(&mut client, &frame).await;
    until("the frame's deadline", || server.metrics().tcp.closed_for(Closed::FrameTimeout) == 1)
        .await;
    assert!(server.catalog().is_empty());
    others_go_on(&server).await;
}

#[tokio::test]
async fn row_02_a_dripping_hello_ends_at_the_handshake_deadline() {
    let server = start(Config { handshake_timeout: SOON, ..config() }).await;
    let mut client = Raw::silent(server.address()).await;
    let (_, greeting) = client.encode(&hello());
    drip(&mut client, &greeting).await;
    until("its deadline", || server.metrics().tcp.closed_for(Closed::Handshake) == 1).await;
    others_go_on(&server).await;
}

#[tokio::test]
async fn an_idle_connection_ends_and_one_that_pings_does_not() {
    let server = start(Config { idle_timeout: 3 * SOON, ..config() }).await;
    let mut idle = Raw::connect(server.address()).await;
    let (mut pinging, mut late) = (Raw::connect(server.address()).await, 0);
    let mut beat = tokio::time::interval(SOON / 2);
    let (mut last, mut has_ended) = (Instant::now(), false);
    // One ping more, once the idle one has ended.
    while !has_ended {
        has_ended = server.metrics().tcp.closed_for(Closed::Idle) > late;
        beat.tick().await;
        let (begun, (_, ping)) = (Instant::now(), pinging.encode(&Request::Ping));
        let sent = pinging.stream.write_all(&ping).await;
        let gap = last.elapsed();
        match pinging.receive().await.filter(|_| sent.is_ok()) {
            Some(frame) => assert!(matches!(frame.reply.body, Body::Pong { .. }), "{frame:?}"),
            None => {
                assert!(gap >= 3 * SOON, "closed though the pings came {gap:?} apart");
                // This machine was too slow for a ping in time. Another connection may do better.
                (pinging, late) = (Raw::connect(server.address()).await, late + 1);
            }
        }
        last = begun;
    }
    idle.closed().await;
    drop(pinging);
    others_go_on(&server).await;
}

#[tokio::test]
async fn rows_03_to_05_impossible_lengths_are_refused_and_the_connection_closed() {
    let too_long = MAX_REQUEST_FRAME_BYTES as u32 + 1;
    for length in [0, 1, 4, too_long, u32::MAX] {
        let server = start(config()).await;
        let mut client = Raw::connect(server.address()).await;
        client.send_bytes(&frame(length, &[0; 16])).await;
        let said = client.closed().await;
        let refused = said.iter().any(|frame| {
            matches!(&frame.reply.body, Body::Refused(Refusal::Invalid { field, .. }) if field == "frame")
        });
        assert!(refused, "length {length} got {said:?}");
        until("it is counted", || server.metrics().tcp.closed_for(Closed::Malformed) == 1).await;
        others_go_on(&server).await;
    }
}

#[tokio::test]
async fn row_05_a_frame_of_exactly_the_limit_is_read() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let body = [1; MAX_REQUEST_FRAME_BYTES - 4];
    client.send_bytes(&message(&body)).await;
    let reply = client.receive().await.expect("an answer");
    assert_eq!(reply.correlation, 9);
    assert!(matches!(reply.reply.body, Body::Refused(Refusal::Invalid { .. })), "{reply:?}");
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    drop(client);
    others_go_on(&server).await;
}

#[tokio::test]
async fn row_06_a_frame_longer_or_shorter_than_its_message_is_refused_and_the_stream_goes_on() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let mut ping = BytesMut::new();
    encode(&Request::<&str>::Ping, &mut ping);
    let mut longer = ping.to_vec();
    longer.extend_from_slice(b"more");
    let mut hold = BytesMut::new();
    encode(&reserve(new_id(START), "e", "ann", standing(1)), &mut hold);
    let shorter = &hold[..hold.len() - 3];
    for wrong in [&longer[..], shorter] {
        client.send_bytes(&message(wrong)).await;
        let reply = client.receive().await.expect("an answer");
        assert_eq!(reply.correlation, 9);
        let Body::Refused(Refusal::Invalid { field, .. }) = &reply.reply.body else {
            panic!("{reply:?}")
        };
        assert_eq!(field, "frame");
    }
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    drop(client);
    others_go_on(&server).await;
}

#[tokio::test]
async fn row_07_an_unknown_request_is_unsupported_and_the_stream_goes_on() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let unknown = u8::try_from(RequestKind::ALL.len()).expect("a byte");
    for tag in [unknown, 200, 251, 255] {
        client.send_bytes(&message(&[tag, 1, 2, 3, 4, 5, 6, 7, 8])).await;
        let reply = client.receive().await.expect("an answer").reply;
        let Body::Refused(Refusal::Unsupported { versions, .. }) = reply.body else {
            panic!("{reply:?}")
        };
        assert_eq!(*versions, SUPPORTED_VERSIONS);
    }
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    drop(client);
    others_go_on(&server).await;
}

#[tokio::test]
async fn row_08_an_unknown_version_is_told_the_known_ones() {
    let server = start(config()).await;
    let mut client = Raw::silent(server.address()).await;
    let Request::Hello(hello) = hello() else { unreachable!("it is one") };
    let from_the_future = Hello { protocol_version: 7, ..hello };
    let refusal = client.refused(&Request::Hello(from_the_future)).await;
    let Refusal::Unsupported { versions, .. } = refusal else { panic!("{refusal:?}") };
    assert_eq!(*versions, SUPPORTED_VERSIONS);
    closes_for(&server, Closed::Handshake, &mut client).await;
    others_go_on(&server).await;
}

#[tokio::test]
async fn a_request_before_hello_and_a_wrong_magic_are_refused_and_closed() {
    let server = start(config()).await;
    let mut early = Raw::silent(server.address()).await;
    let refusal = early.refused(&create("early", concert(5))).await;
    assert!(matches!(&refusal, Refusal::Invalid { field, .. } if field == "hello"), "{refusal:?}");
    early.closed().await;
    let mut stray = Raw::silent(server.address()).await;
    let Request::Hello(hello) = hello() else { unreachable!("it is one") };
    assert_ne!(*b"HELO", MAGIC);
    let refusal = stray.refused(&Request::Hello(Hello { magic: *b"HELO", ..hello })).await;
    assert!(matches!(&refusal, Refusal::Invalid { field, .. } if field == "magic"), "{refusal:?}");
    stray.closed().await;
    assert!(server.catalog().is_empty());
    others_go_on(&server).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_hello_is_named() {
    let server = start(config()).await;
    let mut client = Raw::silent(server.address()).await;
    let (_, mut bytes) = client.encode(&hello());
    let name = bytes.windows(4).position(|it| it == b"test").expect("the client's name");
    bytes[name] = b'\n';
    client.send_bytes(&bytes).await;
    let said = client.closed().await;
    let [only] = said.as_slice() else { panic!("{said:?}") };
    let Body::Refused(Refusal::Invalid { field, .. }) = &only.reply.body else {
        panic!("{only:?}")
    };
    assert_eq!(field, "client");
}

#[tokio::test]
async fn row_10_other_protocols_are_closed() {
    let http = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".as_slice();
    let tls = &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];
    for bytes in [http, tls] {
        let server = start(config()).await;
        let mut client = Raw::silent(server.address()).await;
        client.send_bytes(bytes).await;
        closes_for(&server, Closed::Handshake, &mut client).await;
        others_go_on(&server).await;
    }
}

#[tokio::test]
async fn row_11_half_a_frame_before_the_end_is_discarded() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let (_, bytes) = client.encode(&create("half", concert(5)));
    client.send_bytes(&bytes[..bytes.len() - 1]).await;
    drop(client);
    until("it is closed", || server.metrics().tcp.closed_for(Closed::ByClient) == 1).await;
    assert!(server.catalog().is_empty());
    others_go_on(&server).await;
}

/// Mutations of good frames over real connections. The decoder's own tests do this a million times;
/// here the server has to stay up and keep its state.
#[tokio::test]
async fn row_09_random_bytes_change_nothing() {
    let mut random = fastrand::Rng::with_seed(seed());
    let server = start(config()).await;
    let rounds = if std::env::var_os("BOXOFFICE_LONG").is_some() { 20_000 } else { 300 };
    for _ in 0..rounds {
        let mut client = Raw::connect(server.address()).await;
        let mut bytes = BytesMut::new();
        for number in 0..8 {
            let request = reserve(new_id(START), "nothing", "ann", standing(1));
            let start = bytes.len();
            ClientCodec.encode((number, &request), &mut bytes).expect("requests encode");
            let flips = random.u64(..4);
            for _ in 0..flips {
                let at = start + random.usize(..bytes.len() - start);
                bytes[at] ^= 1 << random.u32(..8);
            }
        }
        client.send_bytes(&bytes).await;
        client.stream.shutdown().await.expect("it is open");
        client.closed().await;
    }
    assert!(server.catalog().is_empty());
    others_go_on(&server).await;
}
