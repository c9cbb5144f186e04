//! Bounds that come back, that count the right thing, and that say what was beyond them.

mod common;

use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Cursor};
use boxoffice_protocol::request::{Force, PageLimit, Request};
use boxoffice_server::catalog::CatalogLimits;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::ledger::Ledger;
use boxoffice_server::metrics::Closed;
use common::{
    Raw, concert, config, create, customer, event, film, hello, hold, key, new_id, reserve,
    standing, start, until,
};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn room_comes_back_when_ended_reservations_are_forgotten() {
    let limits =
        CatalogLimits { events: 10, reservations: 3, seats: 1_000, ..Config::default().limits };
    let config = Config { limits, ..config() };
    let clock = config.clock.clone().expect("a manual clock");
    let server = start(config).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("concert", concert(100))).await;
    for _ in 0..3 {
        let id = new_id(clock.now());
        client.ask(&hold(id, "concert", "ann", standing(1))).await;
        let release = Request::Release { reservation: key(id, "concert", "ann"), keep: None };
        let reply = client.ask(&release).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    }
    let another = || hold(new_id(clock.now()), "concert", "ann", standing(1));
    let refusal = client.refused(&another()).await;
    let too_many = matches!(refusal, Refusal::Unavailable { why: UnavailableWhy::TooMany, .. });
    assert!(too_many, "{refusal:?}");
    clock.advance(Duration::from_hours(48));
    let reply = client.ask(&another()).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_hello_is_named() {
    let server = common::server().await;
    let mut client = Raw::silent(server.address()).await;
    let (_, mut bytes) = client.encode(&hello());
    let name = bytes.windows(4).position(|it| it == b"test").expect("the client's name");
    bytes[name] = b'\n';
    client.send_bytes(&bytes).await;
    let said = client.closed().await;
    let [only] = said.as_slice() else { panic!("{said:?}") };
    let Body::Refused(Refusal::Invalid { field, .. }) = &only.reply.body else {
        panic!("{only:?}")
    };
    assert_eq!(field, "client");
}

/// A frame's rest arrived in time, but the server did not read: its own disk was slow, and what
/// was pushed had taken all the room for replies.
#[tokio::test]
async fn a_frame_has_no_deadline_while_the_server_does_not_read() {
    let ledger = Arc::new(Ledger::by_hand());
    let store = StoreChoice::Ledger(Arc::clone(&ledger));
    let frame_timeout = Duration::from_secs(2);
    let server = start(Config { store, frame_timeout, ..config() }).await;
    let mut writer = Raw::connect(&server).await;
    writer.send(&create("concert", concert(100))).await;
    until("it is recorded", || ledger.recorded().as_u64() == 1).await;
    ledger.settle(ledger.recorded());

    let mut client = Raw::silent(server.address()).await;
    let Request::Hello(mut hello) = hello() else { panic!("a hello") };
    hello.in_flight = 1;
    client.ask(&Request::Hello(hello)).await;
    client.ask(&Request::Watch { event: event("concert"), from_version: None }).await;
    // Once the whole ping is answered, the half that came with it was read.
    let (_, whole) = client.encode(&Request::Ping);
    let (_, halved) = client.encode(&Request::Ping);
    let (half, rest) = halved.split_at(5);
    client.send_bytes(&[&whole, half].concat()).await;
    client.receive().await.expect("a pong");

    writer.send(&Request::DeleteEvent { event: event("concert"), force: Force::Yes }).await;
    until("its last push is put", || server.metrics().watches.value() == 0).await;
    client.send_bytes(rest).await;
    // Whoever begins a frame now is given up only after the first one's time has passed.
    let mut other = Raw::connect(&server).await;
    other.send_bytes(half).await;
    other.closed().await;
    until("it is counted", || server.metrics().tcp.closed_for(Closed::FrameTimeout) >= 1).await;
    assert_eq!(server.metrics().tcp.closed_for(Closed::FrameTimeout), 1);

    ledger.settle(ledger.recorded());
    let ended = client.receive().await.expect("the push is durable now");
    assert!(matches!(ended.reply.body, Body::WatchEnded), "{ended:?}");
    let pong = client.receive().await.expect("the frame is whole");
    assert!(matches!(pong.reply.body, Body::Pong { .. }), "{pong:?}");
}

#[tokio::test]
async fn any_cursor_is_answered() {
    let server = common::server().await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("concert", concert(1_000_000_000))).await;
    client.ask(&create("film", film(2, 2))).await;
    client.ask(&reserve(new_id(common::START), "concert", "ann", standing(1))).await;
    let events = ["concert", "film", "nowhere"];
    for of in events.map(Some).into_iter().chain([None]) {
        for who in [None, Some("ann"), Some("bob")] {
            for from in events {
                for slot in [None, Some(0), Some(u32::MAX - 1), Some(u32::MAX)] {
                    let page = Request::ListReservations {
                        event: of.map(event),
                        customer: who.map(customer),
                        after: Some(Cursor { event: event(from), slot }),
                        limit: PageLimit::new(1).expect("a limit"),
                    };
                    client.ask(&page).await;
                }
            }
        }
    }
    server.catalog().invariants();
}
