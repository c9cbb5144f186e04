//! Law 9: connections share by the party that they belong to, whatever its number of them.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_testing::Raw;
use boxoffice_testing::tokens::enter;
use bytes::BytesMut;

/// Requests that a connection is served in a turn.
const SHARE: usize = 64;

/// Turns of the polite client that are looked at.
const TURNS: usize = 20;

const GREEDY_CONNECTIONS: usize = 100;

/// Pings that each of them sends ahead.
const PINGS: usize = 2_000;

fn pings(client: &mut Raw, count: usize) -> BytesMut {
    (0..count).fold(BytesMut::new(), |mut bytes, _| {
        bytes.unsplit(client.encode(&Request::Ping).1);
        bytes
    })
}

/// Requests of all clients that were served between two turns of a client that has always something
/// to ask. Its statistics say what had been asked until then.
async fn served_between_turns(server: &Server, polite: &Token, greedy: &Token) -> Vec<u64> {
    let mut others = Vec::new();
    for _ in 0..GREEDY_CONNECTIONS {
        let mut client = enter(server.address(), greedy).await;
        let bytes = pings(&mut client, PINGS);
        others.push((client, bytes));
    }
    let mut client = enter(server.address(), polite).await;
    let mut bytes = BytesMut::new();
    for _ in 0..TURNS {
        bytes.unsplit(client.encode(&Request::Stats).1);
        bytes.unsplit(pings(&mut client, SHARE - 1));
    }
    for (other, bytes) in &mut others {
        other.send_bytes(bytes).await;
    }
    client.send_bytes(&bytes).await;
    let mut seen = Vec::new();
    for _ in 0..TURNS * SHARE {
        let reply = client.receive().await.expect("the connection stays open").reply;
        if let Body::Stats(stats) = reply.body {
            let stat = stats.iter().find(|stat| &*stat.name == "requests").expect("it is told");
            let StatValue::Count(requests) = stat.value else { panic!("{stat:?}") };
            seen.push(requests);
        }
    }
    seen.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

async fn check(threads: usize) {
    let mut config = Config { threads, ..config() };
    let polite = admit(&mut config, "polite", Role::Admin, None);
    let greedy = admit(&mut config, "greedy", Role::Agent, None);
    let server = start(config).await;
    let between = served_between_turns(&server, &polite, &greedy).await;
    let mean = between.iter().sum::<u64>() / between.len() as u64;
    let a_turn_each = (GREEDY_CONNECTIONS * SHARE) as u64;
    assert!(mean < a_turn_each / 8, "{between:?}");
    assert!(server.metrics().turns_waited.value() > 0);
}

#[tokio::test]
async fn law_9_row_42_a_hundred_connections_of_one_token_share_as_one() {
    check(1).await;
}

#[tokio::test]
async fn law_9_row_42_so_they_do_on_several_threads() {
    check(3).await;
}
