//! What a browser hears of an event: `GET /v1/events/{event}/stream`.

mod common;

use boxoffice_protocol::event::{EventUpdate, PlaceState, Sales};
use boxoffice_protocol::id::SeatLabel;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::Server;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::ledger::Ledger;
use boxoffice_server::metrics::Closed;
use common::sse::Stream;
use common::{
    Raw, concert, config, create, event, film, hold, key, new_id, reserve, seats, standing, until,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A server with a film of two rows of five, and a connection to change it with.
async fn with_film(config: Config) -> (Server, Raw) {
    let server = common::start(config).await;
    let mut desk = Raw::connect(&server).await;
    desk.ask(&create("film", film(2, 5))).await;
    (server, desk)
}

/// A stream of the film from its beginning, and its first snapshot.
async fn listen(server: &Server) -> (Stream, Value) {
    let mut stream = behind(server, None).await;
    let first = stream.event().await;
    assert_eq!((first.event.as_str(), first.id), ("snapshot", first.data["version"].as_u64()));
    (stream, first.data)
}

/// A stream of the film that was there before.
async fn behind(server: &Server, known: Option<u64>) -> Stream {
    let known = known.map(|version| version.to_string());
    let address = server.http_address().expect("HTTP is on");
    let stream = Stream::open(address, "film", known.as_deref()).await;
    assert_eq!(stream.status, 200, "{}", stream.head);
    stream
}

fn delete() -> Request {
    Request::DeleteEvent { event: event("film"), force: Force::Yes }
}

fn now(state: &str, version: u64, counts: [u64; 4]) -> Value {
    let [free, held, sold, blocked] = counts;
    let counts = json!({ "section": "stalls", "free": free, "held": held, "sold": sold,
        "blocked": blocked });
    json!({ "version": version, "places": [{ "state": state, "seats": ["A1", "A2"] }],
        "sections": [counts] })
}

#[tokio::test]
async fn everybody_who_listens_sees_what_happens_and_nobody_sees_who_it_was() {
    let clock = Clock::manual(common::START);
    let (server, mut desk) = with_film(Config { clock: Some(clock.clone()), ..config() }).await;
    let (mut one, first) = listen(&server).await;
    let (mut two, _) = listen(&server).await;
    let rows = json!([{ "row": "A", "seats": "fffff" }, { "row": "B", "seats": "fffff" }]);
    let section = json!({ "section": "stalls", "prefix": "", "price": 4_500, "kind": "seated",
        "capacity": 10, "free": 10, "held": 0, "sold": 0, "blocked": 0, "rows": rows });
    assert_eq!(first, json!({ "event": "film", "version": 1, "sections": [section] }));
    let (ann, bob) = (new_id(common::START), new_id(common::START));
    let wanted = || seats(&["A1", "A2"]);
    let steps = [
        (hold(ann, "film", "ann@example.com", wanted()), "held", [8, 2, 0, 0]),
        (
            Request::Confirm { reservation: key(ann, "film", "ann@example.com"), keep: None },
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
        (hold(new_id(common::START), "film", "eve", wanted()), "held", [8, 2, 0, 0]),
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
    let take = |seat| reserve(new_id(common::START), "film", "ann", seats(&[seat]));
    desk.ask(&take("A1")).await;
    let mut back = behind(&server, Some(1)).await;
    assert_eq!(back.heard().await, ("change".to_owned(), 2));
    drop(back);
    // It knows everything: what comes is what happens next.
    let mut back = behind(&server, Some(2)).await;
    desk.ask(&take("A2")).await;
    assert_eq!(back.heard().await, ("change".to_owned(), 3));
}

#[tokio::test]
async fn who_was_never_there_begins_with_a_snapshot() {
    let (server, mut desk) = with_film(config()).await;
    let (_listener, _) = listen(&server).await;
    desk.ask(&reserve(new_id(common::START), "film", "ann", seats(&["A1"]))).await;
    for strange in [0, 7, u64::MAX - 1, u64::MAX] {
        let heard = behind(&server, Some(strange)).await.heard().await;
        assert_eq!(heard, ("snapshot".to_owned(), 2), "from {strange}");
    }
}

/// What is more than a snapshot is not kept.
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
        let id = new_id(common::START);
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
    desk.ask(&reserve(new_id(common::START), "film", "ann", standing(3))).await;
    let change = again.event().await;
    assert_eq!(change.data["places"], json!([]));
    assert_eq!(change.data["sections"][0]["sold"], 3);
}

#[tokio::test]
async fn there_are_only_so_many_and_who_goes_makes_room_at_once() {
    let mut config = config();
    (config.streams.all, config.streams.of_one_event) = (3, 2);
    let (server, mut desk) = with_film(config).await;
    desk.ask(&create("other", concert(3))).await;
    let address = server.http_address().expect("HTTP is on");
    let (one, _) = listen(&server).await;
    let (_two, _) = listen(&server).await;
    let mut third = Stream::open(address, "film", None).await;
    assert_eq!(third.status, 503);
    assert!(third.head.contains("\r\nretry-after: 10\r\n"), "{}", third.head);
    assert_eq!(third.problem().await["type"], "/problems/too-many-streams");
    let _other = Stream::open(address, "other", None).await;
    assert_eq!(Stream::open(address, "other", None).await.status, 503);
    assert_eq!(
        (server.metrics().streams.value(), server.metrics().streams_refused.value()),
        (3, 2)
    );
    drop(one);
    until("one has gone", || server.metrics().streams.value() == 2).await;
    listen(&server).await;
}

#[tokio::test]
async fn what_is_silent_says_that_it_is_there() {
    let mut config = config();
    config.streams.keep_alive = Duration::from_millis(50);
    let (server, mut desk) = with_film(config).await;
    let (mut stream, _) = listen(&server).await;
    for _ in 0..2 {
        assert_eq!(stream.next().await.expect("a comment").comment, "keep-alive");
    }
    desk.ask(&delete()).await;
    while let Some(sent) = stream.next().await {
        assert!(sent.comment == "keep-alive" || sent.event == "ended", "{sent:?}");
    }
}

#[tokio::test]
async fn a_stop_ends_streams_that_have_nothing_to_say() {
    let (server, desk) = with_film(config()).await;
    drop(desk);
    let (mut stream, _) = listen(&server).await;
    let (stopped, last) = tokio::join!(server.stop(), stream.next());
    assert_eq!((stopped.connections_cut, last), (0, None));
}

#[tokio::test]
async fn who_says_anything_more_ends_its_stream() {
    let (server, mut desk) = with_film(config()).await;
    let (mut gone, _) = listen(&server).await;
    let (mut asking, _) = listen(&server).await;
    let streams = || server.metrics().streams.value();
    assert_eq!(streams(), 2);
    gone.tcp.shutdown().await.expect("it is open");
    assert_eq!(gone.next().await, None);
    until("its place is free", || streams() == 1).await;
    // What it says next is answered, and no older than what it heard.
    desk.ask(&reserve(new_id(common::START), "film", "ann", seats(&["A1"]))).await;
    assert_eq!(asking.heard().await, ("change".to_owned(), 2));
    let next = b"GET /v1/events/film HTTP/1.1\r\nhost: x\r\n\r\n";
    asking.tcp.write_all(next).await.expect("it is open");
    assert_eq!(asking.next().await, None);
    asking.read_head().await;
    assert_eq!((asking.status, asking.problem().await["version"].as_u64()), (200, Some(2)));
    until("its place is free", || streams() == 0).await;
}

/// Whoever reads nothing costs what its socket holds, and its place for a while.
#[tokio::test]
async fn who_does_not_read_is_closed_and_nobody_waits_for_it() {
    let write_timeout = Duration::from_millis(300);
    let (server, mut desk) = with_film(Config { write_timeout, ..config() }).await;
    desk.ask(&create("hall", film(100, 1_000))).await;
    let address = server.http_address().expect("HTTP is on");
    let mut stalled = Stream::open_narrow(address, "hall").await;
    let mut well = Stream::open(address, "hall", None).await;
    assert_eq!(well.heard().await, ("snapshot".to_owned(), 1));
    // Each is a new snapshot of 100 kB, until its socket is full.
    for version in 2.. {
        let sales = if version % 2 == 0 { Sales::Closed } else { Sales::Open };
        let update = Box::new(EventUpdate { sales: Some(sales), ..EventUpdate::default() });
        desk.ask(&Request::UpdateEvent { event: event("hall"), if_version: None, update }).await;
        assert_eq!(well.heard().await, ("snapshot".to_owned(), version));
        if server.metrics().http.closed_for(Closed::WriteTimeout) > 0 {
            break;
        }
    }
    until("its place is free", || server.metrics().streams.value() == 1).await;
    while let Ok(sent) = stalled.try_next().await {
        assert_eq!(sent.expect("it is cut off").event, "snapshot");
    }
}

/// It takes what there is when it has room: everything as it is now, and not what it missed.
#[tokio::test]
async fn who_reads_again_is_up_to_date_at_once() {
    let (server, mut desk) = with_film(config()).await;
    desk.ask(&create("hall", film(100, 1_000))).await;
    let address = server.http_address().expect("HTTP is on");
    let mut slow = Stream::open_narrow(address, "hall").await;
    let mut well = Stream::open(address, "hall", None).await;
    well.event().await;
    let last = 81;
    for version in 2..=last {
        let sales = if version % 2 == 0 { Sales::Closed } else { Sales::Open };
        let update = Box::new(EventUpdate { sales: Some(sales), ..EventUpdate::default() });
        desk.ask(&Request::UpdateEvent { event: event("hall"), if_version: None, update }).await;
        assert_eq!(well.heard().await, ("snapshot".to_owned(), version));
    }
    let mut heard = vec![0];
    while heard.last() != Some(&last) {
        let (_, version) = slow.heard().await;
        assert!(heard.last() < Some(&version), "{version} after {heard:?}");
        heard.push(version);
    }
    assert!(heard.len() < 80, "it was sent everything that it missed: {heard:?}");
}

/// A server whose changes become durable by hand, with a film that is durable already.
async fn by_hand(ledger: &Arc<Ledger>) -> (Server, Raw) {
    let store = StoreChoice::Ledger(Arc::clone(ledger));
    let server = common::start(Config { store, ..config() }).await;
    let mut desk = Raw::connect(&server).await;
    desk.send(&create("film", film(2, 5))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 1).await;
    ledger.settle(ledger.recorded());
    desk.receive().await.expect("it is durable now");
    (server, desk)
}

/// Whether nothing is heard while whoever could tell has turn after turn.
async fn is_silent(stream: &mut Stream, server: &Server) -> bool {
    let mut other = Raw::connect(server).await;
    let turns = async {
        for _ in 0..200 {
            other.ask(&Request::Ping).await;
        }
    };
    tokio::select! {
        biased;
        heard = stream.next() => panic!("{heard:?} was told too early"),
        () = turns => true,
    }
}

#[tokio::test]
async fn law_2_nothing_is_told_before_it_is_durable() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    let take = |seat| reserve(new_id(common::START), "film", "ann", seats(&[seat]));
    desk.send(&take("A1")).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    assert!(is_silent(&mut stream, &server).await);
    // Nor does a new stream begin with it, or say that it begins at all.
    let address = server.http_address().expect("HTTP is on");
    let early = Stream::open(address, "film", None);
    tokio::pin!(early);
    tokio::select! {
        biased;
        early = &mut early => panic!("{} was told too early", early.head),
        silent = is_silent(&mut stream, &server) => assert!(silent),
    }
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 2));
    assert_eq!(early.await.heard().await, ("snapshot".to_owned(), 2));
    desk.send(&take("A2")).await;
    until("it is recorded", || ledger.recorded().as_u64() == 3).await;
    assert!(is_silent(&mut stream, &server).await);
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("change".to_owned(), 3));
}

#[tokio::test]
async fn law_2_an_event_that_is_not_durable_has_no_stream_and_none_that_is_going_has_ended() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&delete()).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    let address = server.http_address().expect("HTTP is on");
    let missing = Stream::open(address, "film", None);
    tokio::pin!(missing);
    tokio::select! {
        biased;
        missing = &mut missing => panic!("{} was told too early", missing.head),
        silent = is_silent(&mut stream, &server) => assert!(silent),
    }
    ledger.settle(ledger.recorded());
    assert_eq!(stream.heard().await, ("ended".to_owned(), 2));
    assert_eq!(missing.await.status, 404);
}

#[tokio::test]
async fn law_8_a_failed_ledger_ends_streams() {
    let ledger = Arc::new(Ledger::by_hand());
    let (server, mut desk) = by_hand(&ledger).await;
    let (mut stream, _) = listen(&server).await;
    desk.send(&reserve(new_id(common::START), "film", "ann", seats(&["A1"]))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 2).await;
    ledger.fail();
    assert_eq!(stream.next().await, None);
    let address = server.http_address().expect("HTTP is on");
    assert_eq!(Stream::open(address, "film", None).await.status, 503);
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
                let label: SeatLabel = label.as_str().expect("text").parse().expect("a label");
                self.0[usize::from(label.row)][usize::from(label.number)] = letter;
            }
        }
    }
}

/// Holds and releases seats as dice have it, many requests at a time.
async fn shop(server: &Server, seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut desk = Raw::connect(server).await;
    let mut held = Vec::new();
    for _ in 0..15 {
        let asked = dice.usize(1..100);
        for _ in 0..asked {
            if dice.bool() || held.is_empty() {
                let id = new_id(common::START);
                held.push(id);
                desk.send(&hold(id, "film", "ann", common::best(dice.u32(1..4)))).await;
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
    let seed = common::seed();
    tokio::join!(shop(&server, seed), shop(&server, seed ^ 1), shop(&server, seed ^ 2));
    let last = server.catalog().find(&event("film")).expect("it is there").version();
    let mut version = 0;
    while version < last {
        let heard = stream.event().await;
        assert_eq!(heard.event, "change");
        assert!(heard.id > Some(version), "{heard:?}");
        version = heard.id.expect("an id");
        known.follow(&heard.data);
    }
    let Body::Seats(map) = desk.ask(&common::seat_map("film")).await.body else {
        panic!("no seat map")
    };
    let letters = (0..600).map(|seat| match map.sections[0].states.state(seat) {
        Some(PlaceState::Free) => b'f',
        Some(PlaceState::Held) => b'h',
        other => panic!("{other:?}"),
    });
    assert_eq!(known.0.concat(), letters.collect::<Vec<_>>());
}
