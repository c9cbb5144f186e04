//! Tests of what not every machine lets a test do.

use std::io::Write as _;

/// Says on stderr, past the capturing of tests' output, that `test` is not run here, and why. With
/// `BOXOFFICE_NO_SKIP=1` in the environment that is a failure: where everything is there that the
/// tests need, none may get lost unnoticed.
pub fn skip(test: &str, why: &str) {
    let strict = std::env::var("BOXOFFICE_NO_SKIP").is_ok_and(|value| value == "1");
    assert!(!strict, "{test} cannot be run here, and BOXOFFICE_NO_SKIP=1: {why}");
    writeln!(std::io::stderr(), "SKIPPED {test}: {why}").expect("stderr is there");
}
