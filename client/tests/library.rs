//! The client library against a server that misbehaves on purpose.

mod library {
    mod watch;
}

use boxoffice_client::protocol::List;
use boxoffice_client::protocol::change::{PlacesChanged, SeatsNow};
use boxoffice_client::protocol::event::{
    Counts, Layout, PackedStates, PlaceState, SeatMap, SectionMap, SectionSpec,
};
use boxoffice_client::protocol::id::{CustomerId, EventId, Seat, SectionName};
use boxoffice_client::protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_client::protocol::reply::{Body, Cursor, ReservationRow};
use boxoffice_client::protocol::request::{Request, ReservationKey};
use boxoffice_client::protocol::reservation::{SeatLabels, Selection, Status};
use boxoffice_client::{
    Booking, Client, ClientConfig, ClientError, EventWatch, ReservationFilter, WatchEvent,
};
use boxoffice_fake_server::{FakeServer, Peer, SERVER_TIME, booked, reservation};
use std::collections::HashSet;
use std::time::Duration;
use tokio::join;
use tokio::time::Instant;

/// Far longer than any of these tests takes.
const PATIENT: Duration = Duration::from_secs(60);
/// For tests in which it passes.
const IMPATIENT: Duration = Duration::from_secs(2);

/// A client's configuration that gives up after `deadline`.
fn config(server: &FakeServer, deadline: Duration) -> ClientConfig {
    ClientConfig { server: server.address(), deadline, ..ClientConfig::default() }
}

fn event() -> EventId {
    EventId::parse("dune-2").expect("a slug")
}

fn customer() -> CustomerId {
    CustomerId::parse("ann").expect("a name")
}

fn seats(labels: &[&str]) -> Selection {
    let labels = labels.iter().map(|label| label.parse().expect("a seat"));
    Selection::Seats(SeatLabels::new(labels).expect("a few"))
}

async fn connect(server: &FakeServer, deadline: Duration) -> (Client, Peer) {
    let (client, peer) = join!(Client::connect(config(server, deadline)), server.welcome());
    (client.expect("welcome"), peer)
}

async fn reserve(client: &Client) -> Result<Booking, ClientError> {
    client.reserve(client.new_id(), &event(), &customer(), &seats(&["A1", "A2"])).await
}

#[tokio::test]
async fn answers_reach_their_callers_in_any_order() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let play = async {
        let mut asked = vec![peer.request().await, peer.request().await, peer.request().await];
        asked.reverse();
        for (version, (correlation, request)) in (7..).zip(asked) {
            peer.reply(correlation, version, booked(&request)).await;
        }
    };
    let ids = [client.new_id(), client.new_id(), client.new_id()];
    let (event, customer, selection) = (event(), customer(), seats(&["A1"]));
    let call = |id| client.hold(id, &event, &customer, &selection, None);
    let (a, b, c, ()) = join!(call(ids[0]), call(ids[1]), call(ids[2]), play);
    let answers = [a, b, c].map(|answer| answer.expect("held"));
    assert_eq!(answers.each_ref().map(|answer| answer.reservation.id), ids);
    assert_eq!(answers.map(|answer| answer.version), [9, 8, 7]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_id() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let play = async {
        let (_, first) = peer.request().await;
        drop(peer);
        let mut peer = server.welcome().await;
        assert_eq!(peer.book(5).await, first);
        peer
    };
    let (booking, _peer) = join!(reserve(&client), play);
    assert_eq!(booking.expect("reserved").version, 5);
}

#[tokio::test]
async fn calls_are_sent_again_in_their_order_and_before_newer_ones() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let ids: Vec<_> = (0..6).map(|_| client.new_id()).collect();
    let mut calls = tokio::task::JoinSet::new();
    for &id in &ids {
        let client = client.clone();
        calls.spawn(async move {
            client.reserve(id, &event(), &customer(), &seats(&["A1"])).await.map(|it| it.version)
        });
    }
    let mut first = Vec::new();
    for _ in 0..4 {
        first.push(peer.request().await.1);
    }
    drop(peer);
    let mut peer = server.welcome().await;
    let mut second = Vec::new();
    for version in 1..=6 {
        second.push(peer.book(version).await);
    }
    assert_eq!(second[..4], first);
    let versions: HashSet<_> = calls.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(versions.len(), 6);
}

#[tokio::test]
async fn what_was_sent_and_never_answered_has_an_unknown_outcome() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, IMPATIENT).await;
    let play = async move {
        peer.request().await;
        drop(peer);
        drop(server);
    };
    let (outcome, ()) = join!(reserve(&client), play);
    assert!(matches!(outcome, Err(ClientError::OutcomeUnknown)), "{outcome:?}");
    // By now the connection is known to be lost: another request is not sent at all.
    let outcome = reserve(&client).await;
    assert!(matches!(outcome, Err(ClientError::Unreachable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_at_once() {
    let config = config(&FakeServer::start().await, PATIENT);
    let error = Client::connect(config.clone()).await.expect_err("nobody listens");
    let message = error.to_string();
    assert!(message.starts_with(&format!("no server at {} (", config.server)), "{message}");
    assert!(message.ends_with("start one with boxoffice-server"));
}

#[tokio::test]
async fn something_else_that_answers_is_told_from_a_server() {
    for (answer, said) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "speaks HTTP; name the port of the binary protocol",
        ),
        (&b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"[..], "what answers there is no Boxoffice server"),
    ] {
        let server = FakeServer::start().await;
        let play = async {
            let (mut peer, ..) = server.hello().await;
            peer.raw(answer).await;
        };
        let (outcome, ()) = join!(Client::connect(config(&server, PATIENT)), play);
        let message = outcome.expect_err("no server").to_string();
        assert!(message.contains(said), "{message}");
    }
}

#[tokio::test]
async fn a_busy_server_is_tried_again() {
    let server = FakeServer::start().await;
    let play = async {
        server.refuse(Refusal::Busy { retry_after_ms: 1 }).await;
        let mut peer = server.welcome().await;
        for refusal in [
            Refusal::Busy { retry_after_ms: 1 },
            Refusal::Unavailable { why: UnavailableWhy::ShuttingDown },
            Refusal::OutcomeUnknown,
        ] {
            let (correlation, _) = peer.request().await;
            peer.refuse(correlation, 0, refusal).await;
        }
        peer.book(3).await;
        peer
    };
    let call = async { reserve(&Client::connect(config(&server, PATIENT)).await?).await };
    let (booking, _peer) = join!(call, play);
    assert_eq!(booking.expect("reserved").version, 3);
}

#[tokio::test]
async fn an_outcome_that_the_server_lost_stays_unknown_until_the_same_request_tells() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, IMPATIENT).await;
    let play = async move {
        let (correlation, _) = peer.request().await;
        peer.refuse(correlation, 0, Refusal::OutcomeUnknown).await;
        drop(peer);
        drop(server);
    };
    let (outcome, ()) = join!(reserve(&client), play);
    assert!(matches!(outcome, Err(ClientError::OutcomeUnknown)), "{outcome:?}");
}

#[tokio::test]
async fn other_refusals_come_back_at_once_with_their_version() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let play = async {
        let (correlation, _) = peer.request().await;
        peer.refuse(correlation, 12, Refusal::SoldOut { free: 1 }).await;
    };
    let (outcome, ()) = join!(reserve(&client), play);
    let Err(ClientError::Refused { refusal, version }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((refusal, version), (Refusal::SoldOut { free: 1 }, 12));
}

#[tokio::test]
async fn no_more_are_in_flight_than_the_server_wants() {
    let mut server = FakeServer::start().await;
    server.in_flight = 3;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let calls: Vec<_> = (0..200)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { client.ping().await }
            })
        })
        .collect();
    let mut waiting = Vec::new();
    for _ in 0..200 {
        if waiting.is_empty() {
            waiting.push(peer.request().await);
        }
        while let Some(request) = peer.request_now() {
            waiting.push(request);
        }
        assert!(waiting.len() <= 3, "{} in flight", waiting.len());
        let (correlation, _) = waiting.remove(0);
        peer.reply(correlation, 0, Body::Pong { server_time: SERVER_TIME }).await;
    }
    for call in calls {
        assert_eq!(call.await.expect("it ran").expect("a pong"), SERVER_TIME);
    }
}

#[tokio::test]
async fn a_dropped_call_gives_its_slot_back() {
    let mut server = FakeServer::start().await;
    server.in_flight = 1;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.ping().await }
    });
    let (correlation, _) = peer.request().await;
    call.abort();
    assert!(call.await.expect_err("aborted").is_cancelled());
    let play = async {
        peer.reply(correlation, 0, Body::Pong { server_time: SERVER_TIME }).await;
        peer.pong().await;
    };
    let (pong, ()) = join!(client.ping(), play);
    assert_eq!(pong.expect("a pong"), SERVER_TIME);
}

#[tokio::test]
async fn a_silent_server_is_probed_and_then_given_up_for_another_connection() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, Duration::from_secs(3)).await;
    let play = async {
        let (_, first) = peer.request().await;
        assert_eq!(peer.request().await.1, Request::Ping);
        let mut renewed = server.welcome().await;
        assert_eq!(renewed.book(4).await, first);
        (peer, renewed)
    };
    let (booking, _peers) = join!(reserve(&client), play);
    assert_eq!(booking.expect("reserved").version, 4);
}

#[tokio::test]
async fn a_connection_ends_with_its_last_client() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let clone = client.clone();
    drop(client);
    let (pong, ()) = join!(clone.ping(), peer.pong());
    pong.expect("the clone still has it");
    drop(clone);
    peer.closed().await;
}

#[tokio::test]
async fn a_deadline_without_end_is_no_trouble() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, Duration::MAX).await;
    let (pong, ()) = join!(client.ping(), peer.pong());
    assert_eq!(pong.expect("a pong"), SERVER_TIME);
}

#[tokio::test]
async fn an_extension_reaches_no_further_when_it_is_sent_again() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let key = ReservationKey { event: event(), id: client.new_id(), customer: customer() };
    let play = async {
        let (_, first) = peer.request().await;
        drop(peer);
        let mut peer = server.welcome().await;
        assert_eq!(peer.book(2).await, first);
        (peer, first)
    };
    let (booking, (_peer, request)) = join!(client.extend(&key, Duration::from_secs(60)), play);
    booking.expect("extended");
    let Request::Extend { until, .. } = request else { panic!("{request:?}") };
    assert!(until.since(SERVER_TIME) >= Duration::from_secs(60));
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let row = |version| ReservationRow {
        version,
        reservation: reservation(client.new_id(), event(), customer(), Status::Held),
    };
    let pages = [vec![row(1), row(2)], vec![], vec![row(3)]];
    let cursors = [
        Some(Cursor { event: event(), version: Some(2) }),
        Some(Cursor { event: event(), version: None }),
        None,
    ];
    let play = async {
        let mut before = None;
        for (rows, next) in pages.iter().zip(&cursors) {
            let (correlation, request) = peer.request().await;
            let Request::ListReservations { after, .. } = request else { panic!("{request:?}") };
            assert_eq!(after, before);
            before.clone_from(next);
            let body = Body::Reservations { rows: rows.clone().into(), next: next.clone() };
            peer.reply(correlation, 0, body).await;
        }
    };
    let filter = ReservationFilter { customer: Some(customer()), ..ReservationFilter::default() };
    let (rows, ()) = join!(client.reservations(filter).all(), play);
    assert_eq!(rows.expect("three pages"), pages.concat());
}

#[tokio::test]
async fn row_53_a_list_whose_next_page_is_not_behind_the_last_ends_with_an_error() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let next = Some(Cursor { event: event(), version: Some(2) });
    let play = async {
        for _ in 0..2 {
            let (correlation, _) = peer.request().await;
            let body = Body::Reservations { rows: List::default(), next: next.clone() };
            peer.reply(correlation, 0, body).await;
        }
        let (correlation, _) = peer.request().await;
        let body = Body::Events { rows: List::default(), next: Some(event()) };
        peer.reply(correlation, 0, body.clone()).await;
        let (correlation, _) = peer.request().await;
        peer.reply(correlation, 0, body).await;
    };
    let lists = async {
        let reservations = client.reservations(ReservationFilter::default()).all().await;
        (reservations.map(drop), client.events().await.map(drop))
    };
    let ((reservations, events), ()) = join!(lists, play);
    assert!(matches!(reservations, Err(ClientError::Protocol(_))), "{reservations:?}");
    assert!(matches!(events, Err(ClientError::Protocol(_))), "{events:?}");
}

#[tokio::test]
async fn row_53_a_list_without_end_ends_with_the_time_for_all_of_it() {
    let server = FakeServer::start().await;
    let (client, mut peer) = connect(&server, PATIENT).await;
    let client = client.until(Instant::now() + IMPATIENT);
    let play = async {
        for page in 0.. {
            let (correlation, _) = peer.request().await;
            let next = EventId::parse(&format!("page-{page:09}")).expect("a slug");
            let body = Body::Events { rows: List::default(), next: Some(next) };
            peer.reply(correlation, 0, body).await;
        }
    };
    tokio::select! {
        outcome = client.events() => assert!(
            matches!(outcome, Err(ClientError::TimeIsUp | ClientError::OutcomeUnknown)),
            "{outcome:?}"
        ),
        () = play => {}
    }
}
