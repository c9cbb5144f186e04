//! Law 2: nothing is answered before everything that the answer depends on is durable.

mod common;

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_server::Server;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::ledger::Ledger;
use common::{
    Raw, concert, config, create, event, film, key, new_id, reserve, seat_map, seats, standing,
    until,
};
use std::sync::Arc;

/// A server whose changes become durable by hand, with one event that is durable already.
async fn server(ledger: &Arc<Ledger>) -> Server {
    let server =
        common::start(Config { store: StoreChoice::Ledger(Arc::clone(ledger)), ..config() }).await;
    let mut client = Raw::connect(&server).await;
    client.send(&create("film", film(2, 5))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 1).await;
    ledger.settle(ledger.recorded());
    client.receive().await.expect("it is durable now");
    server
}

/// Sends a request and makes sure that no answer comes before `settle`.
async fn answered_only_when_durable(client: &mut Raw, ledger: &Ledger, request: &Request) -> Reply {
    let before = ledger.durable();
    let correlation = client.send(request).await;
    // A ping on another connection is answered at once; one behind the request is not, since
    // replies leave in order. So silence here is not just slowness.
    client.send(&Request::Ping).await;
    let early = tokio::time::timeout(std::time::Duration::from_millis(100), client.receive()).await;
    assert!(early.is_err(), "{request:?} was answered {early:?} before it was durable");
    assert_eq!(ledger.durable(), before);
    ledger.settle(ledger.recorded());
    let frame = client.receive().await.expect("it is durable now");
    assert_eq!(frame.correlation, correlation);
    client.receive().await.expect("the ping behind it");
    frame.reply
}

/// Every kind of answer that looks at a change on its way to disk.
#[tokio::test]
async fn law_2_whatever_looks_at_a_change_waits_for_it() {
    let fresh = Freshness::Fresh;
    let cached = Freshness::Cached;
    let observers = [
        ("taken", reserve(new_id(common::START), "film", "bob", seats(&["A1"]))),
        ("seats", seat_map("film")),
        ("cached seats", Request::Seats { event: event("film"), freshness: cached }),
        ("event", Request::GetEvent { event: event("film"), freshness: fresh }),
        ("list", Request::ListEvents { after: None, limit: PageLimit::MAX, freshness: fresh }),
        (
            "reservations",
            Request::ListReservations {
                event: Some(event("film")),
                customer: None,
                after: None,
                limit: PageLimit::MAX,
            },
        ),
        (
            "everybody's reservations",
            Request::ListReservations {
                event: None,
                customer: None,
                after: None,
                limit: PageLimit::MAX,
            },
        ),
    ];
    for (name, observer) in observers {
        let ledger = Arc::new(Ledger::by_hand());
        let server = server(&ledger).await;
        let mut writer = Raw::connect(&server).await;
        let id = new_id(common::START);
        writer.send(&reserve(id, "film", "ann", seats(&["A1"]))).await;
        until("it is recorded", || ledger.recorded().as_u64() == 2).await;
        let mut reader = Raw::connect(&server).await;
        let reply = answered_only_when_durable(&mut reader, &ledger, &observer).await;
        println!("{name}: {:?}", reply.body);
        writer.receive().await.expect("the writer's answer");
    }
}

#[tokio::test]
async fn law_2_effects_wait_for_themselves() {
    let ledger = Arc::new(Ledger::by_hand());
    let server = server(&ledger).await;
    let mut client = Raw::connect(&server).await;
    let id = new_id(common::START);
    let wishes = [
        create("concert", concert(10)),
        reserve(id, "concert", "ann", standing(2)),
        Request::Cancel { reservation: key(id, "concert", "ann"), keep: None },
        Request::DeleteEvent { event: event("concert"), force: Default::default() },
    ];
    for wish in wishes {
        let reply = answered_only_when_durable(&mut client, &ledger, &wish).await;
        assert!(!matches!(reply.body, Body::Refused(_)), "{reply:?}");
    }
    let mut deleted = Raw::connect(&server).await;
    let refusal = deleted.refused(&seat_map("concert")).await;
    assert_eq!(refusal, Refusal::EventNotFound);
}

#[tokio::test]
async fn law_2_event_not_found_waits_for_the_deletion_it_saw() {
    let ledger = Arc::new(Ledger::by_hand());
    let server = server(&ledger).await;
    let mut writer = Raw::connect(&server).await;
    writer.send(&Request::DeleteEvent { event: event("film"), force: Default::default() }).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    let mut reader = Raw::connect(&server).await;
    let reply = answered_only_when_durable(&mut reader, &ledger, &seat_map("film")).await;
    assert_eq!(reply.body, Body::Refused(Refusal::EventNotFound));
}

#[tokio::test]
async fn law_8_after_a_failed_barrier_nothing_is_acknowledged() {
    let ledger = Arc::new(Ledger::by_hand());
    let server = server(&ledger).await;
    let mut waiting = Raw::connect(&server).await;
    let mut idle = Raw::connect(&server).await;
    let id = new_id(common::START);
    let correlation = waiting.send(&reserve(id, "film", "ann", seats(&["A1"]))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    ledger.fail();
    let frame = waiting.receive().await.expect("an answer");
    assert_eq!(frame.correlation, correlation);
    assert_eq!(frame.reply.body, Body::Refused(Refusal::OutcomeUnknown));
    assert!(waiting.closed().await.is_empty());
    idle.send(&reserve(new_id(common::START), "film", "bob", seats(&["A2"]))).await;
    for frame in idle.closed().await {
        assert!(matches!(frame.reply.body, Body::Refused(_)), "{frame:?}");
    }
    assert_eq!(ledger.recorded().as_u64(), 2, "nothing more was taken");
}
