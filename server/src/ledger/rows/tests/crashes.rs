//! What is left when a process or a write ends in the middle. That SQLite's commits are atomic is
//! trusted; that we commit what belongs together, and nothing else, is shown here.

use super::equal::{apply, assert_restored, mark};
use super::open;
use super::world::{World, replay, seeds};
use crate::ledger::rows::{Rows, RowsMark};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Lets SQLite write pages of a transaction before its commit.
fn with_a_small_cache(rows: Rows) -> Rows {
    rows.reader.connection.execute_batch("PRAGMA cache_size = 5").expect("a pragma");
    rows
}

/// What a crash would leave: the file and its WAL, but not what is only in memory.
fn copy(from: &Path, to: &Path) {
    for suffix in ["boxoffice.db", "boxoffice.db-wal"] {
        fs::copy(from.join(suffix), to.join(suffix)).expect("it is there");
    }
}

/// Checks that the rows of a folder are what the world was at their mark.
fn assert_whole(folder: &Path, world: &World) -> RowsMark {
    let mut rows = open(folder);
    let position = usize::try_from(rows.mark().position).expect("small");
    assert_eq!(rows.mark(), mark(&world.log, position));
    let restored = rows.restore(|| 1).expect("it is whole");
    let then = &world.log[..position];
    let now = then.last().map_or(world.now, |(_, last)| last.at);
    assert_restored(restored, &replay(then), now);
    rows.mark()
}

#[test]
fn a_copy_made_within_a_transaction_has_the_one_before() {
    for seed in seeds(4) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(2_000);
        let mut rows = with_a_small_cache(open(folder.path()));
        apply(&mut rows, &world.log, 0..700);
        let crashed = tempfile::tempdir().expect("a folder");
        let changes = world.log[700..].iter().enumerate().map(|(index, (event, recorded))| {
            if index == 1_200 {
                copy(folder.path(), crashed.path());
            }
            (event, recorded)
        });
        let wal = |folder: &Path| {
            fs::metadata(folder.join("boxoffice.db-wal")).expect("it is there").len()
        };
        let before = wal(folder.path());
        rows.apply(changes, mark(&world.log, world.log.len())).expect("they follow");
        assert!(wal(crashed.path()) > before, "some of the transaction was written");
        assert_eq!(assert_whole(crashed.path(), &world), mark(&world.log, 700));
        assert_eq!(assert_whole(folder.path(), &world), mark(&world.log, world.log.len()));
    }
}

#[test]
fn a_torn_commit_is_none() {
    for seed in seeds(2) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(400);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..300);
        let wal = folder.path().join("boxoffice.db-wal");
        let committed = fs::metadata(&wal).expect("it is there").len();
        apply(&mut rows, &world.log, 300..world.log.len());
        let whole = fs::metadata(&wal).expect("it is there").len();
        for round in 0..40 {
            let crashed = tempfile::tempdir().expect("a folder");
            copy(folder.path(), crashed.path());
            let torn = fs::OpenOptions::new()
                .write(true)
                .open(crashed.path().join("boxoffice.db-wal"))
                .expect("it opens");
            let cut = if round == 0 { whole } else { world.random.u64(committed..whole) };
            torn.set_len(cut).expect("it is cut");
            let expected = if cut == whole { world.log.len() } else { 300 };
            assert_eq!(assert_whole(crashed.path(), &world), mark(&world.log, expected));
        }
    }
}

/// In the process that is to be killed: the folder to follow in.
const FOLDER: &str = "BOXOFFICE_TEST_KILLED_ROWS";

#[test]
fn a_process_killed_while_it_follows_leaves_what_it_committed() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return follow_until_killed(Path::new(&folder));
    }
    for round in 0..6 {
        let folder = tempfile::tempdir().expect("a folder");
        let myself = std::env::current_exe().expect("a path");
        let name = std::thread::current().name().expect("a test's name").to_owned();
        let mut child = Command::new(myself)
            .args(["--exact", &name, "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let committed = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("position ")?.parse::<u64>().ok())
            .nth(3 + round * 5);
        child.kill().expect("it is there");
        child.wait().expect("it ends");
        let mut world = World::new(0);
        world.live_until(KILLED_AFTER);
        let mark = assert_whole(folder.path(), &world);
        let committed = committed.expect("it wrote so many transactions");
        assert!(mark.position >= committed, "{mark:?} after {committed}");
    }
}

/// More changes than are written before the process is killed.
const KILLED_AFTER: usize = 8_000;

fn follow_until_killed(folder: &Path) {
    let mut world = World::new(0);
    world.live_until(KILLED_AFTER);
    let mut rows = with_a_small_cache(open(folder));
    let mut written = 0;
    while written < world.log.len() {
        let end = (written + world.random.usize(1..400)).min(world.log.len());
        apply(&mut rows, &world.log, written..end);
        written = end;
        println!("position {end}");
        std::io::stdout().flush().expect("somebody reads it");
    }
}
