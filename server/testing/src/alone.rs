//! Tests that need a process of their own.

use std::process::{Command, Stdio};

/// Tells a test that it runs alone.
const ALONE: &str = "BOXOFFICE_TEST_ALONE";

/// Runs the test with this name once more, in a process in which no other test runs. Returns true
/// there, and false to the caller, which has nothing left to do.
///
/// # Panics
/// If the test fails there.
pub fn alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().expect("this test is a program"));
    again.args(["--exact", test, "--nocapture"]).env(ALONE, "1").stdin(Stdio::null());
    let status = again.status().expect("it has started before");
    assert!(status.success(), "{test}, alone in its process: {status}");
    false
}
