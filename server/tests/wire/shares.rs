//! Connections among clients that want more than there are (law 9).

use super::a_concert::with_concert;
use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_server::auth::Role;
use boxoffice_server::config::{Config, ConnectionShares};
use boxoffice_server::metrics::Closed;

use boxoffice_testing::tokens::enter;
use boxoffice_testing::{Raw, connect_from, hello_with, until};
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

/// Shows a token that has no room for another connection.
async fn told_busy(address: SocketAddr, token: &Token) {
    let mut client = Raw::silent(address).await;
    client.send(&hello_with(Some(token))).await;
    let told = client.closed().await;
    let [only] = told.as_slice() else { panic!("{told:?}") };
    let Body::Refused(Refusal::Busy { retry_after_ms: 1.. }) = only.reply.body else {
        panic!("{only:?}")
    };
    assert_eq!(only.correlation, 0);
}

#[tokio::test]
async fn row_43_silent_connections_keep_no_newcomer_out() {
    let server = with_concert(Config { max_connections: 20, ..config() }, 10).await;
    let tcp = &server.metrics().tcp;
    let mut silent = JoinSet::new();
    for _ in 0..40 {
        silent.spawn(stay_silent(server.address()));
    }
    until("as many as there may be are silent", || tcp.closed_for(Closed::GaveWay) > 0).await;
    let mut refused = 0;
    for _ in 0..200 {
        let mut newcomer = Raw::silent(server.address()).await;
        refused += usize::from(!newcomer.try_greet().await);
    }
    assert!(refused <= 2, "{refused} of 200 newcomers are not let in");
    silent.shutdown().await;
}

#[tokio::test]
async fn row_44_a_token_that_takes_all_connections_gives_way() {
    let mut config = Config { max_connections: 16, ..config() };
    let [reader, agent] = ["reader", "agent"].map(|name| {
        let role = if name == "agent" { Role::Agent } else { Role::Reader };
        admit(&mut config, name, role, None)
    });
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let server = start(config).await;
    let mut all = Vec::new();
    for _ in 0..14 {
        all.push(enter(server.address(), &reader).await);
    }
    told_busy(server.address(), &reader).await;
    let tcp = &server.metrics().tcp;
    until("it is counted", || tcp.closed_for(Closed::Busy) == 1).await;

    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(enter(server.address(), &admin).await);
    }
    assert_eq!(tcp.closed_for(Closed::GaveWay), 0, "some are kept for admins");
    for _ in 0..7 {
        others.push(enter(server.address(), &agent).await);
    }
    until("they had to give way", || tcp.closed_for(Closed::GaveWay) == 7).await;
    for gone in all.drain(7..) {
        assert_eq!({ gone }.closed().await, []);
    }
    for client in all.iter_mut().chain(&mut others) {
        assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    }
    // It has as many as the other.
    told_busy(server.address(), &agent).await;
}

#[tokio::test]
async fn a_principal_has_at_most_the_connections_that_are_set() {
    let shares = ConnectionShares { of_one: Some(2), ..ConnectionShares::default() };
    let mut config = Config { shares, ..config() };
    let [one, other] = ["one", "other"].map(|name| admit(&mut config, name, Role::Reader, None));
    let server = start(config).await;
    let first = enter(server.address(), &one).await;
    let _second = enter(server.address(), &one).await;
    told_busy(server.address(), &one).await;
    enter(server.address(), &other).await;
    drop(first);
    until("its seat is free", || server.metrics().tcp.open.value() == 1).await;
    enter(server.address(), &one).await;
}
