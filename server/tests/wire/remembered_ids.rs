//! Row 45: the memory of ended reservations is shared, and no customer and no token can use it up.

use super::restarts::on_disk;
use crate::common::{admit, config};
use crate::kinds::{start_at, with_every_role};
use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_testing::http::Http;
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, START, concert, create, customer, event, hold, key, new_id, reserve, standing,
};
use std::path::Path;
use std::time::Duration;

const NO_ROOM: Refusal = Refusal::Unavailable { why: UnavailableWhy::TooMany };

/// Reserves one place for a customer. Says whether there was room.
async fn sell(client: &mut Raw, at: Timestamp, who: &str) -> bool {
    match client.ask(&reserve(new_id(at), "film", who, standing(1))).await.body {
        Body::Reservation { effect: Effect::Applied, .. } => true,
        Body::Refused(refusal) => {
            assert_eq!(refusal, NO_ROOM);
            false
        }
        other => panic!("{other:?}"),
    }
}

/// Holds and releases for a customer until there is no room. Returns the requests that were granted.
async fn hold_and_release(client: &mut Raw, clock: &Clock, who: &str) -> Vec<Request> {
    let mut made = Vec::new();
    loop {
        let id = new_id(clock.now());
        let request = hold(id, "film", who, standing(2));
        match client.ask(&request).await.body {
            Body::Refused(refusal) => {
                assert_eq!(refusal, NO_ROOM);
                return made;
            }
            Body::Reservation { effect: Effect::Applied, .. } => made.push(request),
            other => panic!("{other:?}"),
        }
        client.ask(&Request::Release { reservation: key(id, "film", who), keep: None }).await;
        clock.advance(Duration::from_millis(1));
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
    let made = hold_and_release(ann, &clock, "ann").await;
    assert_eq!(made.len(), 60, "half of the room that customers have");
    let repeat = ann.ask(&made[0]).await.body;
    assert!(matches!(repeat, Body::Reservation { effect: Effect::Unchanged, .. }), "{repeat:?}");
    for number in 0..20 {
        assert!(sell(bob, clock.now(), "bob").await, "another customer buys as before");
        let one = format!("one {number}");
        assert!(sell(agent, clock.now(), &one).await, "and so do those of an agent");
    }
    while sell(bob, clock.now(), "bob").await {}
    let mut sold = 0;
    while sell(agent, clock.now(), &format!("two {sold}")).await {
        sold += 1;
    }
    assert!(sold >= 30, "what customers cannot fill is there for agents: {sold}");
    for _ in 0..10 {
        assert!(sell(admin, clock.now(), "dan").await, "operators have a reserve of their own");
    }
    while sell(admin, clock.now(), "dan").await {}
    assert_eq!(server.catalog().holdings().remembered, 160, "then it is full");
    clock.advance(Duration::from_hours(48));
    assert!(sell(bob, clock.now(), "bob").await, "room comes back when ids are forgotten");
    server.catalog().invariants();
}

#[tokio::test]
async fn row_45_one_customer_of_an_agent_leaves_room_to_its_others_and_the_agent_to_other_agents() {
    let mut config = config();
    config.limits.reservations = 160;
    let other = admit(&mut config, "another shop", Role::Agent, None);
    let (server, [admin, agent, ..]) = with_every_role(config, concert(1_000)).await;
    let clock = server.clock().clone();
    let mut agent = enter(server.address(), &agent).await;
    let mut other = enter(server.address(), &other).await;
    let made = hold_and_release(&mut agent, &clock, "ann").await.len();
    assert_eq!(made, 75, "half of the room that agents have");
    for _ in 0..10 {
        assert!(sell(&mut agent, clock.now(), "bob").await, "another customer buys as before");
    }
    let mut sold = 0;
    while sell(&mut agent, clock.now(), &format!("cid {sold}")).await {
        sold += 1;
    }
    assert_eq!(made + 10 + sold, 132, "seven eighths of the room that agents have");
    for number in 0..10 {
        let who = format!("dan {number}");
        assert!(sell(&mut other, clock.now(), &who).await, "another agent sells as before");
    }
    let headers = format!("authorization: Bearer {admin}\r\n");
    let metrics = Http::connect(server.http_address()).await.ask("GET", "/metrics", &headers).await;
    let metrics = Exposed::read(std::str::from_utf8(&metrics.body).expect("UTF-8"));
    let refused = |quota| {
        metrics.value(&format!("boxoffice_reservations_refused_total{{quota=\"{quota}\"}}"))
    };
    assert_eq!((refused("customer"), refused("token"), refused("all")), (1.0, 1.0, 0.0));
}

#[tokio::test]
async fn a_set_quota_holds_whatever_room_is_left() {
    let mut config = config();
    config.limits.principal_reservations = 5;
    let (server, [admin, agent, ann, _]) = with_every_role(config, concert(1_000)).await;
    let clock = server.clock().clone();
    let mut ann = enter(server.address(), &ann).await;
    assert_eq!(hold_and_release(&mut ann, &clock, "ann").await.len(), 5);
    let mut agent = enter(server.address(), &agent).await;
    for number in 0..5 {
        assert!(sell(&mut agent, clock.now(), &format!("bob {number}")).await);
    }
    assert!(!sell(&mut agent, clock.now(), "cid").await, "the token has as many as it may have");
    let mut admin = enter(server.address(), &admin).await;
    for _ in 0..6 {
        assert!(sell(&mut admin, clock.now(), "ann").await, "admins are not bound by it");
    }
}

#[tokio::test]
async fn a_reservation_that_finds_room_when_old_ids_are_forgotten_is_no_refusal() {
    let mut config = config();
    config.limits.reservations = 16;
    let (server, [admin, ..]) = with_every_role(config, concert(1_000)).await;
    let clock = server.clock().clone();
    let mut admin = enter(server.address(), &admin).await;
    admin.ask(&create("gone", concert(1_000))).await;
    for _ in 0..16 {
        let request = reserve(new_id(clock.now()), "gone", "ann", standing(1));
        let made = admin.ask(&request).await.body;
        assert!(matches!(made, Body::Reservation { .. }), "{made:?}");
    }
    admin.ask(&Request::DeleteEvent { event: event("gone"), force: Force::Yes }).await;
    let refused = || server.catalog().refused_reservations().map(|(_, times)| times).sum::<u64>();
    assert!(!sell(&mut admin, clock.now(), "bob").await, "its ids are remembered");
    assert_eq!(refused(), 1);
    clock.advance(Duration::from_hours(48));
    assert!(sell(&mut admin, clock.now(), "bob").await, "they are forgotten");
    assert_eq!(refused(), 1, "it had room in the end");
}

/// A life of a server in a folder, with room for so few that ann soon has no more.
struct Shop {
    config: Config,
    tokens: [Token; 4],
}

impl Shop {
    fn new(folder: &Path) -> Self {
        let mut config = on_disk(folder);
        config.limits.reservations = 160;
        let roles = [
            ("admin", Role::Admin),
            ("agent", Role::Agent),
            ("ann's phone", Role::Customer(customer("ann"))),
            ("bob's phone", Role::Customer(customer("bob"))),
        ];
        let tokens = roles.map(|(name, role)| admit(&mut config, name, role, None));
        Self { config, tokens }
    }

    async fn open(&self, clock: Clock) -> (Server, [Raw; 4]) {
        let server = start_at(clock, self.config.clone()).await;
        let [admin, agent, ann, bob] = &self.tokens;
        let enter = async |token| enter(server.address(), token).await;
        let clients = [enter(admin).await, enter(agent).await, enter(ann).await, enter(bob).await];
        (server, clients)
    }
}

#[tokio::test]
async fn row_45_what_a_customer_and_a_token_made_is_counted_again_at_a_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shop = Shop::new(&folder.path().join("data"));
    let (server, [mut admin, mut agent, mut ann, _]) = shop.open(Clock::manual(START)).await;
    admin.ask(&create("film", concert(1_000))).await;
    let clock = server.clock().clone();
    assert_eq!(hold_and_release(&mut ann, &clock, "ann").await.len(), 60);
    let of_agent = hold_and_release(&mut agent, &clock, "cid").await.len();
    assert_eq!(of_agent, 45);
    drop((admin, agent, ann));
    assert!(server.stop().await.durable);
    for _ in 0..2 {
        let (server, [_, mut agent, mut ann, mut bob]) = shop.open(clock.clone()).await;
        assert!(!sell(&mut ann, clock.now(), "ann").await, "its quota is used up as before");
        assert!(!sell(&mut agent, clock.now(), "cid").await, "so is that of an agent's customer");
        assert!(sell(&mut bob, clock.now(), "bob").await, "the others buy as before");
        drop((agent, ann, bob));
        assert!(server.stop().await.durable);
    }
}

#[tokio::test]
async fn ids_that_a_deleted_event_has_used_count_for_their_owner_at_a_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shop = Shop::new(&folder.path().join("data"));
    let (server, [mut admin, _, mut ann, _]) = shop.open(Clock::manual(START)).await;
    admin.ask(&create("film", concert(1_000))).await;
    let clock = server.clock().clone();
    assert_eq!(hold_and_release(&mut ann, &clock, "ann").await.len(), 60);
    admin.ask(&Request::DeleteEvent { event: event("film"), force: Force::No }).await;
    admin.ask(&create("film", concert(1_000))).await;
    assert!(!sell(&mut ann, clock.now(), "ann").await, "the tombstone keeps her ids");
    drop((admin, ann));
    assert!(server.stop().await.durable);
    let (server, [_, _, mut ann, mut bob]) = shop.open(clock.clone()).await;
    assert_eq!(server.catalog().holdings().remembered, 60);
    assert!(!sell(&mut ann, clock.now(), "ann").await, "they are her ids still");
    assert!(sell(&mut bob, clock.now(), "bob").await, "the others buy as before");
}
