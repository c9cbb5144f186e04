//! Backups that are not made, because the client vanishes, the server ends or the folder cannot be
//! used; and the files that they leave.

use super::backup_folder::{CAPACITY, EVENT, Place, back_up, backup, book, has};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_testing::process::{Process, command, durable};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{Raw, concert, create, seed, test_name, until};
use rustix::process::Signal;
use std::fs;
use std::process::Command;

#[tokio::test]
async fn a_client_that_vanishes_leaves_a_whole_backup() {
    let place = Place::new();
    let (_server, mut client, id, held) = place.start_behind().await;
    client.send(&backup("friday")).await;
    until("it began", || place.list() == ["friday.partial~"]).await;
    drop((client, held));
    until("it is made", || place.list() == ["friday"]).await;
    let restored = Process::spawn(&mut durable(&place.backups.join("friday")));
    assert!(has(&mut Raw::welcomed(restored.address).await.0, id).await);
}

#[tokio::test]
async fn a_server_that_is_stopped_ends_a_backup_and_says_so() {
    let place = Place::new();
    let (server, mut client, _, held) = place.start_behind().await;
    client.send(&backup("friday")).await;
    until("it began", || place.list() == ["friday.partial~"]).await;
    server.signal(Signal::TERM);
    let reply = client.receive().await.expect("an answer").reply;
    let stopping = Refusal::Unavailable { why: UnavailableWhy::ShuttingDown };
    assert_eq!(reply.body, Body::Refused(stopping));
    assert_eq!(place.list(), [""; 0]);
    assert!(client.closed().await.is_empty());
    drop(held);
    assert!(server.wait().0.success());
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_nothing_that_looks_whole() {
    let place = Place::new();
    let mut random = fastrand::Rng::with_seed(seed());
    let mut server = place.start();
    Raw::welcomed(server.address).await.0.ask(&create(EVENT, concert(CAPACITY))).await;
    let (mut partial, mut ids) = (0, Vec::new());
    for round in 0..12 {
        let (mut client, now) = Raw::welcomed(server.address).await;
        let held = place.hold_the_rows();
        ids.push(book(&mut client, now).await.0);
        let name = format!("backup-{round}");
        client.send(&backup(&name)).await;
        let begun = place.backups.join(format!("{name}.partial~"));
        until("it began", || begun.exists()).await;
        drop(held);
        // Then some time passes, which only the machine knows.
        for _ in 0..random.u32(0..4_000) * u32::from(round > 0) {
            std::hint::black_box(place.list());
        }
        server.signal(Signal::KILL);
        server.wait();
        let whole = place.backups.join(&name);
        if whole.exists() {
            assert!(!begun.exists());
            let restored = Process::spawn(&mut durable(&whole));
            assert!(has(&mut Raw::welcomed(restored.address).await.0, ids[round]).await);
        } else {
            assert!(begun.exists() && !begun.join("boxoffice.db").exists());
            partial += 1;
        }
        server = place.start();
        assert!(!begun.exists(), "a start cleans up");
    }
    assert!(partial > 0, "none was killed in the middle");
    let (mut client, _) = Raw::welcomed(server.address).await;
    back_up(&mut client, "at-last").await;
    for id in ids {
        assert!(has(&mut client, id).await, "backups cost nothing");
    }
}

#[tokio::test]
async fn names_that_are_paths_are_refused_and_nothing_is_made() {
    let place = Place::new();
    let server = place.start();
    let (mut client, _) = Raw::welcomed(server.address).await;
    let long = "x".repeat(65);
    let names =
        ["", ".", "..", "../data/x", "/tmp/x", "a/b", "-rf", ".x", "x.", "x~", "a\0b", &long];
    for (correlation, name) in (100..).zip(names) {
        let length = u8::try_from(name.len()).expect("short");
        let message = [&[19, length], name.as_bytes()].concat();
        let frame_length = u32::try_from(message.len() + 4).expect("short");
        let frame = [&frame_length.to_le_bytes()[..], &u32::to_le_bytes(correlation), &message];
        client.send_bytes(&frame.concat()).await;
        let answer = client.receive().await.expect("the connection stays open");
        let Body::Refused(Refusal::Invalid { field, .. }) = &answer.reply.body else {
            panic!("{name:?}: {answer:?}")
        };
        assert_eq!((answer.correlation, field.as_str()), (correlation, "backup"), "{name:?}");
    }
    assert_eq!(place.list(), [""; 0]);
    assert!(!place.data.join("x").exists());
}

#[tokio::test]
async fn without_a_folder_for_them_there_are_none() {
    let place = Place::new();
    let named = "start it with --backup-dir";
    for server in [Process::spawn(&mut durable(&place.data)), Process::start(&[])] {
        let refusal = Raw::welcomed(server.address).await.0.refused(&backup("friday")).await;
        assert_eq!(refusal, Refusal::NoBackupFolder);
        assert!(refusal.to_string().contains(named), "{refusal}");
    }
    let mut contradiction = command();
    let output = contradiction.arg("--backup-dir").arg(&place.backups).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("backup-dir"), "{stderr}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_fails_the_backup_and_nothing_else() {
    let place = Place::new();
    fs::remove_dir(&place.backups).expect("it is empty");
    let server = place.start();
    let (mut client, now) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(10))).await;
    let refusal = client.refused(&backup("friday")).await;
    assert!(matches!(refusal, Refusal::BackupFailed { .. }), "{refusal:?}");
    fs::write(&place.backups, "a file").expect("room");
    let refusal = client.refused(&backup("friday")).await;
    assert!(matches!(refusal, Refusal::BackupFailed { .. }), "{refusal:?}");
    fs::remove_file(&place.backups).expect("it is there");
    fs::create_dir(&place.backups).expect("a folder");
    book(&mut client, now).await;
    assert_eq!(back_up(&mut client, "friday").await, 2);

    // No user may write there, not even root.
    let mut command = durable(&place.data.with_extension("other"));
    let server = Process::spawn(command.args(["--backup-dir", "/proc"]));
    let refusal = Raw::welcomed(server.address).await.0.refused(&backup("friday")).await;
    assert!(matches!(refusal, Refusal::BackupFailed { .. }), "{refusal:?}");
}

/// A server whose backup folder is a file system of this size; none where no test may mount one.
fn with_little_room(test: &str, place: &Place, size: &str) -> Option<Process> {
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
        unshare
    };
    let mount = format!("mount -t tmpfs -o size={size} tmpfs {}", place.backups.display());
    if !unshare().arg(&mount).status().is_ok_and(|status| status.success()) {
        skip(test, Need::Mount, "no small file system can be mounted");
        return None;
    }
    let server = durable(&place.data);
    let mut command = unshare();
    command.arg(format!("{mount} && exec \"$@\"")).arg("sh").arg(server.get_program());
    Some(Process::spawn(command.args(server.get_args()).arg("--backup-dir").arg(&place.backups)))
}

#[tokio::test]
async fn a_full_disk_fails_the_backup_and_nothing_else() {
    let place = Place::new();
    // No room for its lock, for its pages, for the last of them.
    for size in ["4k", "24k", "48k"] {
        let Some(server) = with_little_room(test_name!(), &place, size) else { return };
        let (mut client, now) = Raw::welcomed(server.address).await;
        client.ask(&create(EVENT, concert(CAPACITY))).await;
        for _ in 0..2 {
            let refusal = client.refused(&backup("friday")).await;
            let Refusal::BackupFailed { why } = &refusal else { panic!("{size}: {refusal:?}") };
            assert!(why.to_lowercase().contains("no space"), "{size}: {why}");
        }
        book(&mut client, now).await;
    }
    let Some(server) = with_little_room(test_name!(), &place, "64m") else { return };
    assert_eq!(back_up(&mut Raw::welcomed(server.address).await.0, "friday").await, 4);
}
