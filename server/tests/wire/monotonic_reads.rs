//! Monotonic reads: a connection never receives a view of an event older than what it has seen (law
//! 6), nor a version that is not durable (law 2).

use crate::common::config;
use crate::kinds::{by_hand, recorded, start, start_at, stays_silent};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Cursor, Reply};
use boxoffice_protocol::request::{Force, Freshness, PageLimit, Request};
use boxoffice_server::Server;
use boxoffice_server::clock::Clock;
use boxoffice_testing::{
    Raw, START, concert, create, customer, event, hello, new_id, reserve, standing,
};
use std::time::Duration;

/// Long enough to tell two moments apart, and short enough for a cached view to be served.
const MOMENT: Duration = Duration::from_millis(5);

fn details(freshness: Freshness) -> Request {
    Request::GetEvent { event: event("concert"), freshness }
}

fn list(freshness: Freshness) -> Request {
    Request::ListEvents { after: None, limit: PageLimit::MAX, freshness }
}

fn reservations(of: Option<&str>, after: Option<Cursor>) -> Request {
    let (event, customer) = (of.map(event), Some(customer("ann")));
    Request::ListReservations {
        event,
        customer,
        code: None,
        order: None,
        after,
        limit: PageLimit::MAX,
    }
}

/// A server whose cached views show version 1 of its only event, which is at version 2.
async fn stale() -> (Server, Clock) {
    let config = config();
    let server = start(config).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(100))).await;
    client.ask(&details(Freshness::Cached)).await;
    client.ask(&list(Freshness::Cached)).await;
    clock.advance(MOMENT);
    client.ask(&reserve(new_id(clock.now()), "concert", "ann", standing(1))).await;
    clock.advance(MOMENT);
    (server, clock)
}

/// The version of the event that a reply tells.
fn told(reply: &Reply) -> u64 {
    match &reply.body {
        Body::Events { rows, .. } => rows[0].version,
        Body::Reservations { rows, .. } => rows[0].version,
        _ => reply.version,
    }
}

#[tokio::test]
async fn who_was_told_nothing_may_get_a_cached_view() {
    let (server, _) = stale().await;
    let mut client = Raw::connect(server.address()).await;
    let reply = client.ask(&details(Freshness::Cached)).await;
    assert_eq!((reply.version, reply.age_ms), (1, 10), "or the other tests here test nothing");
}

#[tokio::test]
async fn a_cached_view_is_not_older_than_what_any_reply_told() {
    let tellers = [
        details(Freshness::Fresh),
        list(Freshness::Fresh),
        reservations(Some("concert"), None),
        reservations(None, None),
        create("concert", concert(100)),
        create("concert", concert(200)),
    ];
    for teller in tellers {
        let (server, _) = stale().await;
        let mut client = Raw::connect(server.address()).await;
        let reply = client.ask(&teller).await;
        assert_eq!(told(&reply), 2, "{teller:?} was answered {reply:?}");
        for request in [details(Freshness::Cached), list(Freshness::Cached)] {
            let view = client.ask(&request).await;
            assert_eq!(told(&view), 2, "after {teller:?}, {request:?} was answered {view:?}");
        }
    }
}

#[tokio::test]
async fn a_cached_list_is_not_older_than_event_not_found() {
    let (server, clock) = stale().await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&list(Freshness::Fresh)).await;
    clock.advance(MOMENT);
    let delete = Request::DeleteEvent { event: event("concert"), force: Force::Yes };
    Raw::connect(server.address()).await.ask(&delete).await;
    clock.advance(MOMENT);
    let not_found = client.ask(&details(Freshness::Fresh)).await;
    assert_eq!(not_found.body, Body::Refused(Refusal::EventNotFound));
    let view = client.ask(&list(Freshness::Cached)).await;
    assert_eq!(view.version, not_found.version);
    assert_eq!(view.body, Body::Events { rows: Vec::new().into(), next: None });
}

/// Within one tick of the clock there is no first and last.
#[tokio::test]
async fn a_cached_list_of_the_same_millisecond_is_not_older_either() {
    let (server, clock) = stale().await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&list(Freshness::Fresh)).await;
    client.ask(&reserve(new_id(clock.now()), "concert", "ann", standing(1))).await;
    assert_eq!(told(&client.ask(&list(Freshness::Cached)).await), 3);
}

/// A list takes long to render, and its first rows are looked at long before it is done: a change
/// that is told in the meantime is in no row, so the list may not count as younger than it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_list_that_was_begun_before_a_reply_is_not_served_after_it() {
    let clock = Clock::system(Default::default());
    let server = start_at(clock.clone(), config()).await;
    let mut client = Raw::connect(server.address()).await;
    for number in 0..EVENTS {
        client.ask(&create(&slug(number), concert(1_000_000))).await;
    }
    let mut listing = Vec::new();
    for _ in 0..3 {
        let mut other = Raw::silent(server.address()).await;
        other.ask(&hello()).await;
        listing.push(tokio::spawn(async move {
            loop {
                other.ask(&list(Freshness::Fresh)).await;
            }
        }));
    }
    for round in 0..ROUNDS {
        let number = round % 20;
        let wish = reserve(new_id(clock.now()), &slug(number), "ann", standing(1));
        let mut bytes = client.encode(&wish).1;
        bytes.unsplit(client.encode(&list(Freshness::Cached)).1);
        client.send_bytes(&bytes).await;
        let told = client.receive().await.expect("an answer").reply.version;
        let view = client.receive().await.expect("an answer").reply;
        let Body::Events { rows, .. } = view.body else { panic!("{view:?}") };
        assert!(rows[number].version >= told, "{told}, then {} in a list", rows[number].version);
    }
    listing.iter().for_each(tokio::task::JoinHandle::abort);
}

const EVENTS: usize = 200;
const ROUNDS: usize = 120;

fn slug(number: usize) -> String {
    format!("concert-{number:04}")
}

/// It says the event's version, so it looked at the event.
#[tokio::test]
async fn a_page_without_rows_waits_for_the_version_that_it_says() {
    let (server, ledger) = by_hand(config()).await;
    let mut writer = Raw::connect(server.address()).await;
    writer.send(&create("concert", concert(100))).await;
    writer.send(&reserve(new_id(START), "concert", "ann", standing(1))).await;
    recorded(&ledger, 2).await;
    let mut reader = Raw::connect(server.address()).await;
    let past_the_last = Some(Cursor { event: event("concert"), version: None });
    reader.send(&reservations(Some("concert"), past_the_last)).await;
    stays_silent(&server, reader.receive()).await;
    ledger.settle(ledger.recorded());
    let reply = reader.receive().await.expect("it is durable now").reply;
    assert_eq!(reply.version, 2);
    assert_eq!(reply.body, Body::Reservations { rows: Vec::new().into(), next: None });
}
