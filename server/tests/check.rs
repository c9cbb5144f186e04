//! `boxoffice-server check`: what is well is called well, what is damaged is found and named, and
//! nothing is changed by looking, nor any server disturbed.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod common;

use common::looking::{Folder, binary, connect, fill};
use rustix::process::Signal;
use std::fs;

#[tokio::test]
async fn a_folder_is_well_after_a_clean_stop_and_looking_changes_nothing() {
    let folder = Folder::filled(Signal::TERM).await;
    let before = folder.files();
    let run = folder.look(&["check"]).ended(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("all is well"), "{}", run.stdout);
    assert!(
        run.stdout.contains("reservations  7: 1 held, 3 confirmed, 1 released"),
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
    assert!(run.stdout.contains("not stopped in good order"), "{}", run.stdout);
    assert_eq!(folder.files(), before);
    // As a copy that somebody made of it has it.
    let index = folder.data.join("boxoffice.db-shm");
    if index.exists() {
        fs::remove_file(index).expect("a file");
    }
    folder.look(&["check"]).ended(0);
    folder.look(&["check"]).ended(0);
}
