//! `boxoffice-server check`: it finds and names damage and nothing else, changes nothing, and does
//! not disturb a running server.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

use super::data_folder::{Folder, fill};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{program, run};
use boxoffice_testing::{Raw, Run, concert, create, new_id, reserve, standing};
use rustix::process::Signal;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn a_folder_is_well_after_a_clean_stop_and_looking_changes_nothing() {
    let folder = Folder::filled(Signal::TERM).await;
    let before = folder.files();
    let run = folder.look(&["check"]).ended(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("all is well"), "{}", run.stdout);
    assert!(
        run.stdout.contains("reservations  7: 1 held, 4 confirmed, 1 released"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("stopped in good order"), "{}", run.stdout);
    assert_eq!(folder.files(), before);
}

#[tokio::test]
async fn a_folder_is_well_after_kill_9_and_looking_changes_nothing() {
    let folder = Folder::filled(Signal::KILL).await;
    let before = folder.files();
    let run = folder.look(&["check"]).ended(0);
    assert!(run.stdout.contains("events        3, and 1 deleted"), "{}", run.stdout);
    assert!(run.stdout.contains("not stopped in good order"), "{}", run.stdout);
    assert_eq!(folder.files(), before);
    // As in a copy of the folder.
    let index = folder.data.join("boxoffice.db-shm");
    if index.exists() {
        fs::remove_file(index).expect("a file");
    }
    folder.look(&["check"]).ended(0);
    folder.look(&["check"]).ended(0);
}

/// Damages a folder whose server was stopped in good order. Returns the findings.
async fn found(damage: impl FnOnce(&Folder)) -> String {
    let folder = Folder::filled(Signal::TERM).await;
    damage(&folder);
    let before = folder.files();
    let run = folder.look(&["check"]).ended(1);
    assert!(run.stdout.contains("verdict       damaged: "), "{}", run.stdout);
    assert_eq!(folder.files(), before);
    run.stdout
}

fn flip(file: &Path, offset: usize) {
    let file = OpenOptions::new().read(true).write(true).open(file).expect("a file");
    let mut byte = [0];
    file.read_exact_at(&mut byte, offset as u64).expect("a byte");
    file.write_all_at(&[byte[0] ^ 1], offset as u64).expect("a byte");
}

#[tokio::test]
async fn damage_of_the_journal_is_found_and_named() {
    let told = found(|folder| flip(&folder.segment(), 4096 + 70)).await;
    assert!(told.contains("journal/00000001.log is damaged at byte 4096"), "{told}");
    let told = found(|folder| flip(&folder.segment(), 0)).await;
    assert!(told.contains("journal/00000001.log is damaged at byte 0"), "{told}");
    let told = found(|folder| flip(&folder.data.join("journal/journal.key"), 20)).await;
    assert!(told.contains("journal/journal.key is damaged at byte 0"), "{told}");
    let told = found(|folder| fs::remove_file(folder.segment()).expect("a file")).await;
    assert!(told.contains("the journal ends with batch 0"), "{told}");
    let told = found(|folder| {
        // What a server keeps back for a full disk is no journal.
        fs::remove_dir_all(folder.data.join("journal")).expect("a folder");
        fs::create_dir(folder.data.join("journal")).expect("a folder");
        fs::write(folder.data.join("journal/ballast"), [0; 4096]).expect("a file");
    });
    let told = told.await;
    assert!(told.contains("the journal that belongs to"), "{told}");
    let told = found(|folder| {
        let file = OpenOptions::new().write(true).open(folder.segment()).expect("a file");
        file.set_len(8192).expect("it can be cut off");
    });
    let told = told.await;
    assert!(told.contains("journal/00000001.log is damaged at byte 8192"), "{told}");
}

/// Damage to the rows, and the message about it.
const ROWS: &[(&str, &str)] = &[
    (
        "UPDATE reservations SET status = 'released' WHERE customer = 'ann'",
        "its row has another status: the change at position 4 of the journal made it confirmed",
    ),
    ("DELETE FROM reservations WHERE customer = 'ann'", "event film, reservation "),
    ("DELETE FROM reservations WHERE customer = 'ann'", "it has no row: the change at position 4"),
    ("UPDATE reservations SET customer = 'amy' WHERE customer = 'ann'", "another customer"),
    ("UPDATE reservations SET expires_at = 9e12 WHERE customer = '=bob'", "another expires_at"),
    (
        "UPDATE reservations SET places = 9 WHERE customer = 'ann'",
        "table reservations, row 1: column seats: there are 3 seats in 9 places",
    ),
    (
        "UPDATE reservations SET total = 1 WHERE customer = 'ann'",
        "table reservations, row 1: column total: 1, but its places cost 13500",
    ),
    (
        "UPDATE reservations SET seats = (SELECT seats FROM reservations WHERE customer = 'ann'), \
         places = 3, total = 13500 WHERE customer = '=bob'",
        "table reservations, row 2: its checksum is not that of what it says",
    ),
    (
        "UPDATE reservations SET version = 70 WHERE customer = 'ann'",
        "table reservations, row 1: its checksum is not that of what it says",
    ),
    (
        "UPDATE sections SET capacity = 7 WHERE name = 'stalls'",
        "table sections, event 1, section stalls: its rows have 50 seats",
    ),
    (
        "UPDATE standings SET version = 9 WHERE event = 1",
        "event film: it is at version 9 in the rows, and at version 3 in the journal",
    ),
    ("DELETE FROM events WHERE slug = 'film'", "refers to a row of table events that is not there"),
    ("DELETE FROM standings WHERE event = 1", "table events, row 1"),
    ("UPDATE boxoffice SET sequence = 99, position = 99", "table boxoffice, row 1: its checksum"),
    ("UPDATE boxoffice SET checksum = 1", "table boxoffice, row 1: its checksum"),
];

#[tokio::test]
async fn damage_of_the_rows_is_found_and_named() {
    for (sql, expected) in ROWS {
        let told = found(|folder| folder.sql(sql)).await;
        assert!(told.contains(expected), "{sql}: {told}");
    }
}

#[tokio::test]
async fn damage_of_the_state_file_is_found_and_named() {
    let told = found(|folder| fs::remove_file(folder.data.join("boxoffice.db")).expect("a file"));
    assert!(told.await.contains("boxoffice.db is missing beside its journal"));
    let told = found(|folder| fs::write(folder.data.join("boxoffice.db"), "rows").expect("a file"));
    assert!(told.await.contains("this is no state file of Boxoffice"));
    let told = found(|folder| {
        let file = folder.data.join("boxoffice.db");
        let bytes = fs::read(&file).expect("a file");
        let at = bytes.windows(4).rposition(|part| part == b"=bob").expect("it is in there");
        // The page around it is gone.
        let file = OpenOptions::new().write(true).open(file).expect("a file");
        file.write_all_at(&[0; 4096], at as u64 / 4096 * 4096).expect("a page");
    });
    let told = told.await;
    assert!(told.contains("the file boxoffice.db") || told.contains("malformed"), "{told}");
}

#[test]
fn where_there_is_nothing_to_look_at_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("UTF-8");
    for command in [
        &["check", "--data", data][..],
        &["export", "--format", "csv", "--data", data],
        &["export", "--changes", "--format", "jsonl", "--data", data],
    ] {
        let run = run(command).ended(2);
        assert!(run.stderr.contains("is no data folder: name one with --data"), "{}", run.stderr);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
    fs::create_dir(data).expect("a folder");
    run(&["check", "--data", data]).ended(2);
    assert_eq!(fs::read_dir(data).expect("a folder").count(), 0);
}

/// Reserves as fast as it is answered until it is told to stop; says how often it was.
async fn shop(mut client: (Raw, Timestamp), stop: Arc<AtomicBool>) -> u64 {
    let mut answered = 0;
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..8 {
            client.0.send(&reserve(new_id(client.1), "rush", "max", standing(1))).await;
        }
        for _ in 0..8 {
            let frame = client.0.receive().await.expect("it runs");
            assert!(matches!(frame.reply.body, Body::Reservation { .. }), "{frame:?}");
            answered += 1;
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_under_load_is_well_and_not_disturbed() {
    let folder = Folder::new();
    let process = folder.serve();
    let mut client = Raw::welcomed(process.address).await;
    client.0.ask(&create("rush", concert(10_000_000))).await;
    fill(&mut client).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut shoppers = Vec::new();
    for _ in 0..4 {
        shoppers.push(tokio::spawn(shop(Raw::welcomed(process.address).await, Arc::clone(&stop))));
    }
    let mut last = 0;
    for _ in 0..3 {
        let run = folder.look(&["check"]).ended(0);
        let (_, position) = run.stderr.trim().rsplit_once(' ').expect("a position");
        let position: u64 = position.parse().expect(&run.stderr);
        assert!(run.stderr.contains("a server is using this folder (process "), "{}", run.stderr);
        assert!(position > last, "{position}, {last}");
        last = position;
        let run = folder.look(&["export", "--changes", "--format", "jsonl"]).ended(0);
        let positions = run.objects().into_iter().map(|change| change["position"].as_u64());
        let positions: Vec<u64> = positions.map(|position| position.expect("a number")).collect();
        assert!(positions.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        assert!(positions.last().is_some_and(|&position| position > last));
    }
    stop.store(true, Ordering::Relaxed);
    let mut answered = 0;
    for shopper in shoppers {
        answered += shopper.await.expect("it does not panic");
    }
    assert!(answered > last / 2, "{answered} answers, and {last} changes");
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    let run = folder.look(&["check"]).ended(0);
    assert!(run.stdout.contains(&format!("up to position {}", answered + 16)), "{}", run.stdout);
}

#[tokio::test]
async fn damage_is_found_while_a_server_runs() {
    let folder = Folder::new();
    let process = folder.serve();
    fill(&mut Raw::welcomed(process.address).await).await;
    folder.look(&["check"]).ended(0);
    flip(&folder.segment(), 4096 + 70);
    let run = folder.look(&["check"]).ended(1);
    let expected = "journal/00000001.log is damaged at byte 4096";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
    folder.look(&["export", "--changes", "--format", "csv"]).ended(1);
    process.signal(Signal::TERM);
    assert!(process.wait().0.success(), "the server does not look back");
}

/// The compiled rules of a zone (RFC 9636) whose clocks are always this far from UTC.
fn fixed_zone(hours: i32) -> Vec<u8> {
    let header = |version: u8| {
        let counts = [0_u32, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat();
        [b"TZif".as_slice(), &[version], &[0; 15], &counts].concat()
    };
    let kind = [(hours * 3_600).to_be_bytes().as_slice(), &[0, 0], b"XXX\0"].concat();
    let footer = format!("\nXXX{}\n", -hours);
    [header(b'2'), kind.clone(), header(b'2'), kind, footer.into_bytes()].concat()
}

#[tokio::test]
async fn a_start_that_other_rules_read_otherwise_is_listed_and_stays() {
    let folder = Folder::new();
    let process = folder.serve();
    let mut client = Raw::connect(process.address).await;
    let mut spec = concert(10);
    let zone = "Europe/Berlin".parse().expect("a name");
    spec.starts_at = boxoffice_zones::read("starts_at", "2099-01-01 20:00", Some(&zone))
        .expect("a time of every edition");
    let created = client.ask(&create("opera", spec)).await;
    assert!(!matches!(created.body, Body::Refused(_)), "{created:?}");
    process.signal(Signal::TERM);
    process.wait();
    let run = folder.look(&["check"]).ended(0);
    assert!(!run.stdout.contains("other rules"), "{}", run.stdout);
    let rules = tempfile::tempdir().expect("a folder");
    fs::create_dir(rules.path().join("Europe")).expect("a folder");
    fs::write(rules.path().join("Europe/Berlin"), fixed_zone(9)).expect("a file");
    let mut command = program();
    command.env("TZDIR", rules.path()).arg("check").arg("--data").arg(&folder.data);
    let run = Run::from(command.output().expect("the program is built")).ended(0);
    let expected = "other rules   event opera: the clocks of Europe/Berlin show 2099-01-02T04:00:00 \
        then, and not 2099-01-01T20:00:00";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
    assert!(run.stdout.contains("all is well"), "{}", run.stdout);
}
