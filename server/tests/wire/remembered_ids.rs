//! Row 45: the memory of ended reservations is shared, and one customer's token cannot use it up.

use crate::common::{admit, config};
use crate::kinds::with_every_role;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_server::auth::Role;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{Raw, concert, customer, hold, key, new_id, reserve, standing};
use std::time::Duration;

const NO_ROOM: Refusal = Refusal::Unavailable { why: UnavailableWhy::TooMany };

/// Reserves one place for a customer. Says whether there was room.
async fn sell(client: &mut Raw, at: boxoffice_protocol::time::Timestamp, who: &str) -> bool {
    match client.ask(&reserve(new_id(at), "film", who, standing(1))).await.body {
        Body::Reservation { effect: Effect::Applied, .. } => true,
        Body::Refused(refusal) => {
            assert_eq!(refusal, NO_ROOM);
            false
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_45_a_customer_that_holds_and_releases_for_ever_leaves_room_to_the_others() {
    let mut config = config();
    config.limits.reservations = 160;
    let bob = admit(&mut config, "bob's phone", Role::Customer(customer("bob")), None);
    let (server, [admin, agent, ann, _]) = with_every_role(config, concert(1_000)).await;
    let clock = server.clock().clone();
    let mut clients = Vec::new();
    for token in [&ann, &bob, &agent, &admin] {
        clients.push(enter(server.address(), token).await);
    }
    let [ann, bob, agent, admin] = &mut clients[..] else { panic!("four clients") };
    let (mut first, mut made) = (None, 0);
    loop {
        let id = new_id(clock.now());
        let request = hold(id, "film", "ann", standing(2));
        let body = ann.ask(&request).await.body;
        if body == Body::Refused(NO_ROOM) {
            break;
        }
        assert!(matches!(body, Body::Reservation { effect: Effect::Applied, .. }), "{body:?}");
        made += 1;
        first.get_or_insert(request);
        ann.ask(&Request::Release { reservation: key(id, "film", "ann"), keep: None }).await;
        clock.advance(Duration::from_millis(1));
    }
    assert_eq!(made, 60, "half of the room that customers have");
    let repeat = ann.ask(&first.expect("it made some")).await.body;
    assert!(matches!(repeat, Body::Reservation { effect: Effect::Unchanged, .. }), "{repeat:?}");
    for _ in 0..20 {
        assert!(sell(bob, clock.now(), "bob").await, "another customer buys as before");
        assert!(sell(agent, clock.now(), "cid").await, "and so do those of an agent");
    }
    while sell(bob, clock.now(), "bob").await {}
    let mut sold = 0;
    while sell(agent, clock.now(), "cid").await {
        sold += 1;
    }
    assert!(sold >= 30, "what customers cannot fill is there for agents: {sold}");
    for _ in 0..10 {
        assert!(sell(admin, clock.now(), "dan").await, "operators have a reserve of their own");
    }
    assert!(!sell(admin, clock.now(), "dan").await, "then it is full");
    clock.advance(Duration::from_hours(48));
    assert!(sell(bob, clock.now(), "bob").await, "room comes back when ids are forgotten");
    server.catalog().invariants();
}
