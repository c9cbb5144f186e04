//! Only the server's user can read what it writes, whatever its umask.

use super::backup_folder::{CAPACITY, EVENT, Place, back_up, book};
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::{Raw, Run, concert, create};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("its owner");
}

/// Sees that a folder and all that is in it is its owner's alone; returns how many files there are.
fn assert_closed(folder: &Path) -> usize {
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files += assert_closed(&path);
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            files += 1;
        }
    }
    files
}

/// The same command, with this umask.
fn under(umask: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("umask {umask} && exec \"$@\""), "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

#[tokio::test]
async fn a_data_folder_and_backups_are_closed_whatever_the_umask() {
    for umask in ["000", "022", "277"] {
        let place = Place::new();
        let mut server = durable(&place.data);
        let server = server.arg("--backup-dir").arg(&place.backups);
        let process = Process::spawn(&mut under(umask, server));
        let (mut client, now) = Raw::welcomed(process.address).await;
        client.ask(&create(EVENT, concert(CAPACITY))).await;
        book(&mut client, now).await;
        back_up(&mut client, "friday").await;
        assert!(assert_closed(&place.data) > 6, "the journal's, the rows' and the lock");
        assert!(assert_closed(&place.backups.join("friday")) > 0);
    }
}

#[tokio::test]
async fn a_folder_that_others_can_read_is_refused_unless_it_is_accepted() {
    let place = Place::new();
    drop(place.start());
    let refused = |expected: &str| {
        let run = Run::from(durable(&place.data).output().expect("it runs")).ended(3);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    for open in [0o755, 0o750, 0o701] {
        set_mode(&place.data, open);
        refused("chmod 700 ");
    }
    let accepted = Process::spawn(durable(&place.data).arg("--accept-open-folder"));
    Raw::welcomed(accepted.address).await;
    drop(accepted);
    set_mode(&place.data, 0o700);
    // As a copy may have been made.
    let rows = place.data.join("boxoffice.db");
    set_mode(&rows, 0o644);
    let again = place.start();
    Raw::welcomed(again.address).await;
    assert_eq!(mode(&rows), 0o600);
}
