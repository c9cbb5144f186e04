//! Tests that need something of the machine, and are skipped by name without it.

use std::fmt;
use std::io::Write as _;

/// A need of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// `strace`, and the permission to trace.
    Strace,
    /// The permission to mount a file system.
    Mount,
    /// Python, and its package index.
    PyPi,
    /// The permission to make a network namespace.
    NetworkNamespace,
    Script,
    /// Debian's `chromium` and `chromium-driver`, or the like.
    Chromium,
    /// Node.js, version 18 or later.
    Node,
    /// Node's package manager, and its registry.
    Npm,
    /// The server programs of PostgreSQL, 15 or later.
    Postgres,
    /// The server program of Redis, 7.0 or later.
    Redis,
    /// The server program of Valkey.
    Valkey,
    /// Something that speaks MongoDB's wire.
    Mongo,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strace => "strace",
            Self::Mount => "mount",
            Self::PyPi => "pypi",
            Self::NetworkNamespace => "netns",
            Self::Script => "script",
            Self::Chromium => "chromium",
            Self::Node => "node",
            Self::Npm => "npm",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Valkey => "valkey",
            Self::Mongo => "mongodb",
        })
    }
}

/// Prints on stderr, past the capturing of tests' output, that `test` does not run here, and why.
///
/// `BOXOFFICE_NO_SKIP` in the environment names needs, like `strace,mount`, for which that is a
/// failure, or all of them with `1`: where they are met, no test may get lost unnoticed.
pub fn skip(test: &str, need: Need, why: &str) {
    let strict = std::env::var("BOXOFFICE_NO_SKIP").unwrap_or_default();
    let strict = strict == "1" || strict.split(',').any(|name| name == need.to_string());
    assert!(!strict, "{test} cannot be run here ({why}), and BOXOFFICE_NO_SKIP says that it can");
    writeln!(std::io::stderr(), "SKIPPED {test}, which needs {need}: {why}").expect("it is there");
}
