//! A wall clock that a test sets for servers: a library loaded in front of the C library.

use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Seconds of a day.
pub const DAY: i64 = 24 * 60 * 60;

/// A wall clock so many seconds before or after the machine's.
pub struct WallClock {
    folder: TempDir,
    library: PathBuf,
}

impl WallClock {
    /// A clock that agrees with the machine's.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = build(folder.path());
        let clock = Self { folder, library };
        clock.set(0);
        clock
    }

    /// Sets it for all servers that read it, also for running ones.
    pub fn set(&self, seconds_ahead: i64) {
        let next = self.folder.path().join("next");
        std::fs::write(&next, seconds_ahead.to_string()).expect("written");
        std::fs::rename(&next, self.offset()).expect("in one step");
    }

    /// Has a server read this clock.
    pub fn of<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("LD_PRELOAD", &self.library).env("WALL_CLOCK_OFFSET", self.offset())
    }

    fn offset(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}

fn build(folder: &Path) -> PathBuf {
    let library = folder.join("libwallclock.so");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut build = Command::new(rustc);
    build.args(["--edition", "2024", "-O", "--crate-type", "cdylib", "-o"]).arg(&library);
    build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shim/wall_clock.rs"));
    let built = build.output().expect("the toolchain is here");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}
