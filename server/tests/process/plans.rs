//! Plans are durable before they are answered, in backups, and verified when they are read.

use super::data_folder::Folder;
use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{BackupName, PlanDigest};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::{Raw, concert, create, new_id, plans, reserve, seats};
use rustix::process::Signal;
use std::fs;
use std::path::Path;

fn plan(name: &str) -> (PlanDigest, Vec<u8>) {
    let toml = format!("name = \"{name}\"\n[[section]]\nname = \"floor\"\ncapacity = 200\n");
    let plan = read_plan(&toml, PlanFormat::Toml).expect("a plan").file.canonical();
    (plan_digest(&plan), plan)
}

async fn put(process: &Process, name: &str) {
    let (mut client, _) = Raw::welcomed(process.address).await;
    let (digest, plan) = plan(name);
    let saved = plans::put_all(&mut client, digest, &plan, 0).await;
    assert_eq!(saved, Body::PlanSaved { effect: Effect::Applied });
}

async fn has(process: &Process, name: &str) -> bool {
    let (mut client, _) = Raw::welcomed(process.address).await;
    let (digest, plan) = plan(name);
    plans::get_all(&mut client, digest).await.is_some_and(|found| found == plan)
}

#[tokio::test]
async fn law_2_a_plan_is_there_after_kill_9_and_in_a_backup() {
    let folder = Folder::new();
    let backups = folder.data.with_file_name("backups");
    for round in 0..5 {
        let process = folder.serve();
        for before in 0..round {
            assert!(has(&process, &format!("Hall {before}")).await, "{round}: {before}");
        }
        put(&process, &format!("Hall {round}")).await;
        process.signal(Signal::KILL);
        process.wait();
        folder.look(&["check"]).ended(0);
    }
    fs::create_dir(&backups).expect("a folder");
    let keep = ["--backup-dir", backups.to_str().expect("UTF-8")];
    let process = Process::spawn(durable(&folder.data).args(keep));
    put(&process, "last").await;
    let (mut client, _) = Raw::welcomed(process.address).await;
    let name = BackupName::parse("friday").expect("a name");
    let made = client.ask(&Request::Backup { name }).await.body;
    assert!(matches!(made, Body::BackedUp { .. }), "{made:?}");
    process.signal(Signal::TERM);
    process.wait();
    let copy = Process::spawn(&mut durable(&backups.join("friday")));
    assert!(has(&copy, "Hall 0").await && has(&copy, "last").await);
}

#[tokio::test]
async fn law_2_an_event_in_a_planned_hall_is_whole_after_kill_9() {
    let toml = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"H J\"\nseats = \"5..1/2 | 2..4/2\"\n";
    let source = read_plan(toml, PlanFormat::Toml).expect("a plan");
    let canonical = source.file.canonical();
    let digest = plan_digest(&canonical);
    let sections = source.plan.priced(|_| Some(4_500)).expect("sections");
    let spec = EventSpec { plan: Some(digest), sections, ..concert(1) };
    let folder = Folder::new();
    for label in ["H5", "J2"] {
        let process = folder.serve();
        let (mut client, now) = Raw::welcomed(process.address).await;
        plans::put_all(&mut client, digest, &canonical, 0).await;
        client.ask(&create("opera", spec.clone())).await;
        let booked = client.ask(&reserve(new_id(now), "opera", "ann", seats(&[label]))).await.body;
        assert!(matches!(booked, Body::Reservation { .. }), "{booked:?}");
        process.signal(Signal::KILL);
        process.wait();
        folder.look(&["check"]).ended(0);
        let exported = folder.look(&["export", "--format", "jsonl"]).ended(0).stdout;
        assert!(exported.contains(&format!("[\"{label}\"]")), "{exported}");
    }
    // The state file has all of it after a stop; its views do not know the plan.
    let process = folder.serve();
    process.signal(Signal::TERM);
    process.wait();
    let rows = rusqlite::Connection::open(folder.data.join("boxoffice.db")).expect("it opens");
    let shown = "SELECT group_concat(seat, ' ') FROM (SELECT seat FROM places ORDER BY seat)";
    let shown: String = rows.query_row(shown, [], |row| row.get(0)).expect("SQL");
    assert_eq!(shown, "1/1 2/4");
}

/// Flips a bit of the only place in a file that has these bytes.
fn flip(file: &Path, needle: &[u8]) {
    let mut bytes = fs::read(file).expect("a file");
    let mut places = bytes.windows(needle.len()).enumerate().filter(|(_, it)| *it == needle);
    let (at, _) = places.next().expect("it is there");
    assert_eq!(places.next(), None);
    bytes[at] ^= 1;
    fs::write(file, bytes).expect("it is ours");
}

#[tokio::test]
async fn law_10_a_flipped_bit_of_a_plan_is_found_and_named() {
    let folder = Folder::new();
    let process = folder.serve();
    put(&process, "Hall of mirrors").await;
    process.signal(Signal::TERM);
    process.wait();
    folder.look(&["check"]).ended(0);
    flip(&folder.data.join("boxoffice.db"), b"Hall of mirrors");
    let run = folder.look(&["check"]).ended(1);
    assert!(run.stdout.contains("table plans, row 1: its checksum"), "{}", run.stdout);
    let run = folder.look(&["--listen", "127.0.0.1:0", "--http-listen", "off"]);
    assert!(run.stderr.contains("table plans, row 1: its checksum"), "{}", run.stderr);
}
