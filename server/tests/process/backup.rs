//! Backups of a running server: their content, servers that start from them, and clients that go on
//! while one is made.

use super::backup_folder::{CAPACITY, EVENT, Place, back_up, backup, book, has};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::{Raw, concert, create, new_id, reserve, seat_map, standing, until};
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A client that reserves until it is stopped, and notes the acknowledged reservations.
async fn shop(
    (mut client, now): (Raw, Timestamp),
    acknowledged: Arc<Mutex<Vec<(ReservationId, u64)>>>,
    stop: Arc<AtomicBool>,
) {
    while !stop.load(Ordering::Relaxed) {
        let ids: Vec<_> = (0..8).map(|_| new_id(now)).collect();
        for id in &ids {
            client.send(&reserve(*id, EVENT, "ann", standing(1))).await;
        }
        for id in ids {
            let reply = client.receive().await.expect("an answer").reply;
            assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
            acknowledged.lock().expect("no panic").push((id, reply.version));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_the_server_at_one_moment() {
    let place = Place::new();
    let server = place.start();
    let (mut client, _) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    let (stop, mut shoppers) = (Arc::new(AtomicBool::new(false)), Vec::new());
    let books: Vec<_> = (0..8).map(|_| Arc::new(Mutex::new(Vec::new()))).collect();
    for book in &books {
        let customer = Raw::welcomed(server.address).await;
        shoppers.push(tokio::spawn(shop(customer, Arc::clone(book), Arc::clone(&stop))));
    }
    let counts = || books.iter().map(|book| book.lock().expect("no panic").len());
    until("everybody has something", || counts().all(|count| count > 100)).await;
    // A shopper that this machine did not get round to is late in one backup, and not in all.
    let (mut backups, mut waited) = (1, Vec::new());
    let (name, before, position) = loop {
        let (name, before): (_, Vec<_>) = (format!("backup-{backups}"), counts().collect());
        let position = back_up(&mut client, &name).await;
        let during: Vec<_> = counts().zip(&before).map(|(after, before)| after - before).collect();
        if during.iter().all(|&count| count > 0) {
            break (name, before, position);
        }
        waited.push(during);
        assert!(backups < 10, "in every backup a shopper had to wait for it: {waited:?}");
        backups += 1;
    };
    let more = counts().max().unwrap_or_default() + 100;
    until("they go on", || counts().all(|count| count > more)).await;
    stop.store(true, Ordering::Relaxed);
    for shopper in shoppers {
        shopper.await.expect("a shopper does not panic");
    }

    let restored = Process::spawn(&mut durable(&place.backups.join(name)));
    let (mut client, now) = Raw::welcomed(restored.address).await;
    // There is one event, so that its versions are the ledger's positions.
    let map = client.ask(&seat_map(EVENT)).await;
    assert_eq!(map.version, position);
    let Body::Seats(map) = map.body else { panic!("a map") };
    let counts = map.sections[0].counts;
    assert_eq!((counts.sold, counts.capacity()), (position - 1, u64::from(CAPACITY)));
    let mut found = 0;
    for (book, before) in books.iter().zip(before) {
        let book = book.lock().expect("no panic").clone();
        assert!(book[..before].iter().all(|(_, version)| *version <= position));
        for (id, version) in book {
            assert_eq!(has(&mut client, id).await, version <= position, "{id}, version {version}");
            found += u64::from(version <= position);
        }
    }
    assert_eq!(found, position - 1, "everything in it was somebody's");
    assert_eq!(book(&mut client, now).await.1, position + 1, "it goes on from there");
}

#[tokio::test]
async fn a_restored_server_knows_a_repeated_request_again() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(10))).await;
    let id = new_id(now);
    let before = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    back_up(&mut client, "friday").await;
    let lost = book(&mut client, now).await.0;

    for round in 0..2 {
        let restored = Process::spawn(&mut durable(&place.backups.join("friday")));
        let (mut client, now) = Raw::welcomed(restored.address).await;
        let after = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
        assert_eq!(after.version, before.version + round);
        let (
            Body::Reservation { reservation: a, .. },
            Body::Reservation { reservation: b, effect },
        ) = (&before.body, &after.body)
        else {
            panic!("{after:?}")
        };
        assert_eq!((a, *effect), (b, Effect::Unchanged));
        let conflict = client.refused(&reserve(id, EVENT, "ann", standing(4))).await;
        assert_eq!(conflict, Refusal::IdConflict);
        assert!(!has(&mut client, lost).await, "it was made after the backup");
        if round == 0 {
            // It has a journal of its own now, which it needs from here on.
            book(&mut client, now).await;
            restored.signal(Signal::KILL);
            restored.wait();
        }
    }
}

#[tokio::test]
async fn a_connection_that_waits_for_a_backup_goes_on() {
    let place = Place::new();
    let (server, mut client, id, held) = place.start_behind().await;
    let asked = client.send(&backup("friday")).await;
    assert!(has(&mut client, id).await);
    let (mut other, _) = Raw::welcomed(server.address).await;
    assert_eq!(other.refused(&backup("saturday")).await, Refusal::BackupRunning);
    assert_eq!(client.refused(&backup("friday")).await, Refusal::BackupRunning);
    until("it began", || place.list() == ["friday.partial~"]).await;
    drop(held);
    let made = client.receive().await.expect("an answer");
    assert_eq!(made.correlation, asked);
    assert!(matches!(made.reply.body, Body::BackedUp { position: 2, .. }), "{made:?}");
    assert_eq!(place.list(), ["friday"]);

    // One at a time, but any number after each other; and none over another one.
    assert_eq!(other.refused(&backup("friday")).await, Refusal::BackupExists);
    fs::write(place.backups.join("notes"), "not ours").expect("a file");
    assert_eq!(other.refused(&backup("notes")).await, Refusal::BackupExists);
    assert_eq!(back_up(&mut other, "saturday").await, 2);
    assert_eq!(place.list(), ["friday", "notes", "saturday"]);
}

/// Copies a folder of files.
fn copy(from: &Path, to: &Path) {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("room");
    }
}

/// What a server says that does not start on a folder.
fn does_not_start(data: &Path) -> String {
    let output = durable(data).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[tokio::test]
async fn a_journal_beside_a_backup_is_replayed_only_if_it_goes_on_from_it() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(10))).await;
    book(&mut client, now).await;
    back_up(&mut client, "friday").await;
    let later = book(&mut client, now).await;
    server.signal(Signal::KILL);
    server.wait();

    // The journal of the same history is replayed, and brings the lost reservation back.
    let [both, other] = ["both", "other"].map(|name| place.data.with_extension(name));
    copy(&place.backups.join("friday"), &both);
    copy(&place.data.join("journal"), &both.join("journal"));
    let rolled_forward = Process::spawn(&mut durable(&both));
    let (mut client, _) = Raw::welcomed(rolled_forward.address).await;
    assert!(has(&mut client, later.0).await);
    assert_eq!(client.ask(&seat_map(EVENT)).await.version, later.1);

    // A backup that was gone on from has another history under the same numbers.
    copy(&place.backups.join("friday"), &other);
    let gone_on = Process::spawn(&mut durable(&other));
    let (mut client, now) = Raw::welcomed(gone_on.address).await;
    let id = book(&mut client, now).await;
    assert_eq!(id.1, later.1);
    gone_on.signal(Signal::TERM);
    assert!(gone_on.wait().0.success());
    fs::rename(other.join("journal"), other.join("its own")).expect("a folder");
    let is_missing =
        |told: &str| told.contains("the journal that belongs to") && told.contains("stands_alone");
    let lost = does_not_start(&other);
    assert!(is_missing(&lost), "{lost}");
    // What a server keeps back for a full disk is no journal.
    fs::create_dir_all(other.join("journal")).expect("a folder");
    fs::write(other.join("journal/ballast"), [0; 4096]).expect("a file");
    let lost = does_not_start(&other);
    assert!(is_missing(&lost), "{lost}");
    copy(&place.data.join("journal"), &other.join("journal"));
    let mixed = does_not_start(&other);
    assert!(mixed.contains("do not belong together"), "{mixed}");
    fs::remove_dir_all(other.join("journal")).expect("a folder");
    fs::rename(other.join("its own"), other.join("journal")).expect("a folder");
    let again = Process::spawn(&mut durable(&other));
    assert!(has(&mut Raw::welcomed(again.address).await.0, id.0).await);
}
