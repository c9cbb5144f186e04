//! `kill -9` at any moment: every acknowledged request is there at the next start, and every other
//! one once or not at all. Also a clean stop, and two servers on one folder.

use super::shoppers::{CAPACITY, EVENT, LONG_HOLDS, Shopper, audit, shop, shoppers};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, durable, durable_at};
use boxoffice_testing::reserved_port::ReservedPort;
use boxoffice_testing::{
    Raw, client_at, concert, create, customer, event, film, new_id, reserve, seats, seed, standing,
    until,
};
use rustix::process::Signal;
use std::path::Path;

/// A server is killed after fewer acknowledgements than this.
const MOST_ACKNOWLEDGED: usize = 400;

async fn round(folder: &Path, mut known: Vec<Shopper>, random: &mut fastrand::Rng) -> Vec<Shopper> {
    let process = Process::spawn(durable(folder).args(LONG_HOLDS));
    let (mut client, _) = Raw::welcomed(process.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    audit(&process, &mut known).await;
    let shopping = shop(&process, known).await;
    let enough = random.usize(..MOST_ACKNOWLEDGED);
    until("some are acknowledged", || shopping.acknowledged() >= enough).await;
    process.signal(Signal::KILL);
    let known = shopping.ended().await;
    assert!(known.iter().all(|shopper| shopper.unknown + shopper.unavailable == 0));
    known
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let rounds = std::env::var("BOXOFFICE_KILLS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(50);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut random = fastrand::Rng::with_seed(seed());
    let mut known = shoppers(4, &mut random);
    for _ in 0..rounds {
        known = round(&data, known, &mut random).await;
    }
    let process = Process::spawn(durable(&data).args(LONG_HOLDS));
    audit(&process, &mut known).await;
    let reservations: usize = known.iter().map(Shopper::known).sum();
    println!("{rounds} rounds, {reservations} reservations");
    assert!(reservations > rounds, "not much happened");
}

#[tokio::test]
async fn everything_is_there_after_a_clean_stop_and_an_equal_request_is_known_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let (mut client, now) = Raw::welcomed(process.address).await;
    client.ask(&create(EVENT, concert(10))).await;
    let id = new_id(now);
    let before = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    client.ask(&create("gone", concert(10))).await;
    client.ask(&Request::DeleteEvent { event: event("gone"), force: Default::default() }).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());

    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = Raw::welcomed(process.address).await;
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

#[tokio::test]
async fn the_library_reconnects_to_a_server_that_started_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let port = ReservedPort::new().expect("a free port");
    let serve = || {
        let command =
            &mut durable_at(&folder.path().join("data"), &port.address.to_string(), "off");
        Process::spawn(command)
    };
    let process = serve();
    let client = client_at(process.address).await;
    let (dune, ann) = (event("dune"), customer("ann"));
    client.create_event(&dune, film(1, 2)).await.expect("created");
    let (id, seat) = (client.new_id(), seats(&["A1"]));
    let booked = client.reserve(id, &dune, &ann, &seat).await.expect("reserved");
    drop(process);
    let _again = serve();
    let same = client.reserve(id, &dune, &ann, &seat).await.expect("over a new connection");
    assert_eq!((same.effect, same.reservation), (Effect::Unchanged, booked.reservation));
}
