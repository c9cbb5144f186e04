//! TLS: a whole life over it, by the library and by other clients, under the rules that hold
//! without it.

use crate::kinds::{by_hand, recorded, start, with_tls};
use boxoffice_client::{Client, WatchEvent};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Status;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::pki::{Pki, localhost};
use boxoffice_testing::{
    Raw, START, concert, create, customer, event, film, hold, key, new_id, nothing_of, reserve,
    seat_map, seats, standing, until,
};
use bytes::BytesMut;
use rustls::version::{TLS12, TLS13};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_whole_life() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let client = Client::connect(pki.client(server.address())).await.expect("it is trusted");
    let (dune, ann) = (event("dune"), customer("ann"));
    client.create_event(&dune, film(2, 5)).await.expect("created");
    let mut watch = client.watch(dune.clone(), None).await.expect("a watch");
    let first = watch.next().await.expect("a first").expect("there is the event");
    assert!(matches!(first, WatchEvent::Snapshot { version: 1, .. }), "{first:?}");
    let id = client.new_id();
    client.hold(id, &dune, &ann, &seats(&["A1"]), None).await.expect("held");
    let booked = client.confirm(&key(id, "dune", "ann"), None).await.expect("confirmed");
    assert_eq!(booked.reservation.status, Status::Confirmed);
    for version in 2..=3 {
        let seen = watch.next().await.expect("more").expect("there is the event");
        assert!(matches!(seen, WatchEvent::Changed { version: at, .. } if at == version));
    }
    drop((client, watch));
    until("both said goodbye", || server.metrics().tcp.closed_for(Closed::ByClient) == 2).await;
}

#[tokio::test]
async fn calls_are_pipelined_by_the_library() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let client = Client::connect(pki.client(server.address())).await.expect("it is trusted");
    client.create_event(&event("fair"), concert(10_000)).await.expect("created");
    let calls: Vec<_> = (0..10_000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                let (id, who) = (client.new_id(), customer("ann"));
                client.reserve(id, &event("fair"), &who, &standing(1)).await.expect("reserved");
            })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic");
    }
    server.catalog().invariants();
}

#[tokio::test]
async fn hundreds_shake_hands_at_once_while_others_are_served() {
    let pki = Arc::new(Pki::new());
    let server = start(with_tls(&pki)).await;
    let (address, mut admitted) = (server.address(), pki.connect(server.address()).await);
    let mut guests = JoinSet::new();
    for _ in 0..300 {
        let pki = Arc::clone(&pki);
        guests.spawn(async move { pki.connect(address).await.ask(&Request::Ping).await });
    }
    let guests = tokio::spawn(guests.join_all());
    while !guests.is_finished() {
        admitted.ask(&Request::Ping).await;
    }
    assert_eq!(guests.await.expect("no panic").len(), 300);
    until("the others are gone", || server.metrics().tcp.open.value() == 1).await;
}

/// Ten thousand requests and the end, without reading anything before: all of them are answered.
#[tokio::test]
async fn a_half_closed_connection_gets_every_reply() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let mut client = pki.connect(server.address()).await;
    client.ask(&create("fair", concert(10_000))).await;
    let mut bytes = BytesMut::new();
    for _ in 0..10_000 {
        let (_, frame) = client.encode(&reserve(new_id(START), "fair", "ann", standing(1)));
        bytes.unsplit(frame);
    }
    let (mut reader, mut writer) = tokio::io::split(client.stream);
    let writing = tokio::spawn(async move {
        writer.write_all(&bytes).await.expect("the server reads");
        writer.shutdown().await.expect("it is open");
        writer
    });
    let mut replies = Vec::new();
    reader.read_to_end(&mut replies).await.expect("all replies, and a goodbye");
    writing.await.expect("all was written");
    let frames = std::iter::successors(Some(&replies[..]), |rest| {
        let length = u32::from_le_bytes(*rest.first_chunk::<4>()?);
        Some(&rest[4 + length as usize..])
    });
    assert_eq!(frames.count() - 1, 10_000);
    until("it is counted", || server.metrics().tcp.closed_for(Closed::ByClient) == 1).await;
    server.catalog().invariants();
}

#[tokio::test]
async fn law_2_a_reply_waits_until_it_is_durable() {
    let pki = Pki::new();
    let (server, ledger) = by_hand(with_tls(&pki)).await;
    let mut client = pki.connect(server.address()).await;
    let id = new_id(START);
    for (done, wish) in
        [create("film", film(1, 2)), hold(id, "film", "ann", seats(&["A1"]))].iter().enumerate()
    {
        let asked = client.send(wish).await;
        client.send(&Request::Ping).await;
        recorded(&ledger, done as u64 + 1).await;
        let early = nothing_of(client.receive()).await;
        assert!(early.is_none(), "{wish:?} was answered {early:?} before it was durable");
        ledger.settle(ledger.recorded());
        assert_eq!(client.receive().await.expect("it is durable now").correlation, asked);
        client.receive().await.expect("the ping behind it");
    }
}

/// Large replies to a client that reads a little at a time: whole, in order, and none is lost.
#[tokio::test]
async fn who_reads_slowly_gets_everything() {
    let pki = Pki::new();
    let server = start(Config { output_bytes: 64 * 1024, ..with_tls(&pki) }).await;
    let stream = TcpStream::connect(server.address()).await.expect("the server listens");
    socket2::SockRef::from(&stream).set_recv_buffer_size(4_096).expect("a socket");
    let connected = pki.connector(&[]).connect(localhost(), stream).await;
    let mut client = Raw::around(connected.expect("a handshake"));
    client.greet().await;
    client.ask(&create("arena", film(100, 100))).await;
    let asked: Vec<_> = (0..20).map(|_| client.encode(&seat_map("arena"))).collect();
    for (_, frame) in &asked {
        client.send_bytes(frame).await;
    }
    for (correlation, _) in asked {
        let frame = client.receive().await.expect("a map");
        assert_eq!(frame.correlation, correlation);
        assert!(matches!(frame.reply.body, Body::Seats(_)));
    }
}

#[tokio::test]
async fn both_versions_of_tls_and_a_name_for_the_protocol() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let connect = async |version, names: &[&str]| {
        let stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let connector = pki.connector_of(&[version], names);
        connector.connect(localhost(), stream).await
    };
    for version in [&TLS12, &TLS13] {
        let named = connect(version, &["boxoffice"]).await.expect("a handshake");
        let (_, connection) = named.get_ref();
        assert_eq!(connection.alpn_protocol(), Some(&b"boxoffice"[..]));
        assert_eq!(connection.protocol_version(), Some(version.version));
        Raw::around(named).greet().await;
        let unnamed = connect(version, &[]).await.expect("a handshake");
        assert_eq!(unnamed.get_ref().1.alpn_protocol(), None);
        connect(version, &["h2", "http/1.1"]).await.expect_err("it is not HTTP's port");
    }
}

#[tokio::test]
async fn stopping_answers_what_was_read_and_says_goodbye() {
    let pki = Pki::new();
    let (server, ledger) = by_hand(with_tls(&pki)).await;
    let mut client = pki.connect(server.address()).await;
    let stalled = TcpStream::connect(server.address()).await.expect("the server listens");
    until("both are in", || server.metrics().tcp.open.value() == 2).await;
    client.send(&create("film", film(1, 2))).await;
    recorded(&ledger, 1).await;
    let stopping = tokio::spawn(server.stop());
    ledger.settle(ledger.recorded());
    let reply = client.receive().await.expect("it was read before").reply;
    assert!(!matches!(reply.body, Body::Refused(_)), "{reply:?}");
    let end = client.stream.read(&mut [0; 64]).await;
    assert_eq!(end.expect("a goodbye, no cut"), 0);
    let stopped = stopping.await.expect("no panic");
    assert_eq!(stopped.connections_cut, 0);
    drop(stalled);
}
