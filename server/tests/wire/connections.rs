//! Connections that come and go: reset, half closed, one too many, and open when the server stops.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

use super::a_concert::{all_permits_back, sold, with_concert};
use crate::common::config;
use boxoffice_protocol::limits::DEFAULT_IN_FLIGHT;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use boxoffice_testing::{Raw, START, alone, hello, new_id, reserve, standing, test_name, until};
use bytes::BytesMut;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn row_12_a_reset_right_after_a_request_applies_it_at_most_once() {
    let server = with_concert(config(), 1_000).await;
    let mut ids = Vec::new();
    for _ in 0..50 {
        let mut client = Raw::connect(server.address()).await;
        let id = new_id(START);
        client.send(&reserve(id, "concert", "ann", standing(1))).await;
        socket2::SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).expect("a socket");
        drop(client);
        ids.push(id);
    }
    all_permits_back(&server).await;
    let applied = sold(&server).await;
    assert!(applied <= 50);
    let mut client = Raw::connect(server.address()).await;
    let mut repeated = 0;
    for id in ids {
        match client.ask(&reserve(id, "concert", "ann", standing(1))).await.body {
            Body::Reservation { effect: Effect::Unchanged, .. } => repeated += 1,
            Body::Reservation { effect: Effect::Applied, .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(repeated, applied, "the retry learns the outcome");
    assert_eq!(sold(&server).await, 50);
}

#[tokio::test]
async fn row_14_a_half_closed_connection_gets_every_reply() {
    let server = with_concert(config(), 10_000).await;
    let mut client = Raw::silent(server.address()).await;
    let (_, mut bytes) = client.encode(&hello());
    for _ in 0..1_000 {
        let (_, frame) = client.encode(&reserve(new_id(START), "concert", "ann", standing(1)));
        bytes.unsplit(frame);
    }
    let (mut reader, mut writer) = client.stream.into_split();
    let writing = tokio::spawn(async move {
        writer.write_all(&bytes).await.expect("the server reads");
        writer.shutdown().await.expect("it is open");
        writer
    });
    let mut replies = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut replies).await.expect("all replies");
    writing.await.expect("all was written");
    assert_eq!(frames(&replies), 1_001);
    assert_eq!(sold(&server).await, 1_000);
    until("it is counted", || server.metrics().tcp.closed_for(Closed::ByClient) >= 1).await;
}

/// How many whole frames there are.
fn frames(mut bytes: &[u8]) -> usize {
    let mut frames = 0;
    while let Some(length) = bytes.first_chunk::<4>() {
        bytes = &bytes[4 + u32::from_le_bytes(*length) as usize..];
        frames += 1;
    }
    frames
}

/// Alone in its process, whose descriptors it counts.
#[tokio::test]
async fn row_28_connections_that_come_and_go_leave_nothing_behind() {
    if !alone(test_name!()) {
        return;
    }
    let long = std::env::var_os("BOXOFFICE_LONG").is_some();
    let rounds = if long { 120_000 } else { 2_000 };
    let server = with_concert(config(), 10).await;
    all_permits_back(&server).await;
    let descriptors = || std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let before = descriptors();
    for round in 0..rounds {
        let client = Raw::silent(server.address()).await;
        if round % 2 == 0 {
            socket2::SockRef::from(&client.stream)
                .set_linger(Some(Duration::ZERO))
                .expect("a socket");
        }
    }
    all_permits_back(&server).await;
    until("descriptors are back", || descriptors() <= before + 4).await;
}

#[tokio::test]
async fn row_30_one_connection_too_many_is_told_busy_and_closed() {
    let server = with_concert(Config { max_connections: 5, ..config() }, 10).await;
    all_permits_back(&server).await;
    let mut admitted = Vec::new();
    for _ in 0..5 {
        admitted.push(Raw::connect(server.address()).await);
    }
    for _ in 0..50 {
        let mut turned_away = Raw::silent(server.address()).await;
        let said = turned_away.closed().await;
        let [only] = said.as_slice() else { panic!("{said:?}") };
        let Body::Refused(Refusal::Busy { retry_after_ms }) = only.reply.body else {
            panic!("{only:?}")
        };
        assert!(retry_after_ms > 0);
    }
    for client in &mut admitted {
        assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    }
    drop(admitted);
    all_permits_back(&server).await;
    Raw::connect(server.address()).await;
}

#[tokio::test]
async fn row_31_a_stop_answers_what_was_read() {
    let server = with_concert(config(), 100_000).await;
    let mut client = Raw::connect(server.address()).await;
    let mut bytes = BytesMut::new();
    let many = DEFAULT_IN_FLIGHT as usize * 4;
    for _ in 0..many {
        let (_, frame) = client.encode(&reserve(new_id(START), "concert", "ann", standing(1)));
        bytes.unsplit(frame);
    }
    client.send_bytes(&bytes).await;
    until("some are answered", || server.metrics().requests() > 10).await;
    let stopping = tokio::spawn(server.stop());
    let mut answered = 0;
    for frame in client.closed().await {
        assert!(matches!(frame.reply.body, Body::Reservation { .. }), "{frame:?}");
        answered += 1;
    }
    assert!(answered > 10, "{answered}");
    let stopped = stopping.await.expect("no panic");
    assert_eq!(stopped.connections_cut, 0);
}
