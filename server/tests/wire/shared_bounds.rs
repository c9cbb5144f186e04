//! Watches and requests in flight among principals that want more than there are (law 9).

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::{Config, SharedBound};
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, concert, create, customer, event, film, hello_with, new_id, reserve, standing,
};

const EVENTS: [&str; 4] = ["mon", "tue", "wed", "thu"];

/// A server with some events, and two tokens.
async fn with_events(mut config: Config) -> (Server, [Token; 2]) {
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let tokens = ["one", "other"].map(|name| admit(&mut config, name, Role::Reader, None));
    let server = start(config).await;
    let mut admin = enter(server.address(), &admin).await;
    for slug in EVENTS {
        admin.ask(&create(slug, film(1, 10))).await;
    }
    (server, tokens)
}

fn watch(slug: &str) -> Request {
    Request::Watch { event: event(slug), from_version: None }
}

async fn watches(client: &mut Raw, slug: &str) {
    let body = client.ask(&watch(slug)).await.body;
    assert!(matches!(body, Body::Snapshot(_)), "{body:?}");
}

#[tokio::test]
async fn row_44_a_token_that_takes_all_watches_gives_way() {
    let watches_of = SharedBound { all: 3, of_one_principal: usize::MAX };
    let (server, [one, other]) = with_events(Config { watches: watches_of, ..config() }).await;
    let (mut one, mut other) =
        (enter(server.address(), &one).await, enter(server.address(), &other).await);
    watches(&mut one, "mon").await;
    watches(&mut one, "tue").await;
    let newest = one.send(&watch("wed")).await;
    one.receive().await.expect("a snapshot");
    assert!(matches!(one.refused(&watch("thu")).await, Refusal::Busy { retry_after_ms: 1.. }));
    assert_eq!(server.metrics().watches.value(), 3);

    watches(&mut other, "mon").await;
    let told = one.receive().await.expect("the end of a watch");
    assert_eq!(told.correlation, newest);
    assert!(matches!(told.reply.body, Body::Refused(Refusal::Busy { .. })), "{told:?}");
    // It has as many as the other would have.
    assert!(matches!(other.refused(&watch("tue")).await, Refusal::Busy { .. }));
    let metrics = server.metrics();
    assert_eq!((metrics.watches_gave_way.value(), metrics.watches_refused.value()), (1, 2));
    assert!(matches!(
        one.ask(&Request::Unwatch { event: event("mon") }).await.body,
        Body::Unwatched
    ));
    watches(&mut other, "tue").await;
}

#[tokio::test]
async fn a_principal_has_at_most_the_watches_that_are_set() {
    let watches_of = SharedBound { all: 10, of_one_principal: 2 };
    let (server, [one, other]) = with_events(Config { watches: watches_of, ..config() }).await;
    let (mut one, mut other) =
        (enter(server.address(), &one).await, enter(server.address(), &other).await);
    watches(&mut one, "mon").await;
    watches(&mut one, "tue").await;
    let refusal = one.refused(&watch("wed")).await;
    assert_eq!(refusal, Refusal::LimitExceeded { limit: 2, have: 2 });
    watches(&mut other, "wed").await;
}

/// Enters, and asks for so many requests in flight. Returns how many there may be.
async fn enter_with(server: &Server, token: &Token, in_flight: u32) -> (Raw, u32) {
    let Request::Hello(hello) = hello_with(Some(token)) else { unreachable!("it is a Hello") };
    let mut client = Raw::silent(server.address()).await;
    let hello = Request::Hello(boxoffice_protocol::request::Hello { in_flight, ..hello });
    match client.ask(&hello).await.body {
        Body::Welcome(welcome) => (client, welcome.in_flight),
        body => panic!("{body:?}"),
    }
}

#[tokio::test]
async fn row_42_a_token_that_has_all_requests_in_flight_gives_way() {
    let in_flight = SharedBound { all: 1_000, of_one_principal: 900 };
    let (server, [one, other]) = with_events(Config { in_flight, ..config() }).await;
    let (_, told) = enter_with(&server, &one, 1_100).await;
    assert_eq!(told, 128, "the others would be more than one principal may have");
    let (mut first, told) = enter_with(&server, &one, 928).await;
    assert_eq!(told, 928);
    let (mut second, told) = enter_with(&server, &other, 628).await;
    assert_eq!(told, 628);
    // The first may have fewer now; all that it asks is answered.
    for client in [&mut first, &mut second] {
        for _ in 0..900 {
            client.send(&Request::Ping).await;
        }
        for _ in 0..900 {
            let reply = client.receive().await.expect("an answer").reply;
            assert!(matches!(reply.body, Body::Pong { .. }));
        }
    }
    assert_eq!(server.metrics().in_flight_gave_way.value(), 1);
}

#[tokio::test]
async fn places_of_an_event_beyond_the_assured_ones_give_way_to_other_customers() {
    let mut config = config();
    config.limits.customer_places = 4;
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let tokens = ["ann", "bob"].map(|name| {
        (name, admit(&mut config, &format!("{name}'s"), Role::Customer(customer(name)), None))
    });
    let server = start(config).await;
    let mut admin = enter(server.address(), &admin).await;
    admin.ask(&create("film", concert(100))).await;
    let at = server.clock().now();
    let mut had = Vec::new();
    for (name, token) in &tokens {
        let mut client = enter(server.address(), token).await;
        let mut have = 0;
        let refusal = loop {
            let body = client.ask(&reserve(new_id(at), "film", name, standing(1))).await.body;
            match body {
                Body::Reservation { .. } => have += 1,
                Body::Refused(refusal) => break refusal,
                other => panic!("{other:?}"),
            }
        };
        let Refusal::LimitExceeded { have: told, .. } = refusal else { panic!("{refusal:?}") };
        assert_eq!(told, have);
        had.push(have);
    }
    assert_eq!(had, [50, 25], "half of what is left each time");
    let body = admin.ask(&reserve(new_id(at), "film", "cid", standing(25))).await.body;
    assert!(matches!(body, Body::Reservation { .. }), "{body:?}");
}
