//! Requests that are forwarded to their event's preferred server: an answer is what it would be without, and
//! says no more than is known.

use super::bench::{Bench, ENGINES, Engine};
use crate::common::{admit, config};
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_server::auth::Role;
use boxoffice_server::config::{ClusterOptions, Config, RoutingOptions};
use boxoffice_store::{LogId, Read, Store};
use boxoffice_testing::http::Http;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, best, create, event, film, key, reserve, seat_map, seats, test_name, until, until_some,
};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use tempfile::TempDir;

const EVENTS: usize = 12;

/// Settings of servers that forward, and the folder of their secret.
pub(super) fn with_routing(mut config: Config) -> (Config, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let secret = folder.path().join("cluster.secret");
    std::fs::write(&secret, "0123456789abcdef".repeat(2)).expect("written");
    let own = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&secret, own).expect("it is ours");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let routing = RoutingOptions { listen, address: None, secret, forwards: true };
    config.cluster = ClusterOptions { routing: Some(routing), ..config.cluster };
    (config, folder)
}

/// Waits until every server is connected to every other one.
pub(super) async fn until_linked(bench: &Bench) {
    let others = bench.servers.len() as u64 - 1;
    for server in 0..bench.servers.len() {
        bench.until_count(server, "servers_linked", others).await;
    }
}

fn slug(number: usize) -> String {
    format!("event-{number}")
}

/// Events that the second of two servers decides although the first one was asked.
async fn preferred_by_second(bench: &Bench, client: &mut Raw) -> String {
    for number in 0..64 {
        let before = bench.count(1, "forwarded_here").await;
        client.ask(&create(&slug(number), film(1, 5))).await;
        if bench.count(1, "forwarded_here").await > before {
            return slug(number);
        }
    }
    panic!("one of them prefers it");
}

#[tokio::test]
async fn a_client_sees_at_once_what_another_server_decided_for_it() {
    for engine in ENGINES {
        let (config, _secret) = with_routing(config());
        let Some(bench) = Bench::with(*engine, 3, test_name!(), &config).await else { continue };
        until_linked(&bench).await;
        for number in 0..EVENTS {
            let slug = slug(number);
            let mut client = bench.client(number).await;
            let created = client.ask(&create(&slug, film(2, 5))).await;
            assert_eq!(created.body, Body::EventSaved { effect: Effect::Applied }, "{engine:?}");
            let freshness = Freshness::Cached;
            let list = Request::ListEvents { after: None, limit: PageLimit::MAX, freshness };
            let Body::Events { rows, .. } = client.ask(&list).await.body else { panic!("a list") };
            assert!(rows.iter().any(|row| row.id == event(&slug)), "{engine:?}: it is in no list");
            for version in 2..=6 {
                let id = bench.id();
                let sold = client.ask(&reserve(id, &slug, "ann", best(1))).await;
                assert_eq!(sold.version, version, "{engine:?}");
                let seen = client.ask(&seat_map(&slug)).await;
                assert_eq!(seen.version, version, "{engine:?}: reads are monotonic");
            }
        }
        let (mut sent, mut received, mut appended) = (0, 0, 0);
        for server in 0..3 {
            sent += bench.count(server, "forwarded").await;
            received += bench.count(server, "forwarded_here").await;
            appended += u64::from(bench.count(server, "store_batches").await > 0);
            assert_eq!(bench.count(server, "forwarded_unknown").await, 0, "{engine:?}");
        }
        assert!(sent > 0 && sent == received, "{engine:?}: {sent} sent, {received} received");
        assert!(appended > 1, "{engine:?}: events prefer several servers");
    }
}

#[tokio::test]
async fn requests_of_one_connection_take_effect_in_order_wherever_they_are_decided() {
    for engine in ENGINES {
        let (config, _secret) = with_routing(config());
        let Some(bench) = Bench::with(*engine, 3, test_name!(), &config).await else { continue };
        until_linked(&bench).await;
        let mut client = bench.client(0).await;
        for number in 0..4 {
            client.ask(&create(&slug(number), film(2, 5))).await;
        }
        let mut asked = Vec::new();
        for row in ["A", "B"] {
            for seat in 1..=5 {
                for number in 0..4 {
                    let wanted = seats(&[&format!("{row}{seat}")]);
                    let request = reserve(bench.id(), &slug(number), "ann", wanted);
                    asked.push(client.send(&request).await);
                    asked.push(client.send(&seat_map(&slug(number))).await);
                }
            }
        }
        let mut last = [0; 4];
        for _ in &asked {
            let frame = client.receive().await.expect("an answer");
            let at = asked.iter().position(|it| *it == frame.correlation).expect("it was asked");
            let number = at / 2 % 4;
            assert!(!matches!(frame.reply.body, Body::Refused(_)), "{engine:?}: {frame:?}");
            assert!(frame.reply.version >= last[number], "{engine:?}: each event in its order");
            last[number] = frame.reply.version;
        }
        assert_eq!(last, [11; 4], "{engine:?}");
    }
}

#[tokio::test]
async fn what_was_admitted_goes_along() {
    let (mut config, _secret) = with_routing(config());
    let ann = CustomerId::parse("ann").expect("a name");
    let office = admit(&mut config, "office", Role::Agent, None);
    let customer = admit(&mut config, "ann", Role::Customer(ann), None);
    let admin = admit(&mut config, "admin", Role::Admin, None);
    let Some(mut bench) = Bench::with(Engine::Memory, 2, test_name!(), &config).await else {
        return;
    };
    bench.token = Some(admin);
    until_linked(&bench).await;
    let slug = preferred_by_second(&bench, &mut bench.client(0).await).await;
    let address = bench.servers[0].address();
    let (mut office, mut customer) =
        (enter(address, &office).await, enter(address, &customer).await);
    let bobs = bench.id();
    let sold = office.ask(&reserve(bobs, &slug, "bob", best(1))).await;
    assert!(matches!(sold.body, Body::Reservation { .. }), "{sold:?}");
    let other = Request::GetReservation { reservation: key(bobs, &slug, "ann") };
    assert_eq!(office.refused(&other).await, Refusal::NotYours);
    let missing = customer.refused(&other).await;
    assert_eq!(missing, Refusal::ReservationNotFound, "it may not know that there is one");
    let engine = bench.engine.as_ref().expect("it is in memory");
    let read = engine.read(&log(&slug), 1, 9).await.expect("it is in memory");
    let Read::Batches(batches) = read else { panic!("{read:?}") };
    let names = |name: &[u8]| batches[0].body().windows(name.len()).any(|part| part == name);
    assert!(names(b"office"), "the change is recorded under its principal");
}

#[tokio::test]
async fn what_was_sent_to_a_server_that_dies_has_an_unknown_outcome() {
    let (config, _secret) = with_routing(config());
    let Some(mut bench) = Bench::with(Engine::Memory, 2, test_name!(), &config).await else {
        return;
    };
    until_linked(&bench).await;
    let mut client = bench.client(0).await;
    let slug = preferred_by_second(&bench, &mut client).await;
    let engine = Arc::clone(bench.engine.as_ref().expect("it is in memory"));
    engine.memory.stall(&log(&slug));
    let request = reserve(bench.id(), &slug, "ann", seats(&["A1"]));
    client.send(&request).await;
    // The other server has decided it, and waits for the engine.
    until("the append is on its way", || engine.memory.stalled(&log(&slug)) == 1).await;
    let stopping = bench.servers.pop().expect("it is there");
    let behind = client.send(&request).await;
    stopping.stop().await;
    for _ in 0..2 {
        let frame = client.receive().await.expect("an answer");
        assert_eq!(frame.reply.body, Body::Refused(Refusal::OutcomeUnknown), "{behind}");
    }
    engine.memory.resume(&log(&slug));
    let settled = client.ask(&request).await;
    let Body::Reservation { effect, .. } = settled.body else { panic!("{settled:?}") };
    assert_eq!(effect, Effect::Unchanged, "it was applied when the engine answered");
    assert_eq!(bench.count(0, "forwarded_unknown").await, 2);
}

#[tokio::test]
async fn servers_with_other_secrets_forward_nothing_and_say_so() {
    for engine in ENGINES {
        let ((one, _one), (two, _two)) = (with_routing(config()), with_routing(config()));
        let routing = two.cluster.routing.as_ref().expect("it has some");
        std::fs::write(&routing.secret, "fedcba9876543210".repeat(2)).expect("written");
        let Some(mut bench) = Bench::with(*engine, 1, test_name!(), &one).await else { continue };
        bench.another(&two).await;
        for server in 0..2 {
            bench.until_count(server, "servers", 2).await;
            let mut operator = Http::connect(bench.servers[server].http_address()).await;
            until_some("the difference is named", async || {
                let ready = operator.get("/readyz").await;
                let text = String::from_utf8(ready.body.to_vec()).expect("it is text");
                (ready.status == 200 && text.contains("cluster-secret-file")).then_some(())
            })
            .await;
        }
        for number in 0..EVENTS {
            let mut client = bench.client(number).await;
            client.ask(&create(&slug(number), film(1, 5))).await;
            let sold = client.ask(&reserve(bench.id(), &slug(number), "ann", best(1))).await;
            assert!(matches!(sold.body, Body::Reservation { .. }), "{engine:?}: {sold:?}");
        }
        assert_eq!(bench.count(0, "servers_linked").await, 0, "{engine:?}");
    }
}

fn log(slug: &str) -> LogId {
    LogId::parse(&format!("event/{slug}")).expect("a short slug")
}
