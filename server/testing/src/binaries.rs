//! Both programs, found or built.
//!
//! Cargo names a package's own programs to its tests, and no other package's. Each lies beside the
//! other where the whole workspace is tested; where one is missing or older than its sources, it
//! is built here.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

/// One of the programs.
struct Program {
    name: &'static str,
    package: &'static str,
    /// The folders of its sources, and of those of the libraries in it.
    sources: &'static [&'static str],
}

const BOXOFFICE: Program = Program {
    name: "boxoffice",
    package: "boxoffice-cli",
    sources: &["client/cli/src", "client/load/src", "client/src", "protocol/src"],
};

const BOXOFFICE_SERVER: Program = Program {
    name: "boxoffice-server",
    package: "boxoffice-server",
    sources: &[
        "server/inventory/src",
        "server/journal/src",
        "server/mutants/src",
        "server/src",
        "server/web",
        "client/src",
        "protocol/src",
    ],
};

/// The command line's program.
pub fn boxoffice() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| BOXOFFICE.find())
}

pub fn boxoffice_server() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| BOXOFFICE_SERVER.find())
}

/// The server's program as figures are taken of it: built with the profile `dist`.
pub fn measured_server() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| BOXOFFICE_SERVER.build("dist"))
}

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A folder for files that outlive a test, which cargo removes with the rest of its own.
pub fn target_folder() -> PathBuf {
    profile_folder().with_file_name("tmp")
}

/// The folder of the profile that this test was built with, like `target/debug`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    // Tests lie in `deps`, examples in `examples`.
    test.ancestors().nth(2).expect("cargo's folders").to_owned()
}

impl Program {
    fn find(&self) -> PathBuf {
        // Cargo has just built the program of the test's own package.
        if let Some(own) = std::env::var_os(format!("CARGO_BIN_EXE_{}", self.name)) {
            return own.into();
        }
        let folder = profile_folder();
        let binary = folder.join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX));
        if self.is_current(&binary) { binary } else { self.build(profile_of(&folder)) }
    }

    /// Whether the program is there and none of its sources is newer.
    fn is_current(&self, binary: &Path) -> bool {
        let Ok(built) = std::fs::metadata(binary).and_then(|file| file.modified()) else {
            return false;
        };
        self.sources.iter().all(|folder| newest(&repository(folder)) <= built)
    }

    /// Builds the program, and returns where cargo put it.
    fn build(&self, profile: &str) -> PathBuf {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "-p", self.package, "--bin", self.name, "--profile", profile]);
        cargo.arg("--message-format=json-render-diagnostics").current_dir(repository(""));
        let output = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
        assert!(output.status.success(), "`{cargo:?}` failed; tests need the program it builds");
        let messages = String::from_utf8_lossy(&output.stdout);
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut built =
            messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        built.next_back().expect("cargo names what it built")
    }
}

/// The profile whose programs lie in a folder.
fn profile_of(folder: &Path) -> &str {
    match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(other) => other,
    }
}

/// When the newest file below a folder was changed.
fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let times = entries.map(|entry| {
        let entry = entry.expect("a readable folder");
        let about = entry.metadata().expect("a readable file");
        if about.is_dir() { newest(&entry.path()) } else { about.modified().expect("a time") }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
