//! The unit tests of the page's own JavaScript: `server/web/tests/*.test.js`, run by Node.js.

use boxoffice_testing::skip::{Need, skip};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The oldest version of Node.js that the tests run on.
const OLDEST: u32 = 18;

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the page has tests");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let is_test = |path: &PathBuf| path.to_str().is_some_and(|name| name.ends_with(".test.js"));
    let mut files: Vec<_> = paths.filter(is_test).collect();
    files.sort();
    assert!(!files.is_empty(), "no tests in {}", folder.display());
    files
}

/// Why Node.js cannot run the tests; `None` if it can.
fn unusable() -> Option<String> {
    let version = match Command::new("node").arg("--version").output() {
        Ok(Output { stdout, .. }) => String::from_utf8_lossy(&stdout).trim().to_owned(),
        Err(error) => return Some(format!("node: {error}")),
    };
    let major = version.strip_prefix('v').and_then(|version| version.split('.').next());
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST => None,
        _ => Some(format!("node is {version:?}, older than version {OLDEST}")),
    }
}

#[test]
fn the_unit_tests_of_the_page_pass() {
    if let Some(why) = unusable() {
        return skip("the_unit_tests_of_the_page_pass", Need::Node, &why);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/tests");
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).args(test_files(&folder));
    // A test runner inside another one reports to that one, and exits with 0.
    let output = node.env_remove("NODE_TEST_CONTEXT").output().expect("node was there before");
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "node --test: {}\n{stdout}\n{stderr}", output.status);
}
