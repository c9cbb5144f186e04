//! The process is killed inside SQLite's transactions, before each of the system calls that they
//! are made of, one start after the other: as it makes the state file, commits, and checkpoints.
//! Rows and journal recover to exactly what was acknowledged.
//!
//! SQLite is trusted to be atomic. The test is of how the server uses it.

use super::shoppers::{CAPACITY, EVENT, LONG_HOLDS, Shopper, audit, shoppers};
use boxoffice_protocol::reply::Body;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::strace::{Fault, Injected};
use boxoffice_testing::{Raw, concert, create, seed, strace, test_name};
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

/// All that SQLite changes files with.
const CALLS: [&str; 4] = ["pwrite64", "fsync", "ftruncate", "unlink"];

/// Kills the server before the `when`th of such calls on the state file.
fn kill(data: &Path, call: &'static str, when: usize) -> Fault {
    let paths = strace::state_files(data);
    Fault { call, paths, injected: Injected::Kill, when: when.to_string() }
}

/// Every one of the first calls, then fewer and fewer; all of them with `BOXOFFICE_LONG`.
fn next(when: usize, dense: usize) -> usize {
    let all = std::env::var_os("BOXOFFICE_LONG").is_some() || when < dense;
    if all { when + 1 } else { when + when.div_ceil(2) }
}

/// How a server ended that was to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lived {
    Killed,
    Through,
}

/// Stops it in good order, if it lives so long: what the journal has goes into the rows then.
fn stop(process: Process) -> Lived {
    process.signal(Signal::TERM);
    let (status, _) = process.wait();
    match status.signal() {
        Some(killed) => {
            assert_eq!(killed, Signal::KILL.as_raw());
            Lived::Killed
        }
        None => {
            assert!(status.success(), "{status}");
            Lived::Through
        }
    }
}

#[tokio::test]
async fn killed_before_each_call_of_a_commit_and_a_checkpoint_it_has_all_that_was_acknowledged() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(durable(&data).args(LONG_HOLDS));
    let (mut client, _) = Raw::welcomed(process.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    assert_eq!(stop(process), Lived::Through);

    let mut random = fastrand::Rng::with_seed(seed());
    let mut known = shoppers(1, &mut random);
    for call in CALLS {
        let (mut when, mut kills) = (1, 0);
        while round(&data, &kill(&data, call, when), &mut known).await == Lived::Killed {
            when = next(when, 3);
            kills += 1;
        }
        println!("{call}: {kills} kills among the first {when}");
        assert!(kills > 0, "there is no {call}");
    }
    let process = Process::spawn(durable(&data).args(LONG_HOLDS));
    audit(&process, &mut known).await;
}

/// A start that finds all that is known, a few changes more, and a stop that has them committed.
async fn round(data: &Path, fault: &Fault, known: &mut [Shopper]) -> Lived {
    let process = Process::spawn(&mut fault.of(durable(data).args(LONG_HOLDS)));
    audit(&process, known).await;
    let (mut client, now) = Raw::welcomed(process.address).await;
    for shopper in known {
        shopper.shop_a_little(&mut client, now, 12).await;
    }
    stop(process)
}

#[tokio::test]
async fn killed_before_each_call_of_its_first_start_it_starts_again() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    for call in CALLS.into_iter().filter(|&call| call != "ftruncate") {
        let (mut when, mut kills) = (1, 0);
        while first_start(call, when).await == Lived::Killed {
            when = next(when, 2);
            kills += 1;
        }
        println!("{call}: {kills} kills among the first {when}");
        assert!(kills > 0, "there is no {call}");
    }
}

/// A first start, and what a second makes of it.
async fn first_start(call: &'static str, when: usize) -> Lived {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let lived = match Process::try_spawn(&mut kill(&data, call, when).of(&durable(&data))) {
        Ok(process) => stop(process),
        Err(status) => {
            assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "{status}");
            Lived::Killed
        }
    };
    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = Raw::welcomed(process.address).await;
    let created = client.ask(&create(EVENT, concert(1))).await;
    assert!(!matches!(created.body, Body::Refused(_)), "{created:?}");
    lived
}
