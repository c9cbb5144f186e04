//! Law 2: nothing is answered before everything that the answer depends on is durable.

use crate::common::config;
use crate::kinds::{by_hand_with, recorded, stays_silent};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_server::Server;
use boxoffice_server::ledger::Ledger;
use boxoffice_testing::{
    Raw, START, concert, create, event, film, key, new_id, reserve, seat_map, seats, standing,
};

/// Sends a request, and checks that no answer comes before the test settles the ledger.
async fn answered_only_when_durable(
    server: &Server,
    ledger: &Ledger,
    client: &mut Raw,
    request: &Request,
) -> Reply {
    let before = ledger.durable();
    let correlation = client.send(request).await;
    // Replies leave in order, so the one to a ping behind the request does not come either.
    client.send(&Request::Ping).await;
    stays_silent(server, client.receive()).await;
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
        ("taken", reserve(new_id(START), "film", "bob", seats(&["A1"]))),
        ("seats", seat_map("film")),
        ("cached seats", Request::Seats { event: event("film"), freshness: cached }),
        ("event", Request::GetEvent { event: event("film"), freshness: fresh }),
        ("list", Request::ListEvents { after: None, limit: PageLimit::MAX, freshness: fresh }),
        (
            "reservations",
            Request::ListReservations {
                event: Some(event("film")),
                customer: None,
                code: None,
                order: None,
                after: None,
                limit: PageLimit::MAX,
            },
        ),
        (
            "all reservations",
            Request::ListReservations {
                event: None,
                customer: None,
                code: None,
                order: None,
                after: None,
                limit: PageLimit::MAX,
            },
        ),
    ];
    for (name, observer) in observers {
        let (server, ledger, mut writer) = by_hand_with(config(), film(2, 5)).await;
        let id = new_id(START);
        writer.send(&reserve(id, "film", "ann", seats(&["A1"]))).await;
        recorded(&ledger, 2).await;
        let mut reader = Raw::connect(server.address()).await;
        let reply = answered_only_when_durable(&server, &ledger, &mut reader, &observer).await;
        println!("{name}: {:?}", reply.body);
        writer.receive().await.expect("the writer's answer");
    }
}

#[tokio::test]
async fn law_2_effects_wait_for_themselves() {
    let (server, ledger, mut client) = by_hand_with(config(), film(2, 5)).await;
    let id = new_id(START);
    let wishes = [
        create("concert", concert(10)),
        reserve(id, "concert", "ann", standing(2)),
        Request::Cancel { reservation: key(id, "concert", "ann"), keep: None },
        Request::DeleteEvent { event: event("concert"), force: Default::default() },
    ];
    for wish in wishes {
        let reply = answered_only_when_durable(&server, &ledger, &mut client, &wish).await;
        assert!(!matches!(reply.body, Body::Refused(_)), "{reply:?}");
    }
    let mut deleted = Raw::connect(server.address()).await;
    let refusal = deleted.refused(&seat_map("concert")).await;
    assert_eq!(refusal, Refusal::EventNotFound);
}

#[tokio::test]
async fn law_2_event_not_found_waits_for_the_deletion_it_saw() {
    let (server, ledger, mut writer) = by_hand_with(config(), film(2, 5)).await;
    writer.send(&Request::DeleteEvent { event: event("film"), force: Default::default() }).await;
    recorded(&ledger, 2).await;
    let mut reader = Raw::connect(server.address()).await;
    let reply = answered_only_when_durable(&server, &ledger, &mut reader, &seat_map("film")).await;
    assert_eq!(reply.body, Body::Refused(Refusal::EventNotFound));
}

#[tokio::test]
async fn law_8_after_a_failed_barrier_nothing_is_acknowledged() {
    let (server, ledger, mut waiting) = by_hand_with(config(), film(2, 5)).await;
    let mut idle = Raw::connect(server.address()).await;
    let id = new_id(START);
    let correlation = waiting.send(&reserve(id, "film", "ann", seats(&["A1"]))).await;
    recorded(&ledger, 2).await;
    ledger.fail();
    let frame = waiting.receive().await.expect("an answer");
    assert_eq!(frame.correlation, correlation);
    assert_eq!(frame.reply.body, Body::Refused(Refusal::OutcomeUnknown));
    assert!(waiting.closed().await.is_empty());
    idle.send(&reserve(new_id(START), "film", "bob", seats(&["A2"]))).await;
    for frame in idle.closed().await {
        assert!(matches!(frame.reply.body, Body::Refused(_)), "{frame:?}");
    }
    assert_eq!(ledger.recorded().as_u64(), 2, "nothing more was taken");
}
