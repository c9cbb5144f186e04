//! The lock of a data folder, while others look at it.

use boxoffice_journal::disk::FolderLock;
use boxoffice_testing::{alone, test_name};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Alone in its process: where another test starts a process, that has all open files for a moment,
/// and with them a lock that was given back.
#[test]
fn who_looks_keeps_no_server_out() {
    if !alone(test_name!()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(FolderLock::take(folder.path()).expect("nobody has it"));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    FolderLock::holder(folder.path()).expect("a lock to look at");
                }
            });
        }
        let taken = (0..1_000).try_for_each(|_| FolderLock::take(folder.path()).map(drop));
        done.store(true, Ordering::Relaxed);
        taken.expect("a server starts whoever looks");
    });
}
