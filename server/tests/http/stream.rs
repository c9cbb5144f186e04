//! The stream of an event: `GET /v1/events/{event}/stream`.

use super::film_stream::{behind, delete, listen, with_film};
use crate::common::config;
use boxoffice_protocol::event::{EventUpdate, PlaceState, Sales};
use boxoffice_protocol::id::LetteredSeat;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, IfExpired, Request};
use boxoffice_server::Server;
use boxoffice_testing::sse::Stream;
use boxoffice_testing::{
    Raw, START, best, concert, create, event, film, hold, key, new_id, reserve, seat_map, seats,
    seed, standing, until,
};
use serde_json::{Value, json};
use std::time::Duration;

fn now(state: &str, version: u64, counts: [u64; 4]) -> Value {
    let [free, held, sold, blocked] = counts;
    let counts = json!({ "section": "stalls", "free": free, "held": held, "sold": sold,
        "blocked": blocked });
    json!({ "version": version, "places": [{ "state": state, "seats": ["A1", "A2"] }],
        "sections": [counts] })
}

#[tokio::test]
async fn everybody_who_listens_sees_what_happens_and_nobody_sees_who_it_was() {
    let (server, mut desk) = with_film(config()).await;
    let clock = server.clock().clone();
    let (mut one, first) = listen(&server).await;
    let (mut two, _) = listen(&server).await;
    let rows = json!([{ "row": "A", "seats": "fffff" }, { "row": "B", "seats": "fffff" }]);
    let section = json!({ "section": "stalls", "prefix": "", "price": 4_500, "kind": "seated",
        "capacity": 10, "free": 10, "held": 0, "sold": 0, "blocked": 0, "rows": rows });
    assert_eq!(first, json!({ "event": "film", "version": 1, "sections": [section] }));
    let (ann, bob) = (new_id(START), new_id(START));
    let wanted = || seats(&["A1", "A2"]);
    let steps = [
        (hold(ann, "film", "ann@example.com", wanted()), "held", [8, 2, 0, 0]),
        (
            Request::Confirm {
                reservation: key(ann, "film", "ann@example.com"),
                keep: None,
                expired: IfExpired::Refuse,
            },
            "sold",
            [8, 0, 2, 0],
        ),
        (
            Request::Cancel { reservation: key(ann, "film", "ann@example.com"), keep: None },
            "free",
            [10, 0, 0, 0],
        ),
        (hold(bob, "film", "bob@example.com", wanted()), "held", [8, 2, 0, 0]),
        (
            Request::Release { reservation: key(bob, "film", "bob@example.com"), keep: None },
            "free",
            [10, 0, 0, 0],
        ),
        (hold(new_id(START), "film", "eve", wanted()), "held", [8, 2, 0, 0]),
    ];
    for (version, (request, state, counts)) in (2..).zip(steps) {
        desk.ask(&request).await;
        for stream in [&mut one, &mut two] {
            let heard = stream.event().await;
            assert_eq!((heard.event.as_str(), heard.id), ("change", Some(version)));
            assert_eq!(heard.data, now(state, version, counts));
        }
    }
    clock.advance(Duration::from_secs(3_600));
    for stream in [&mut one, &mut two] {
        assert_eq!(stream.event().await.data, now("free", 8, [10, 0, 0, 0]));
    }
}

#[tokio::test]
async fn a_stream_is_what_it_says_it_is() {
    let (server, _) = with_film(config()).await;
    let stream = behind(&server, None).await;
    for header in ["content-type: text/event-stream", "cache-control: no-store"] {
        assert!(stream.head.contains(&format!("\r\n{header}\r\n")), "{}", stream.head);
    }
    assert!(!stream.head.contains("content-encoding"), "{}", stream.head);
}

#[tokio::test]
async fn who_comes_back_goes_on_where_it_was() {
    let (server, mut desk) = with_film(config()).await;
    let (stream, _) = listen(&server).await;
    drop(stream);
    until("nobody listens", || server.metrics().streams.value() == 0).await;
    let take = |seat| reserve(new_id(START), "film", "ann", seats(&[seat]));
    desk.ask(&take("A1")).await;
    let mut back = behind(&server, Some(1)).await;
    assert_eq!(back.heard().await, ("change".to_owned(), 2));
    drop(back);
    // It knows everything so far, so the next change comes first.
    let mut back = behind(&server, Some(2)).await;
    desk.ask(&take("A2")).await;
    assert_eq!(back.heard().await, ("change".to_owned(), 3));
}

#[tokio::test]
async fn who_was_never_there_begins_with_a_snapshot() {
    let (server, mut desk) = with_film(config()).await;
    let (_listener, _) = listen(&server).await;
    desk.ask(&reserve(new_id(START), "film", "ann", seats(&["A1"]))).await;
    for strange in [0, 7, u64::MAX - 1, u64::MAX] {
        let heard = behind(&server, Some(strange)).await.heard().await;
        assert_eq!(heard, ("snapshot".to_owned(), 2), "from {strange}");
    }
}

/// Changes that are more than a snapshot are not kept.
#[tokio::test]
async fn who_was_away_too_long_begins_with_a_snapshot() {
    let (server, mut desk) = with_film(config()).await;
    desk.ask(&create("hall", film(1, 100))).await;
    let address = server.http_address().expect("HTTP is on");
    let mut stream = Stream::open(address, "hall", None).await;
    stream.event().await;
    let all: Vec<String> = (1..=100).map(|number| format!("A{number}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut version = 1;
    for _ in 0..40 {
        let id = new_id(START);
        let release = Request::Release { reservation: key(id, "hall", "ann"), keep: None };
        for change in [hold(id, "hall", "ann", seats(&all)), release] {
            desk.ask(&change).await;
            version += 1;
            assert_eq!(stream.heard().await, ("change".to_owned(), version));
        }
    }
    for (known, heard) in [(1, "snapshot"), (2, "snapshot"), (version - 5, "change")] {
        let known = known.to_string();
        let mut back = Stream::open(address, "hall", Some(&known)).await;
        assert_eq!(back.event().await.event, heard, "from {known}");
    }
}

#[tokio::test]
async fn what_is_no_version_is_refused() {
    let (server, _) = with_film(config()).await;
    let address = server.http_address().expect("HTTP is on");
    for wrong in ["x", "-1", "1.5", "18446744073709551616", "1 2", "\u{fc}"] {
        let mut stream = Stream::open(address, "film", Some(wrong)).await;
        assert_eq!(stream.status, 422, "{wrong:?}: {}", stream.head);
        let problem = stream.problem().await;
        assert_eq!(problem["field"], "Last-Event-ID", "{problem}");
    }
    assert_eq!(Stream::open(address, "film", Some("")).await.status, 200);
    assert_eq!(server.metrics().streams_refused.value(), 0);
}

#[tokio::test]
async fn new_terms_are_a_new_snapshot() {
    let (server, mut desk) = with_film(config()).await;
    let (mut stream, _) = listen(&server).await;
    let update = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    let update =
        Request::UpdateEvent { event: event("film"), if_version: None, update: Box::new(update) };
    desk.ask(&update).await;
    assert_eq!(stream.heard().await, ("snapshot".to_owned(), 2));
}

#[tokio::test]
async fn a_deleted_event_says_so_and_ends() {
    let (server, mut desk) = with_film(config()).await;
    let (mut stream, _) = listen(&server).await;
    desk.ask(&delete()).await;
    assert_eq!(stream.heard().await, ("ended".to_owned(), 2));
    assert_eq!(stream.next().await, None);
    let address = server.http_address().expect("HTTP is on");
    let mut late = Stream::open(address, "film", Some("1")).await;
    assert_eq!((late.status, &late.problem().await["refused"]), (404, &json!("EventNotFound")));
    // One that is created again under its slug goes on from there, and is another one.
    desk.ask(&create("film", concert(10))).await;
    let mut again = behind(&server, Some(2)).await;
    assert_eq!(again.heard().await, ("snapshot".to_owned(), 3));
    desk.ask(&reserve(new_id(START), "film", "ann", standing(3))).await;
    let change = again.event().await;
    assert_eq!(change.data["places"], json!([]));
    assert_eq!(change.data["sections"][0]["sold"], 3);
}

/// The letters of a seat map, row after row: from a stream's snapshot and the changes behind it.
struct Known(Vec<Vec<u8>>);

impl Known {
    fn new(snapshot: &Value) -> Self {
        let rows = snapshot["sections"][0]["rows"].as_array().expect("rows");
        Self(rows.iter().map(|row| row["seats"].as_str().expect("letters").into()).collect())
    }

    fn follow(&mut self, change: &Value) {
        for now in change["places"].as_array().expect("places") {
            let letter = now["state"].as_str().expect("a word").as_bytes()[0];
            for label in now["seats"].as_array().expect("seats") {
                let seat = LetteredSeat::read(label.as_str().expect("text")).expect("a label");
                self.0[usize::from(seat.row)][usize::from(seat.number)] = letter;
            }
        }
    }
}

/// Holds and releases seats at random, many requests at a time.
async fn shop(server: &Server, seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut desk = Raw::connect(server.address()).await;
    let mut held = Vec::new();
    for _ in 0..15 {
        let asked = dice.usize(1..100);
        for _ in 0..asked {
            if dice.bool() || held.is_empty() {
                let id = new_id(START);
                held.push(id);
                desk.send(&hold(id, "film", "ann", best(dice.u32(1..4)))).await;
            } else {
                let id = held.swap_remove(dice.usize(..held.len()));
                let reservation = key(id, "film", "ann");
                desk.send(&Request::Release { reservation, keep: None }).await;
            }
        }
        for _ in 0..asked {
            desk.receive().await.expect("an answer");
        }
    }
}

#[tokio::test]
async fn who_follows_a_stream_knows_every_seat() {
    let (server, mut desk) = with_film(config()).await;
    desk.ask(&Request::DeleteEvent { event: event("film"), force: Force::No }).await;
    desk.ask(&create("film", film(20, 30))).await;
    let (mut stream, snapshot) = listen(&server).await;
    let mut known = Known::new(&snapshot);
    let seed = seed();
    tokio::join!(shop(&server, seed), shop(&server, seed ^ 1), shop(&server, seed ^ 2));
    let last = server.catalog().find(event("film").borrowed()).expect("it is there").version();
    let mut version = 0;
    while version < last {
        let heard = stream.event().await;
        assert_eq!(heard.event, "change");
        assert!(heard.id > Some(version), "{heard:?}");
        version = heard.id.expect("an id");
        known.follow(&heard.data);
    }
    let Body::Seats(map) = desk.ask(&seat_map("film")).await.body else { panic!("no seat map") };
    let letters = (0..600).map(|seat| match map.sections[0].states.state(seat) {
        Some(PlaceState::Free) => b'f',
        Some(PlaceState::Held) => b'h',
        other => panic!("{other:?}"),
    });
    assert_eq!(known.0.concat(), letters.collect::<Vec<_>>());
}
