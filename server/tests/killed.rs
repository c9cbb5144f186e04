//! A real server on a real disk, killed at any moment: everything that was acknowledged is there
//! at the next start, and what was not is there once or not at all.

mod common;

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use common::process::{Process, durable};
use common::shoppers::{CAPACITY, EVENT, LONG_HOLDS, Shopper, audit, connect, shop, shoppers};
use common::{concert, create, event, hold, new_id, reserve, standing};
use rustix::process::Signal;
use std::path::Path;
use std::time::Duration;

async fn round(folder: &Path, mut known: Vec<Shopper>, random: &mut fastrand::Rng) -> Vec<Shopper> {
    let process = Process::spawn(durable(folder).args(LONG_HOLDS));
    let (mut client, _) = connect(&process).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    audit(&process, &mut known).await;
    let shopping = shop(&process, known).await;
    tokio::time::sleep(Duration::from_millis(random.u64(1..60))).await;
    process.signal(Signal::KILL);
    let known = shopping.join_all().await;
    assert!(known.iter().all(|shopper| shopper.unknown + shopper.unavailable == 0));
    known
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let rounds = std::env::var("BOXOFFICE_KILLS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds: usize = rounds.unwrap_or(50);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let mut random = fastrand::Rng::with_seed(common::seed());
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
    let (mut client, now) = connect(&process).await;
    client.ask(&create(EVENT, concert(10))).await;
    let id = new_id(now);
    let before = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    client.ask(&create("gone", concert(10))).await;
    client.ask(&Request::DeleteEvent { event: event("gone"), force: Default::default() }).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());

    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = connect(&process).await;
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
    let (mut client, now) = connect(&process).await;
    client.ask(&create(EVENT, concert(1))).await;
    client.ask(&hold(new_id(now), EVENT, "ann", standing(1))).await;
    process.signal(Signal::KILL);
    process.wait();
    tokio::time::sleep(Duration::from_millis(1_001)).await;
    let process = Process::spawn(&mut durable(&data));
    let (mut client, now) = connect(&process).await;
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
