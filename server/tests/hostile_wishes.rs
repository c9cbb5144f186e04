//! Hostile and unlucky clients, by what they wish for: nothing, too much, for too long, again and
//! again; and what time does to them.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod common;

use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::event::Layout;
use boxoffice_protocol::frame::encode;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{PageLimit, Request};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use bytes::{BufMut, BytesMut};
use common::{
    Raw, best, concert, config, create, customer, event, film, hold, key, new_id, reserve,
    seat_map, seats, section, spec, standing, until,
};
use std::num::NonZeroU32;
use std::time::Duration;

async fn with_film() -> (Server, Raw) {
    let server = common::server().await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(10, 10))).await;
    (server, client)
}

/// The refusal that a message of these bytes gets.
async fn refused(client: &mut Raw, message: &[u8]) -> Refusal {
    let mut frame = BytesMut::new();
    frame.put_u32_le(4 + message.len() as u32);
    frame.put_u32_le(77);
    frame.put_slice(message);
    client.send_bytes(&frame).await;
    match client.receive().await.expect("the connection stays open").reply.body {
        Body::Refused(refusal) => refused_by_name(refusal),
        other => panic!("{other:?}"),
    }
}

fn refused_by_name(refusal: Refusal) -> Refusal {
    assert!(
        matches!(&refusal, Refusal::Invalid { field, why } if !field.is_empty() && !why.is_empty())
    );
    refusal
}

fn field(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

/// A reserve request written by hand: the customer and what follows it are raw bytes.
fn reserve_bytes(customer: &[u8], selection: &[u8]) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    bytes.put_u8(9);
    bytes.put_slice(new_id(common::START).as_bytes());
    encode(&event("film"), &mut bytes);
    encode(&u32::try_from(customer.len()).expect("short"), &mut bytes);
    bytes.put_slice(customer);
    bytes.put_slice(selection);
    bytes.to_vec()
}

#[tokio::test]
async fn row_21_impossible_quantities_are_refused() {
    let (_server, mut client) = with_film().await;
    // best, so many places, no section, together if possible
    let zero = reserve_bytes(b"ann", &[1, 0, 0, 0]);
    let most = reserve_bytes(b"ann", &[1, 252, 255, 255, 255, 255, 0, 0]);
    let more_than_u32 = reserve_bytes(b"ann", &[1, 253, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    for bytes in [zero, most] {
        assert_eq!(field(&refused(&mut client, &bytes).await), "places");
    }
    refused(&mut client, &more_than_u32).await;
}

#[tokio::test]
async fn row_21_more_than_there_are_is_sold_out() {
    let server = common::server().await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("concert", concert(5))).await;
    let refusal =
        client.refused(&reserve(new_id(common::START), "concert", "ann", standing(6))).await;
    assert_eq!(refusal, Refusal::SoldOut { free: 5 });
}

#[tokio::test]
async fn row_22_holds_of_no_time_or_too_long_are_refused_by_name() {
    let (_server, mut client) = with_film().await;
    for ttl_ms in [0, 1, 999, 1_800_001, u32::MAX] {
        let wish = Request::Hold {
            id: new_id(common::START),
            event: event("film"),
            customer: customer("ann"),
            selection: best(1),
            ttl_ms: Some(ttl_ms),
        };
        assert_eq!(field(&client.refused(&wish).await), "ttl_ms", "{ttl_ms}");
    }
}

#[tokio::test]
async fn row_23_names_that_deceive_are_refused() {
    let (_server, mut client) = with_film().await;
    let best_1 = [1, 1, 0, 0];
    let names: [&[u8]; 7] = [
        b"",
        b"\xff\xfe",
        b"a\0b",
        b"a\x1b[2J",
        "\u{202E}nna".as_bytes(),
        &[b'x'; 65],
        &[b'x'; 60_000],
    ];
    for name in names {
        let refusal = refused(&mut client, &reserve_bytes(name, &best_1)).await;
        let field = field(&refusal);
        assert!(field == "customer" || field == "request", "{field}");
    }
    let Body::Seats(map) = client.ask(&seat_map("film")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.sold, 0);
}

#[tokio::test]
async fn row_24_a_seat_twice_or_ten_thousand_seats_are_refused() {
    let (_server, mut client) = with_film().await;
    let twice = [&[0, 2][..], b"\x02A1\x02A1"].concat();
    assert_eq!(field(&refused(&mut client, &reserve_bytes(b"ann", &twice)).await), "seats");
    let mut many = vec![0, 251, 0x10, 0x27];
    (0..10_000).for_each(|_| many.extend_from_slice(b"\x02A1"));
    assert_eq!(field(&refused(&mut client, &reserve_bytes(b"ann", &many)).await), "seats");
}

#[tokio::test]
async fn row_25_who_holds_everything_meets_limits() {
    let server = common::server().await;
    let mut client = Raw::connect(&server).await;
    let mut spec = film(10, 10);
    spec.max_per_customer = NonZeroU32::new(4);
    client.ask(&create("film", spec)).await;
    client.ask(&hold(new_id(common::START), "film", "greedy", best(3))).await;
    let refusal = client.refused(&hold(new_id(common::START), "film", "greedy", best(2))).await;
    assert_eq!(refusal, Refusal::LimitExceeded { limit: 4, have: 3 });
    client.ask(&hold(new_id(common::START), "film", "modest", best(4))).await;
}

#[tokio::test]
async fn row_25_a_hold_cannot_be_renewed_for_ever() {
    let config = config();
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(10, 10))).await;
    let id = new_id(clock.now());
    client.ask(&hold(id, "film", "greedy", best(1))).await;
    let mut extended = 0;
    let refusal = loop {
        clock.advance(Duration::from_secs(100));
        let until = clock.now().plus(Duration::from_secs(110));
        let reply =
            client.ask(&Request::Extend { reservation: key(id, "film", "greedy"), until }).await;
        match reply.body {
            Body::Reservation { .. } => extended += 1,
            Body::Refused(refusal) => break refusal,
            other => panic!("{other:?}"),
        }
        assert!(extended < 100, "for ever");
    };
    assert!(matches!(refusal, Refusal::LimitExceeded { limit: 7_200_000, .. }), "{refusal:?}");
    clock.advance(Duration::from_secs(200));
    let look = Request::GetReservation { reservation: key(id, "film", "greedy") };
    let Body::Reservation { reservation, .. } = client.ask(&look).await.body else {
        panic!("it is known")
    };
    assert_eq!(reservation.status, Status::Expired);
}

#[tokio::test]
async fn row_26_ended_reservations_are_bounded_and_forgotten_after_their_time_only() {
    let mut config = config();
    config.limits.reservations = 1_000;
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(10, 10))).await;
    let mut first = None;
    for _ in 0..1_000 {
        let id = new_id(clock.now());
        first.get_or_insert(id);
        client.ask(&hold(id, "film", "ann", best(1))).await;
        client.ask(&Request::Release { reservation: key(id, "film", "ann"), keep: None }).await;
    }
    let refusal = client.refused(&hold(new_id(clock.now()), "film", "ann", best(1))).await;
    assert_eq!(refusal.name(), "Unavailable");
    let first = first.expect("a thousand");
    clock.advance(Duration::from_secs(24 * 60 * 60));
    let look = Request::GetReservation { reservation: key(first, "film", "ann") };
    assert!(
        matches!(client.ask(&look).await.body, Body::Reservation { .. }),
        "remembered for its time"
    );
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.refused(&look).await, Refusal::ReservationNotFound);
    let again = client.refused(&hold(first, "film", "ann", best(1))).await;
    assert_eq!(field(&again), "id", "a forgotten id can no longer be accepted");
}

#[tokio::test]
async fn row_26_forgetting_makes_room() {
    let mut config = config();
    config.limits.reservations = 100;
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(10, 10))).await;
    for _ in 0..3 {
        for _ in 0..99 {
            let id = new_id(clock.now());
            let reply = client.ask(&hold(id, "film", "ann", best(1))).await;
            assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
            client.ask(&Request::Release { reservation: key(id, "film", "ann"), keep: None }).await;
        }
        clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
    }
    assert!(server.catalog().holdings().remembered <= 100);
}

#[tokio::test]
async fn row_27_holds_that_expire_together_expire_in_chunks_while_others_go_on() {
    let holds = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    let config = config();
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("crowd", concert(2_000_000))).await;
    client.ask(&create("calm", concert(1_000))).await;
    let mut waiting = 0;
    for _ in 0..holds {
        client.send(&hold(new_id(clock.now()), "crowd", "ann", standing(1))).await;
        waiting += 1;
        if waiting == 100 {
            while waiting > 0 {
                client.receive().await.expect("an answer");
                waiting -= 1;
            }
        }
    }
    clock.advance(Duration::from_secs(120));
    for _ in 0..100 {
        let reply = client.ask(&reserve(new_id(clock.now()), "calm", "bob", standing(1))).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    }
    let reply = client.ask(&reserve(new_id(clock.now()), "crowd", "bob", standing(100))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    until("all are expired", || server.metrics().swept.value() == holds as u64).await;
    let Body::Seats(map) = client.ask(&seat_map("crowd")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.capacity(), 2_000_000);
    server.catalog().invariants();
}

#[tokio::test]
async fn law_4_a_due_hold_is_nobodys_whether_or_not_it_was_swept() {
    let config = config();
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(1, 1))).await;
    let id = new_id(clock.now());
    client.ask(&hold(id, "film", "ann", seats(&["A1"]))).await;
    let other = || reserve(new_id(clock.now()), "film", "bob", seats(&["A1"]));
    clock.advance(Duration::from_millis(119_999));
    assert!(matches!(client.refused(&other()).await, Refusal::SeatsTaken { .. }));
    clock.advance(Duration::from_millis(1));
    let reply = client.ask(&other()).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    let confirm = Request::Confirm { reservation: key(id, "film", "ann"), keep: None };
    assert_eq!(client.refused(&confirm).await, Refusal::HoldExpired);
}

#[tokio::test]
async fn expiries_are_recorded_promptly_without_anybody_asking() {
    let config = config();
    let clock = config.clock.clone().expect("a manual clock");
    let server = common::start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(1, 1))).await;
    client.ask(&hold(new_id(clock.now()), "film", "ann", seats(&["A1"]))).await;
    clock.advance(Duration::from_secs(120));
    until("it is swept", || server.metrics().swept.value() == 1).await;
    let Body::Seats(map) = client.ask(&seat_map("film")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.free, 1);
}

#[tokio::test]
async fn row_32_a_watcher_that_falls_behind_gets_a_gap_and_a_snapshot() {
    let unhurried = Config {
        output_bytes: 2_048,
        write_timeout: common::PATIENCE,
        views_max_age: Duration::ZERO,
        ..config()
    };
    let server = common::start(unhurried).await;
    let mut client = Raw::connect(&server).await;
    let floor = section("floor", 100, Layout::Standing { capacity: 10 });
    let hall = section("hall", 100, Layout::grid(1, 100));
    client.ask(&create("film", spec(vec![floor, hall]))).await;
    let mut watcher = Raw::connect(&server).await;
    watcher.send(&Request::Watch { event: event("film"), from_version: None }).await;
    watcher.receive().await.expect("the snapshot");
    // Each change is half a kilobyte on the wire, and the kernel keeps four megabytes for a
    // client that does not read: after these, a thousand more are missing.
    let mut version = 0;
    for _ in 0..120 {
        for _ in 0..50 {
            let id = new_id(common::START);
            client.send(&reserve(id, "film", "ann", best(100))).await;
            client.send(&Request::Cancel { reservation: key(id, "film", "ann"), keep: None }).await;
        }
        for _ in 0..100 {
            version = client.receive().await.expect("an answer").reply.version;
        }
    }
    let mut known = 0;
    let mut gaps = 0;
    while known < version {
        let frame = watcher.receive().await.expect("the watch goes on");
        match frame.reply.body {
            Body::PlacesChanged(_) if known != 0 => assert_eq!(frame.reply.version, known + 1),
            Body::PlacesChanged(_) => {}
            Body::Gap => {
                gaps += 1;
                let next = watcher.receive().await.expect("the watch goes on");
                assert!(matches!(next.reply.body, Body::Snapshot(_)), "{next:?}");
                known = next.reply.version;
                continue;
            }
            other => panic!("{other:?}"),
        }
        known = frame.reply.version;
    }
    assert!(gaps >= 1);
    assert_eq!(server.metrics().watch_gaps.value(), gaps);
}

#[tokio::test]
async fn a_watch_goes_on_from_a_version_and_ends_with_its_event() {
    let server = common::server().await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(1, 3))).await;
    let mut keeper = Raw::connect(&server).await;
    keeper.ask(&Request::Watch { event: event("film"), from_version: None }).await;
    let version = client.ask(&reserve(new_id(common::START), "film", "ann", best(1))).await.version;
    client.ask(&reserve(new_id(common::START), "film", "bob", best(1))).await;
    let mut late = Raw::connect(&server).await;
    let first =
        late.ask(&Request::Watch { event: event("film"), from_version: Some(version) }).await;
    assert_eq!(first.version, version + 1);
    assert!(matches!(first.body, Body::PlacesChanged(_)), "{first:?}");
    let update =
        Box::new(EventUpdate { block: vec!["A3".parse().expect("a seat")], ..Default::default() });
    client.ask(&Request::UpdateEvent { event: event("film"), if_version: None, update }).await;
    let changed = late.receive().await.expect("the watch goes on").reply;
    assert!(matches!(changed.body, Body::Snapshot(_)), "{changed:?}");
    let unwatched = keeper.send(&Request::Unwatch { event: event("film") }).await;
    while let Some(frame) = keeper.receive().await {
        if frame.correlation == unwatched {
            assert_eq!(frame.reply.body, Body::Unwatched);
            break;
        }
    }
    client
        .ask(&Request::DeleteEvent {
            event: event("film"),
            force: boxoffice_protocol::request::Force::Yes,
        })
        .await;
    let ended = late.receive().await.expect("the watch's end").reply;
    assert_eq!(ended.body, Body::WatchEnded);
    until("no watch is left", || server.metrics().watches.value() == 0).await;
    assert!(
        matches!(keeper.ask(&Request::Ping).await.body, Body::Pong { .. }),
        "nothing else came"
    );
}

#[tokio::test]
async fn law_3_ids_too_old_or_too_far_ahead_are_refused() {
    let (_server, mut client) = with_film().await;
    let now = common::START.as_ms();
    let day = 24 * 60 * 60 * 1_000;
    let cases =
        [(now - day - 1, false), (now - day, true), (now + 300_000, true), (now + 300_001, false)];
    for (ms, accepted) in cases {
        let id = new_id(Timestamp::from_ms(ms));
        let reply = client.ask(&reserve(id, "film", "ann", best(1))).await;
        assert_eq!(matches!(reply.body, Body::Reservation { .. }), accepted, "{ms}: {reply:?}");
    }
}

#[tokio::test]
async fn reservations_are_listed_page_by_page() {
    let (_server, mut client) = with_film().await;
    client.ask(&create("concert", concert(100))).await;
    for number in 0..30 {
        let who = if number % 3 == 0 { "ann" } else { "bob" };
        client.ask(&reserve(new_id(common::START), "film", who, best(2))).await;
        client.ask(&reserve(new_id(common::START), "concert", who, standing(1))).await;
    }
    for (of, who, expected) in [
        (Some("film"), None, 30),
        (Some("film"), Some("ann"), 10),
        (None, Some("bob"), 40),
        (None, None, 60),
    ] {
        let mut ids = std::collections::HashSet::new();
        let mut after = None;
        loop {
            let limit = PageLimit::new(7).expect("a limit");
            let list = Request::ListReservations {
                event: of.map(event),
                customer: who.map(customer),
                after: after.take(),
                limit,
            };
            let Body::Reservations { rows, next } = client.ask(&list).await.body else {
                panic!("rows")
            };
            assert!(rows.len() <= 7);
            for row in rows {
                assert!(ids.insert(row.reservation.id), "listed twice");
                assert!(who.is_none_or(|who| row.reservation.customer == customer(who)));
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(ids.len(), expected, "{of:?} {who:?}");
    }
}
