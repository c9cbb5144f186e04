//! Backups of a running server: what is in them, what they can be gone on from, and what is left
//! when one is not made.

mod common;

use boxoffice_protocol::id::{BackupName, ReservationId};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use common::cli::Cli;
use common::process::{Process, durable};
use common::{Raw, concert, create, hello, key, new_id, reserve, seat_map, standing, until};
use rusqlite::Connection;
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const EVENT: &str = "concert";
const CAPACITY: u32 = 1_000_000;

/// A data folder and a backup folder.
struct Place {
    _folder: TempDir,
    data: PathBuf,
    backups: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [data, backups] = ["data", "backups"].map(|name| folder.path().join(name));
        fs::create_dir(&backups).expect("a folder");
        Self { _folder: folder, data, backups }
    }

    fn start(&self) -> Process {
        Process::spawn(durable(&self.data).arg("--backup-dir").arg(&self.backups))
    }

    /// What is in the backup folder.
    fn list(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.backups).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
        let mut names: Vec<_> = names.map(|name| name.expect("UTF-8")).collect();
        names.sort();
        names
    }

    /// Keeps the rows from following, as somebody's shell may, until it is dropped: a backup of
    /// what is not in them yet goes on for so long.
    fn hold_the_rows(&self) -> Connection {
        let shell = Connection::open(self.data.join("boxoffice.db")).expect("it is there");
        shell.busy_timeout(common::PATIENCE).expect("a setting");
        shell.execute_batch("BEGIN IMMEDIATE").expect("nobody writes for so long");
        shell
    }
}

async fn connect(process: &Process) -> (Raw, Timestamp) {
    let mut client = Raw::silent(process.address).await;
    match client.ask(&hello()).await.body {
        Body::Welcome(welcome) => (client, welcome.server_time),
        other => panic!("{other:?}"),
    }
}

fn backup(name: &str) -> Request {
    Request::Backup { name: BackupName::parse(name).expect("a name") }
}

/// Has a backup made; returns its position.
async fn back_up(client: &mut Raw, name: &str) -> u64 {
    match client.ask(&backup(name)).await.body {
        Body::BackedUp { position, bytes } => {
            assert!(bytes > 0);
            position
        }
        other => panic!("{other:?}"),
    }
}

/// Reserves one place, and returns the id and the version that made.
async fn book(client: &mut Raw, now: Timestamp) -> (ReservationId, u64) {
    let id = new_id(now);
    let reply = client.ask(&reserve(id, EVENT, "ann", standing(1))).await;
    assert!(matches!(reply.body, Body::Reservation { effect: Effect::Applied, .. }), "{reply:?}");
    (id, reply.version)
}

/// Whether a server has a reservation; if so, it is a whole one.
async fn has(client: &mut Raw, id: ReservationId) -> bool {
    let look = Request::GetReservation { reservation: key(id, EVENT, "ann") };
    match client.ask(&look).await.body {
        Body::Reservation { reservation, .. } => reservation.status == Status::Confirmed,
        Body::Refused(Refusal::ReservationNotFound) => false,
        other => panic!("{other:?}"),
    }
}

/// A client that reserves, and notes what was acknowledged, until it is told to stop.
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
    let (mut client, _) = connect(&server).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    let (stop, mut shoppers) = (Arc::new(AtomicBool::new(false)), Vec::new());
    let books: Vec<_> = (0..8).map(|_| Arc::new(Mutex::new(Vec::new()))).collect();
    for book in &books {
        let customer = connect(&server).await;
        shoppers.push(tokio::spawn(shop(customer, Arc::clone(book), Arc::clone(&stop))));
    }
    let counts = || books.iter().map(|book| book.lock().expect("no panic").len());
    until("everybody has something", || counts().all(|count| count > 100)).await;
    let before: Vec<_> = counts().collect();
    let position = back_up(&mut client, "friday").await;
    let during: Vec<_> = counts().zip(&before).map(|(after, before)| after - before).collect();
    assert!(during.iter().all(|&count| count > 0), "somebody had to wait for it: {during:?}");
    let more = counts().max().unwrap_or_default() + 100;
    until("they go on", || counts().all(|count| count > more)).await;
    stop.store(true, Ordering::Relaxed);
    for shopper in shoppers {
        shopper.await.expect("a shopper does not panic");
    }

    let restored = Process::spawn(&mut durable(&place.backups.join("friday")));
    let (mut client, now) = connect(&restored).await;
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
    let (mut client, now) = connect(&server).await;
    client.ask(&create(EVENT, concert(10))).await;
    let id = new_id(now);
    let before = client.ask(&reserve(id, EVENT, "ann", standing(3))).await;
    back_up(&mut client, "friday").await;
    let lost = book(&mut client, now).await.0;

    for round in 0..2 {
        let restored = Process::spawn(&mut durable(&place.backups.join("friday")));
        let (mut client, now) = connect(&restored).await;
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
    let server = place.start();
    let (mut client, now) = connect(&server).await;
    client.ask(&create(EVENT, concert(10))).await;
    let held = place.hold_the_rows();
    let id = book(&mut client, now).await.0;
    let asked = client.send(&backup("friday")).await;
    assert!(has(&mut client, id).await);
    let (mut other, _) = connect(&server).await;
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

#[tokio::test]
async fn a_client_that_vanishes_leaves_a_whole_backup() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = connect(&server).await;
    client.ask(&create(EVENT, concert(10))).await;
    let held = place.hold_the_rows();
    let id = book(&mut client, now).await.0;
    client.send(&backup("friday")).await;
    until("it began", || place.list() == ["friday.partial~"]).await;
    drop((client, held));
    until("it is made", || place.list() == ["friday"]).await;
    let restored = Process::spawn(&mut durable(&place.backups.join("friday")));
    assert!(has(&mut connect(&restored).await.0, id).await);
}

#[tokio::test]
async fn a_server_that_is_stopped_ends_a_backup_and_says_so() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = connect(&server).await;
    client.ask(&create(EVENT, concert(10))).await;
    let held = place.hold_the_rows();
    book(&mut client, now).await;
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
    let mut random = fastrand::Rng::with_seed(common::seed());
    let mut server = place.start();
    connect(&server).await.0.ask(&create(EVENT, concert(CAPACITY))).await;
    let (mut partial, mut ids) = (0, Vec::new());
    for round in 0..12 {
        let (mut client, now) = connect(&server).await;
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
            assert!(has(&mut connect(&restored).await.0, ids[round]).await);
        } else {
            assert!(begun.exists() && !begun.join("boxoffice.db").exists());
            partial += 1;
        }
        server = place.start();
        assert!(!begun.exists(), "a start cleans up");
    }
    assert!(partial > 0, "none was killed in the middle");
    let (mut client, _) = connect(&server).await;
    back_up(&mut client, "at-last").await;
    for id in ids {
        assert!(has(&mut client, id).await, "backups cost nothing");
    }
}

#[tokio::test]
async fn names_that_are_paths_are_refused_and_nothing_is_made() {
    let place = Place::new();
    let server = place.start();
    let (mut client, _) = connect(&server).await;
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
        let refusal = connect(&server).await.0.refused(&backup("friday")).await;
        assert_eq!(refusal, Refusal::NoBackupFolder);
        assert!(refusal.to_string().contains(named), "{refusal}");
    }
    let mut contradiction = common::process::command();
    let output = contradiction.arg("--backup-dir").arg(&place.backups).output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("backup-dir"), "{stderr}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_fails_the_backup_and_nothing_else() {
    let place = Place::new();
    fs::remove_dir(&place.backups).expect("it is empty");
    let server = place.start();
    let (mut client, now) = connect(&server).await;
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

    // Nobody may write there, not even root.
    let mut command = durable(&place.data.with_extension("other"));
    let server = Process::spawn(command.args(["--backup-dir", "/proc"]));
    let refusal = connect(&server).await.0.refused(&backup("friday")).await;
    assert!(matches!(refusal, Refusal::BackupFailed { .. }), "{refusal:?}");
}

/// A server whose backup folder is a file system of this size; none where the machine lets nobody
/// mount one.
fn with_little_room(place: &Place, size: &str) -> Option<Process> {
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
        unshare
    };
    let mount = format!("mount -t tmpfs -o size={size} tmpfs {}", place.backups.display());
    if !unshare().arg(&mount).status().is_ok_and(|status| status.success()) {
        println!("SKIPPED: this machine lets nobody mount a file system");
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
    for size in ["4k", "64k", "96k"] {
        let Some(server) = with_little_room(&place, size) else { return };
        let (mut client, now) = connect(&server).await;
        client.ask(&create(EVENT, concert(CAPACITY))).await;
        for _ in 0..2 {
            let refusal = client.refused(&backup("friday")).await;
            let Refusal::BackupFailed { why } = &refusal else { panic!("{size}: {refusal:?}") };
            assert!(why.to_lowercase().contains("no space"), "{size}: {why}");
        }
        book(&mut client, now).await;
    }
    let Some(server) = with_little_room(&place, "64m") else { return };
    assert_eq!(back_up(&mut connect(&server).await.0, "friday").await, 4);
}

/// Copies a folder of files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("room");
    }
}

/// What a server says that does not start on a folder.
fn does_not_start(data: &Path) -> String {
    let output = durable(data).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[tokio::test]
async fn a_journal_beside_a_backup_is_replayed_only_if_it_goes_on_from_it() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = connect(&server).await;
    client.ask(&create(EVENT, concert(10))).await;
    book(&mut client, now).await;
    back_up(&mut client, "friday").await;
    let later = book(&mut client, now).await;
    server.signal(Signal::KILL);
    server.wait();

    // The journal of the same history: it is replayed, and what was lost is there again.
    let [both, other] = ["both", "other"].map(|name| place.data.with_extension(name));
    copy(&place.backups.join("friday"), &both);
    copy(&place.data.join("journal"), &both.join("journal"));
    let rolled_forward = Process::spawn(&mut durable(&both));
    let (mut client, _) = connect(&rolled_forward).await;
    assert!(has(&mut client, later.0).await);
    assert_eq!(client.ask(&seat_map(EVENT)).await.version, later.1);

    // A backup that was gone on from has another history under the same numbers.
    copy(&place.backups.join("friday"), &other);
    let gone_on = Process::spawn(&mut durable(&other));
    let (mut client, now) = connect(&gone_on).await;
    let id = book(&mut client, now).await;
    assert_eq!(id.1, later.1);
    gone_on.signal(Signal::TERM);
    assert!(gone_on.wait().0.success());
    fs::rename(other.join("journal"), other.join("its own")).expect("a folder");
    let lost = does_not_start(&other);
    assert!(
        lost.contains("the journal that belongs to") && lost.contains("stands_alone"),
        "{lost}"
    );
    copy(&place.data.join("journal"), &other.join("journal"));
    let mixed = does_not_start(&other);
    assert!(mixed.contains("do not belong together"), "{mixed}");
    fs::remove_dir_all(other.join("journal")).expect("a folder");
    fs::rename(other.join("its own"), other.join("journal")).expect("a folder");
    let again = Process::spawn(&mut durable(&other));
    assert!(has(&mut connect(&again).await.0, id.0).await);
}

#[test]
fn the_command_line_has_backups_made() {
    let place = Place::new();
    let server = place.start();
    let cli = Cli::of(&server);
    cli.done("event create x --name X --starts 2030-01-01T00:00:00Z --section a=5@9");
    let made = cli.object("backup friday");
    assert_eq!((&made["name"], &made["position"]), (&"friday".into(), &1.into()));
    let size = fs::metadata(place.backups.join("friday/boxoffice.db")).expect("it is there").len();
    assert_eq!(made["bytes"], size);
    let table = cli.done("backup saturday");
    assert_eq!(table, format!("backup\tchanges\tbytes\nsaturday\t1\t{size}\n"));
    let (name, object) = cli.refused("backup friday");
    assert_eq!((name.as_str(), &object["code"]), ("BackupExists", &24.into()));
    cli.run("backup ../up").ended(2);
    cli.run("backup friday --server 127.0.0.1:1 --timeout 100ms").ended(3);
}
