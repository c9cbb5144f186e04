//! Law 4 in reads: a hold whose deadline has come is shown as expired, whether the sweeper came or
//! not, and the version that a read names is the one that it shows.

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::event::{Counts, Layout};
use boxoffice_protocol::limits::MAX_EXPIRED_TOGETHER;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_protocol::reservation::{Selection, Status};
use boxoffice_server::Server;
use boxoffice_server::clock::Clock;
use boxoffice_testing::{
    Raw, START, best, create, customer, event, film, new_id, section, spec, standing,
};
use std::time::{Duration, Instant};

/// How long the holds of these tests live.
const TTL: Duration = Duration::from_secs(60);

/// The lists and views of an event that a client can ask for.
fn reads(freshness: Freshness) -> [Request; 3] {
    let event = || event("film");
    [
        Request::GetEvent { event: event(), freshness },
        Request::Seats { event: event(), freshness },
        Request::ListEvents { after: None, limit: PageLimit::MAX, freshness },
    ]
}

fn list() -> Request {
    let (event, customer) = (Some(event("film")), None);
    Request::ListReservations {
        event,
        customer,
        code: None,
        order: None,
        after: None,
        limit: PageLimit::MAX,
    }
}

fn held(reply: &Reply) -> u64 {
    let sum = |counts: Counts| counts.held;
    match &reply.body {
        Body::Event(details) => details.counts.iter().copied().map(sum).sum(),
        Body::Seats(map) | Body::Snapshot(map) => {
            map.sections.iter().map(|section| sum(section.counts)).sum()
        }
        Body::Events { rows, .. } => rows.iter().map(|row| sum(row.counts)).sum(),
        Body::Reservations { rows, .. } => {
            let is_held = |status| status == Status::Held;
            rows.iter().filter(|row| is_held(row.reservation.status)).count() as u64
        }
        other => panic!("{other:?} shows no places"),
    }
}

/// A server with an event that has a hold of one seat.
async fn with_a_hold() -> (Server, Clock, Raw) {
    let server = start(config()).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(1, 10))).await;
    client.ask(&hold_of(best(1))).await;
    (server, clock, client)
}

/// The same a millisecond before the hold's deadline.
async fn about_to_expire() -> (Server, Clock, Raw) {
    let (server, clock, client) = with_a_hold().await;
    clock.advance(TTL - Duration::from_millis(1));
    (server, clock, client)
}

fn hold_of(selection: Selection) -> Request {
    let ttl_ms = Some(u64::try_from(TTL.as_millis()).expect("a minute"));
    let (id, event, customer) = (new_id(START), event("film"), customer("ann"));
    Request::Hold { id, event, customer, selection, ttl_ms, order: None }
}

#[tokio::test]
async fn law_4_a_fresh_read_shows_no_hold_at_its_deadline() {
    for index in 0..4 {
        let (_server, clock, mut client) = about_to_expire().await;
        let read = reads(Freshness::Fresh).into_iter().chain([list()]).nth(index).expect("one");
        let before = client.ask(&read).await;
        assert_eq!(held(&before), 1, "a millisecond before: {before:?}");
        clock.advance(Duration::from_millis(1));
        let after = client.ask(&read).await;
        assert_eq!((held(&after), after.age_ms), (0, 0), "at the deadline: {after:?}");
    }
}

#[tokio::test]
async fn law_4_a_cached_view_tells_its_age_from_a_deadline_on() {
    for index in 0..3 {
        let (_server, clock, mut client) = about_to_expire().await;
        let read = &reads(Freshness::Cached)[index];
        assert_eq!(held(&client.ask(read).await), 1);
        clock.advance(Duration::from_millis(1));
        let after = client.ask(read).await;
        // What was so a millisecond ago, and says so; or what is so now.
        assert_eq!(held(&after), u64::from(after.age_ms), "{after:?}");
        clock.advance(Duration::from_millis(100));
        let later = client.ask(read).await;
        assert_eq!((held(&later), later.age_ms), (0, 0), "beyond the greatest age: {later:?}");
    }
}

#[tokio::test]
async fn law_4_a_view_that_was_cached_long_ago_does_not_outlive_a_deadline() {
    for index in 0..3 {
        let (_server, clock, mut client) = with_a_hold().await;
        let read = &reads(Freshness::Cached)[index];
        assert_eq!(held(&client.ask(read).await), 1);
        clock.advance(TTL);
        let after = client.ask(read).await;
        assert_eq!((held(&after), after.age_ms), (0, 0), "{after:?}");
    }
}

#[tokio::test]
async fn law_4_a_watch_begins_without_holds_that_are_due() {
    let (server, clock, _client) = about_to_expire().await;
    let mut watcher = Raw::connect(server.address()).await;
    clock.advance(Duration::from_millis(1));
    let first = watcher.ask(&Request::Watch { event: event("film"), from_version: None }).await;
    assert!(matches!(first.body, Body::Snapshot(_)), "{first:?}");
    assert_eq!(held(&first), 0);
}

#[tokio::test]
async fn law_6_a_read_that_shows_an_expiry_names_its_version() {
    let (_server, clock, mut client) = about_to_expire().await;
    let read = &reads(Freshness::Fresh)[1];
    let before = client.ask(read).await.version;
    clock.advance(Duration::from_millis(1));
    assert_eq!(client.ask(read).await.version, before + 1);
    assert_eq!(client.ask(read).await.version, before + 1, "it is recorded once");
}

#[tokio::test]
async fn law_4_a_hundred_thousand_due_holds_are_in_no_read() {
    const HOLDS: u64 = 100_000;
    const AT_ONCE: u64 = 25;
    let server = start(config()).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    let floor = section("floor", 100, Layout::standing(200_000));
    client.ask(&create("film", spec(vec![floor]))).await;
    for _ in 0..HOLDS / AT_ONCE {
        for _ in 0..AT_ONCE {
            client.send(&hold_of(standing(1))).await;
        }
        for _ in 0..AT_ONCE {
            client.receive().await.expect("a hold");
        }
    }
    let read = &reads(Freshness::Fresh)[0];
    assert_eq!(held(&client.ask(read).await), HOLDS);
    clock.advance(TTL);
    let begun = Instant::now();
    let after = client.ask(read).await;
    eprintln!("a fresh read took {:?}", begun.elapsed());
    assert_eq!((held(&after), after.age_ms), (0, 0));
    let expiries = HOLDS.div_ceil(MAX_EXPIRED_TOGETHER as u64);
    assert_eq!(after.version, 1 + HOLDS + expiries, "a change expires as many as may be");
}
