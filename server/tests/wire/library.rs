//! Every method of the client library, once.

use crate::common::{config, start_with};
use boxoffice_client::{Client, ClientConfig, ReservationFilter, WatchEvent};
use boxoffice_protocol::event::{EventUpdate, PlaceState, Sales, SalesState};
use boxoffice_protocol::reply::Effect;
use boxoffice_protocol::request::{Force, Freshness, ReservationKey};
use boxoffice_protocol::reservation::{Keep, PlaceCount, SeatLabels, Status};
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::{PATIENCE, best, concert, customer, event, film, key, seats, standing};
use std::time::Duration;

/// A server, and a client of the library.
async fn connect() -> (Server, Client) {
    let server = start_with(Dependencies::default(), config()).await;
    let address = server.address().to_string();
    let config = ClientConfig { server: address, deadline: PATIENCE, ..ClientConfig::default() };
    (server, Client::connect(config).await.expect("the server is there"))
}

#[tokio::test]
async fn an_event_and_its_watcher() {
    let (_server, client) = connect().await;
    let dune = event("dune");
    let created = client.create_event(&dune, film(2, 5)).await.expect("created");
    assert_eq!((created.effect, created.version), (Effect::Applied, 1));
    let again = client.create_event(&dune, film(2, 5)).await.expect("the same");
    assert_eq!((again.effect, again.version), (Effect::Unchanged, 1));
    assert_eq!(client.events().await.expect("a list")[0].id, dune);

    let mut watch = client.watch(dune.clone(), None).await.expect("a watch");
    let snapshot = watch.next().await.expect("a first").expect("there is the event");
    assert!(matches!(snapshot, WatchEvent::Snapshot { version: 1, .. }), "{snapshot:?}");

    let update = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    let updated = client.update_event(&dune, Some(1), update).await.expect("updated");
    assert_eq!(updated.version, 2);
    let details = client.event(&dune).await.expect("details");
    assert_eq!((details.value.sales, details.version), (SalesState::Closed, 2));
    let map = client.seats(&dune, Freshness::Fresh).await.expect("a map");
    assert_eq!(map.value.sections[0].states.state(0), Some(PlaceState::Free));

    let deleted = client.delete_event(&dune, Force::No).await.expect("deleted");
    assert_eq!(deleted.version, 3);
    while let Some(seen) = watch.next().await {
        if seen.expect("no refusal") == WatchEvent::Ended {
            return;
        }
    }
    panic!("the watch ended without saying so");
}

#[tokio::test]
async fn a_reservation() {
    let (_server, client) = connect().await;
    let (dune, ann) = (event("dune"), customer("ann"));
    client.create_event(&dune, film(2, 5)).await.expect("created");
    let id = client.new_id();
    let ttl = Some(Duration::from_secs(60));
    let held = client.hold(id, &dune, &ann, &seats(&["A1", "A2", "B1"]), ttl).await.expect("held");
    assert_eq!((held.reservation.status, held.effect), (Status::Held, Effect::Applied));
    let key: ReservationKey = key(id, "dune", "ann");
    let extended = client.extend(&key, Duration::from_secs(600)).await.expect("extended");
    assert!(extended.reservation.expires_at > held.reservation.expires_at);
    let keep = |labels: &[&str]| {
        let labels = labels.iter().map(|label| label.parse().expect("a label")).collect::<Vec<_>>();
        Some(Keep::Seats(SeatLabels::new(labels).expect("some seats")))
    };
    let less = client.release(&key, keep(&["A1", "A2"])).await.expect("released");
    assert_eq!((less.reservation.status, less.reservation.total), (Status::Held, 9_000));
    let booked = client.confirm(&key, None).await.expect("confirmed");
    assert_eq!(booked.reservation.status, Status::Confirmed);
    let less = client.cancel(&key, keep(&["A2"])).await.expect("cancelled");
    assert_eq!((less.reservation.status, less.reservation.total), (Status::Confirmed, 4_500));
    assert_eq!(client.reservation(&key).await.expect("it").reservation, less.reservation);

    let direct = client.reserve(client.new_id(), &dune, &ann, &best(2)).await.expect("reserved");
    assert_eq!(direct.reservation.status, Status::Confirmed);
    let filter = ReservationFilter {
        event: Some(dune),
        customer: Some(ann),
        ..ReservationFilter::default()
    };
    let mut pages = client.reservations(filter);
    let mut listed = pages.next().await.expect("a page").expect("two rows");
    listed.sort_by_key(|row| row.reservation.id);
    let listed: Vec<_> = listed.into_iter().map(|row| row.reservation).collect();
    assert_eq!(listed, [less.reservation, direct.reservation]);
    assert_eq!(pages.next().await.expect("an end"), None);
    assert!(!client.stats().await.expect("figures").is_empty());
    let asked = client.ping().await.expect("a pong");
    assert!(asked.since(client.server_now()) < Duration::from_secs(60));
}

#[tokio::test]
async fn a_thousand_calls_share_a_connection() {
    let (_server, client) = connect().await;
    client.create_event(&event("fair"), concert(400)).await.expect("created");
    let calls = (0..1_000).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            let (id, who) = (client.new_id(), customer("ann"));
            client.reserve(id, &event("fair"), &who, &standing(1)).await.is_ok()
        })
    });
    let mut booked = 0;
    for call in calls.collect::<Vec<_>>() {
        booked += usize::from(call.await.expect("no panic"));
    }
    assert_eq!(booked, 400);
    let keep = Some(Keep::Standing(PlaceCount::new(1).expect("one")));
    let none = key(client.new_id(), "fair", "ann");
    client.confirm(&none, keep).await.expect_err("there is no such reservation");
}
