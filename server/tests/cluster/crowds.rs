//! Many buyers at all servers at once: nothing is oversold, lost or doubled, and every server's watchers
//! see the same history.

use super::bench::{Bench, ENGINES};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Freshness, Request};
use boxoffice_protocol::reservation::Places;
use boxoffice_testing::{
    Raw, best, concert, create, event, film, key, reserve, seat_map, seats, standing, test_name,
};
use std::collections::{BTreeMap, BTreeSet};

const SERVERS: usize = 3;

/// What a watcher saw: the encoded places of each version.
type WatchedChanges = BTreeMap<u64, String>;

/// Watches until the event's end.
async fn watch(mut client: Raw, slug: &str) -> WatchedChanges {
    client.send(&Request::Watch { event: event(slug), from_version: None }).await;
    let mut seen = WatchedChanges::new();
    loop {
        let frame = client.receive().await.expect("the watch goes on");
        let (version, body) = (frame.reply.version, frame.reply.body);
        match body {
            Body::WatchEnded => return seen,
            Body::Snapshot(_) => assert!(seen.is_empty(), "one snapshot will do"),
            Body::PlacesChanged(changed) => {
                let newest = seen.last_key_value().map(|(newest, _)| *newest);
                assert!(
                    newest.is_none_or(|newest| version == newest + 1),
                    "no version is left out"
                );
                seen.insert(version, format!("{changed:?}"));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Buyers at all servers, each with one request. Returns the ids that were sold.
async fn sell(bench: &Bench, requests: Vec<(ReservationId, Request)>) -> BTreeSet<ReservationId> {
    let mut buyers = Vec::new();
    for (number, (id, request)) in requests.into_iter().enumerate() {
        let mut client = bench.client(number).await;
        buyers.push(tokio::spawn(async move {
            let reply = client.ask(&request).await;
            // The same again, as after a lost answer.
            let again = client.ask(&request).await;
            match (reply.body, again.body) {
                (Body::Reservation { effect, .. }, Body::Reservation { effect: second, .. }) => {
                    assert_eq!((effect, second), (Effect::Applied, Effect::Unchanged));
                    Some(id)
                }
                (Body::Refused(_), Body::Refused(_)) => None,
                other => panic!("{other:?}"),
            }
        }));
    }
    let mut sold = BTreeSet::new();
    for buyer in buyers {
        sold.extend(buyer.await.expect("an answer"));
    }
    sold
}

/// Checks at each server that these were sold and nothing else, and that no place was sold twice.
async fn check(bench: &Bench, slug: &str, sold: &BTreeSet<ReservationId>) {
    for server in 0..SERVERS {
        let mut client = bench.client(server).await;
        let mut places = BTreeSet::new();
        for id in sold {
            let reservation = key(*id, slug, "ann");
            let found = client.ask(&Request::GetReservation { reservation }).await;
            let Body::Reservation { reservation, .. } = found.body else { panic!("{found:?}") };
            if let Places::Seats(labels) = &reservation.places {
                for label in labels {
                    assert!(places.insert(label.to_string()), "{label} was sold twice");
                }
            }
        }
        let freshness = Freshness::Fresh;
        let details = client.ask(&Request::GetEvent { event: event(slug), freshness }).await;
        let Body::Event(details) = details.body else { panic!("{details:?}") };
        assert_eq!(details.counts[0].sold, sold.len() as u64, "server {server}");
    }
}

#[tokio::test]
async fn fifty_buyers_for_twenty_seats_at_three_servers() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, SERVERS, test_name!()).await else { continue };
        let mut maker = bench.client(0).await;
        maker.ask(&create("dune", film(4, 5))).await;
        let mut watchers = Vec::new();
        for server in 0..SERVERS {
            let mut client = bench.client(server).await;
            client.ask(&seat_map("dune")).await;
            watchers.push(tokio::spawn(watch(client, "dune")));
        }
        let requests = (0..50).map(|_| {
            let id = bench.id();
            (id, reserve(id, "dune", "ann", best(1)))
        });
        let sold = sell(&bench, requests.collect()).await;
        assert_eq!(sold.len(), 20, "{engine:?}");
        check(&bench, "dune", &sold).await;
        maker.ask(&Request::DeleteEvent { event: event("dune"), force: Force::Yes }).await;
        let mut histories = Vec::new();
        for watcher in watchers {
            histories.push(watcher.await.expect("a history"));
        }
        for history in &histories {
            for (version, seen) in history {
                let same = histories[0].get(version).is_none_or(|first| first == seen);
                assert!(same, "{engine:?}: version {version} is not the same everywhere");
            }
        }
    }
}

#[tokio::test]
async fn one_seat_for_many_at_three_servers() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, SERVERS, test_name!()).await else { continue };
        bench.client(0).await.ask(&create("dune", film(1, 1))).await;
        let requests = (0..60).map(|_| {
            let id = bench.id();
            (id, reserve(id, "dune", "ann", seats(&["A1"])))
        });
        let sold = sell(&bench, requests.collect()).await;
        assert_eq!(sold.len(), 1, "{engine:?}");
        check(&bench, "dune", &sold).await;
    }
}

#[tokio::test]
async fn many_events_made_at_all_servers_at_once() {
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, SERVERS, test_name!()).await else { continue };
        let mut makers = Vec::new();
        for number in 0..30 {
            let mut client = bench.client(number).await;
            let id = bench.id();
            makers.push(tokio::spawn(async move {
                let slug = format!("event-{number:02}");
                client.ask(&create(&slug, concert(10))).await;
                client.ask(&reserve(id, &slug, "ann", standing(3))).await
            }));
        }
        for maker in makers {
            let made = maker.await.expect("an answer");
            assert!(matches!(made.body, Body::Reservation { .. }), "{made:?}");
        }
        for server in 0..SERVERS {
            let mut client = bench.client(server).await;
            let list = Request::ListEvents {
                after: None,
                limit: boxoffice_protocol::request::PageLimit::MAX,
                freshness: Freshness::Fresh,
            };
            let Body::Events { rows, .. } = client.ask(&list).await.body else { panic!("a list") };
            assert_eq!(rows.len(), 30, "{engine:?}");
            assert!(rows.iter().all(|row| row.version == 2), "each row is the newest");
        }
    }
}
