//! Ids of requests and of reservations: a repeat has no second effect, and others have none at all.

use super::a_concert::{sold, with_concert};
use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Freshness, IfExpired, Request};
use boxoffice_testing::{
    Raw, START, create, customer, event, film, hold, key, new_id, reserve, seats, standing,
    transfer,
};
use std::collections::HashSet;

#[tokio::test]
async fn row_17_the_same_correlation_id_twice_is_answered_twice() {
    let server = with_concert(config(), 10).await;
    let mut client = Raw::connect(server.address()).await;
    let (_, ping) = client.encode(&Request::Ping);
    let twice = [&ping[..], &ping[..]].concat();
    client.send_bytes(&twice).await;
    let one = client.receive().await.expect("an answer");
    let other = client.receive().await.expect("another answer");
    assert_eq!(one.correlation, other.correlation);
    assert!(matches!((one.reply.body, other.reply.body), (Body::Pong { .. }, Body::Pong { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_18_one_id_from_a_hundred_connections_has_one_effect() {
    let server = with_concert(config(), 1_000).await;
    let id = new_id(START);
    let mut asking = Vec::new();
    for _ in 0..100 {
        let mut client = Raw::connect(server.address()).await;
        asking.push(tokio::spawn(async move {
            client.ask(&reserve(id, "concert", "ann", standing(3))).await
        }));
    }
    let mut applied = 0;
    let mut answers = HashSet::new();
    for asked in asking {
        match asked.await.expect("no panic").body {
            Body::Reservation { reservation, effect } => {
                applied += usize::from(effect == Effect::Applied);
                answers.insert(format!("{reservation:?}"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((applied, answers.len()), (1, 1));
    assert_eq!(sold(&server).await, 3);
}

#[tokio::test]
async fn row_19_one_id_for_two_wishes_is_a_conflict() {
    let server = with_concert(config(), 1_000).await;
    let mut client = Raw::connect(server.address()).await;
    let id = new_id(START);
    client.ask(&reserve(id, "concert", "ann", standing(3))).await;
    let others = [
        reserve(id, "concert", "ann", standing(4)),
        reserve(id, "concert", "bob", standing(3)),
        hold(id, "concert", "ann", standing(3)),
    ];
    for other in others {
        assert_eq!(client.refused(&other).await, Refusal::IdConflict);
    }
    assert_eq!(sold(&server).await, 3);
}

#[tokio::test]
async fn row_20_anothers_reservation_is_not_yours() {
    let server = with_concert(config(), 1_000).await;
    let mut client = Raw::connect(server.address()).await;
    let id = new_id(START);
    client.ask(&reserve(id, "concert", "ann", standing(3))).await;
    let theirs = || key(id, "concert", "bob");
    let attempts = [
        Request::GetReservation { reservation: theirs() },
        Request::Cancel { reservation: theirs(), keep: None },
        Request::Confirm { reservation: theirs(), keep: None, expired: IfExpired::Refuse },
        Request::Release { reservation: theirs(), keep: None },
        Request::Extend { reservation: theirs(), until: START },
        Request::Leave { reservation: theirs(), if_expires_at: START },
        transfer(theirs(), 0, "cid"),
    ];
    for attempt in attempts {
        assert_eq!(client.refused(&attempt).await, Refusal::NotYours);
    }
    assert_eq!(sold(&server).await, 3);
}

#[tokio::test]
async fn requests_of_one_connection_take_effect_in_order() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(1, 1))).await;
    let id = new_id(START);
    let wishes = [
        reserve(id, "film", "ann", seats(&["A1"])),
        Request::Cancel { reservation: key(id, "film", "ann"), keep: None },
        reserve(new_id(START), "film", "bob", seats(&["A1"])),
        Request::GetEvent { event: event("film"), freshness: Freshness::Cached },
    ];
    let mut sent = Vec::new();
    for wish in &wishes {
        sent.push(client.send(wish).await);
    }
    let mut versions = Vec::new();
    for correlation in sent {
        let frame = client.receive().await.expect("an answer");
        assert_eq!(frame.correlation, correlation);
        assert!(!matches!(frame.reply.body, Body::Refused(_)), "{frame:?}");
        versions.push(frame.reply.version);
    }
    assert_eq!(versions, [2, 3, 4, 4]);
    assert_eq!(customer("bob").as_str(), "bob");
}
