//! A real server on a real disk, killed at any moment: everything that was acknowledged is there
//! at the next start, and what was not is there once or not at all.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod common;

use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use common::process::{Process, durable};
use common::{Raw, concert, create, event, hello, hold, key, new_id, reserve, standing};
use rustix::process::Signal;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

const EVENT: &str = "concert";
const CAPACITY: u32 = 1_000_000;
const CLIENTS: usize = 4;
/// No hold expires while the test runs.
const LONG_HOLDS: [&str; 2] = ["--hold-default", "30m"];

/// What a client knows of one reservation after the server was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It was acknowledged with this status.
    As(Status),
    /// It was asked to be this, and no answer came; before, it was acknowledged with that, if at
    /// all.
    Unknown { asked: Status, before: Option<Status> },
}

type Book = HashMap<ReservationId, Known>;

async fn connect(process: &Process) -> Option<(Raw, Timestamp)> {
    let mut client = Raw::silent(process.address).await;
    client.send(&hello()).await;
    match client.receive().await?.reply.body {
        Body::Welcome(welcome) => Some((client, welcome.server_time)),
        other => panic!("{other:?}"),
    }
}

/// Reserves, holds, confirms, releases and cancels until the connection breaks; a few at a time.
async fn shop(
    mut client: Raw,
    now: Timestamp,
    name: String,
    mut book: Book,
    mut random: fastrand::Rng,
) -> Book {
    loop {
        let mut asked = HashMap::new();
        for _ in 0..random.usize(1..8) {
            let (id, wish, status, before) = wish(&mut random, &book, &name, now);
            if asked.values().any(|(other, _)| *other == id) {
                continue;
            }
            let (correlation, bytes) = client.encode(&wish);
            asked.insert(correlation, (id, status));
            book.insert(id, Known::Unknown { asked: status, before });
            if tokio::io::AsyncWriteExt::write_all(&mut client.stream, &bytes).await.is_err() {
                return book;
            }
        }
        for _ in 0..asked.len() {
            let Some(frame) = client.receive().await else { return book };
            let (id, status) = asked[&frame.correlation];
            match frame.reply.body {
                Body::Reservation { reservation, .. } => {
                    assert_eq!((reservation.id, reservation.status), (id, status));
                    book.insert(id, Known::As(status));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn wish(
    random: &mut fastrand::Rng,
    book: &Book,
    name: &str,
    now: Timestamp,
) -> (ReservationId, Request, Status, Option<Status>) {
    let known = random.usize(..book.len().max(1));
    let known = book.iter().nth(known).map(|(id, known)| (*id, *known));
    match known {
        Some((id, Known::As(Status::Held))) if random.bool() => {
            let request = Request::Confirm { reservation: key(id, EVENT, name), keep: None };
            (id, request, Status::Confirmed, Some(Status::Held))
        }
        Some((id, Known::As(Status::Held))) => {
            let request = Request::Release { reservation: key(id, EVENT, name), keep: None };
            (id, request, Status::Released, Some(Status::Held))
        }
        Some((id, Known::As(Status::Confirmed))) if random.bool() => {
            let request = Request::Cancel { reservation: key(id, EVENT, name), keep: None };
            (id, request, Status::Cancelled, Some(Status::Confirmed))
        }
        _ if random.bool() => {
            let id = new_id(now);
            (id, hold(id, EVENT, name, standing(1)), Status::Held, None)
        }
        _ => {
            let id = new_id(now);
            (id, reserve(id, EVENT, name, standing(1)), Status::Confirmed, None)
        }
    }
}

/// Asks the server what it has of each reservation. What was acknowledged has to be so still.
async fn audit(client: &mut Raw, name: &str, book: &mut Book) {
    for (id, known) in book.iter_mut() {
        let look = Request::GetReservation { reservation: key(*id, EVENT, name) };
        let found = match client.ask(&look).await.body {
            Body::Reservation { reservation, .. } => Some(reservation.status),
            Body::Refused(Refusal::ReservationNotFound) => None,
            other => panic!("{other:?}"),
        };
        match *known {
            Known::As(status) => assert_eq!(found, Some(status), "{id} was acknowledged"),
            Known::Unknown { asked, before } => {
                assert!(found == Some(asked) || found == before, "{id}: {known:?}, {found:?}");
            }
        }
        if let Some(status) = found {
            *known = Known::As(status);
        }
    }
    // What is not there was never applied; it is asked for again below, or forgotten.
    let lost = book.iter().filter(|(_, known)| matches!(known, Known::Unknown { .. }));
    let lost: Vec<_> = lost.map(|(id, known)| (*id, *known)).collect();
    for (id, known) in lost {
        let Known::Unknown { asked, .. } = known else { continue };
        let again = match asked {
            Status::Confirmed => reserve(id, EVENT, name, standing(1)),
            _ => hold(id, EVENT, name, standing(1)),
        };
        for effect in [Effect::Applied, Effect::Unchanged] {
            let Body::Reservation { effect: found, .. } = client.ask(&again).await.body else {
                panic!("{again:?}")
            };
            assert_eq!(found, effect, "a retry has one effect");
        }
        book.insert(id, Known::As(asked));
    }
}

/// The server's own counts agree with what the clients know.
async fn check_counts(client: &mut Raw, books: &[Book]) {
    let number = |status| {
        let all = books.iter().flat_map(HashMap::values);
        all.filter(|known| **known == Known::As(status)).count() as u64
    };
    let Body::Seats(map) = client.ask(&common::seat_map(EVENT)).await.body else { panic!("a map") };
    let counts = map.sections[0].counts;
    assert_eq!((counts.held, counts.sold), (number(Status::Held), number(Status::Confirmed)));
    assert_eq!(counts.capacity(), u64::from(CAPACITY));
}

async fn round(folder: &Path, books: &mut [Book], random: &mut fastrand::Rng) {
    let process = Process::spawn(durable(folder).args(LONG_HOLDS));
    let (mut client, _) = connect(&process).await.expect("it was just started");
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    for (number, book) in books.iter_mut().enumerate() {
        audit(&mut client, &name(number), book).await;
    }
    check_counts(&mut client, books).await;
    let mut shopping = Vec::new();
    for (number, book) in books.iter_mut().enumerate() {
        let (client, now) = connect(&process).await.expect("it runs");
        shopping.push(tokio::spawn(shop(
            client,
            now,
            name(number),
            std::mem::take(book),
            random.fork(),
        )));
    }
    tokio::time::sleep(Duration::from_millis(random.u64(1..60))).await;
    process.signal(Signal::KILL);
    for (book, shopper) in books.iter_mut().zip(shopping) {
        *book = shopper.await.expect("a shopper does not panic");
    }
}

fn name(number: usize) -> String {
    format!("customer-{number}")
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let rounds = std::env::var("BOXOFFICE_KILLS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(50);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut books = vec![Book::new(); CLIENTS];
    let mut random = fastrand::Rng::with_seed(common::seed());
    for _ in 0..rounds {
        round(&data, &mut books, &mut random).await;
    }
    let process = Process::spawn(durable(&data).args(LONG_HOLDS));
    let (mut client, _) = connect(&process).await.expect("it was just started");
    for (number, book) in books.iter_mut().enumerate() {
        audit(&mut client, &name(number), book).await;
    }
    check_counts(&mut client, &books).await;
    let known: usize = books.iter().map(HashMap::len).sum();
    println!("{rounds} rounds, {known} reservations");
    assert!(known > rounds, "not much happened");
}

#[tokio::test]
async fn everything_is_there_after_a_clean_stop_and_an_equal_request_is_known_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let (mut client, now) = connect(&process).await.expect("it was just started");
    client.ask(&create(EVENT, concert(10))).await;
    let id = new_id(now);
    let before = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    client.ask(&create("gone", concert(10))).await;
    client.ask(&Request::DeleteEvent { event: event("gone"), force: Default::default() }).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());

    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = connect(&process).await.expect("it was just started");
    let after = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    assert_eq!(after.version, before.version);
    let (
        Body::Reservation { reservation: one, .. },
        Body::Reservation { reservation: other, effect },
    ) = (before.body, after.body)
    else {
        panic!("a reservation")
    };
    assert_eq!((one, effect), (other, Effect::Unchanged));
    let conflict = client.refused(&reserve(id, EVENT, "ann", standing(4))).await;
    assert_eq!(conflict, Refusal::IdConflict);
    let again = client.ask(&create("gone", concert(10))).await;
    assert_eq!(again.version, 3, "an event created again goes on from its last version");
}

#[tokio::test]
async fn downtime_counts_against_holds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut command = durable(&data);
    let process = Process::spawn(command.args(["--hold-default", "1s"]));
    let (mut client, now) = connect(&process).await.expect("it was just started");
    client.ask(&create(EVENT, concert(1))).await;
    client.ask(&hold(new_id(now), EVENT, "ann", standing(1))).await;
    process.signal(Signal::KILL);
    process.wait();
    tokio::time::sleep(Duration::from_millis(1_001)).await;
    let process = Process::spawn(&mut durable(&data));
    let (mut client, now) = connect(&process).await.expect("it was just started");
    let reply = client.ask(&reserve(new_id(now), EVENT, "bob", standing(1))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
}

#[test]
fn a_second_server_on_a_folder_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let _first = Process::spawn(&mut durable(&data));
    let output = durable(&data).output().expect("the binary is built");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains(data.to_str().expect("UTF-8")) && stderr.contains("--data"),
        "{stderr}"
    );
}
