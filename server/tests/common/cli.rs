//! The `boxoffice` binary, run as people and scripts run it.

use super::process::Process;
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

/// What a run of the binary left.
#[derive(Debug)]
pub struct Run {
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Sees that it ended so.
    #[track_caller]
    pub fn ended(self, exit: i32) -> Self {
        assert_eq!(self.exit, Some(exit), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Stdout as JSON, an object a line.
    #[track_caller]
    pub fn objects(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.stdout.lines().map(parse).collect()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// A terminal at which `boxoffice` is typed, for one server.
#[derive(Debug, Clone)]
pub struct Cli {
    server: String,
}

impl Cli {
    /// Of this server.
    pub fn of(process: &Process) -> Self {
        Self::at(&process.address.to_string())
    }

    /// Of whatever is at `server`.
    pub fn at(server: &str) -> Self {
        Self { server: server.to_owned() }
    }

    /// The binary with these arguments and an environment that says nothing else.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(boxoffice());
        for variable in ["BOXOFFICE_TOKEN", "BOXOFFICE_CUSTOMER", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command.env("BOXOFFICE_SERVER", &self.server).stdin(Stdio::null()).args(arguments);
        command
    }

    /// Runs a line whose words are split at spaces.
    pub fn run(&self, line: &str) -> Run {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs words that may have spaces.
    pub fn run_words(&self, words: &[&str]) -> Run {
        self.command(words).output().expect("the binary runs").into()
    }

    /// Stdout of a line that ends well.
    #[track_caller]
    pub fn done(&self, line: &str) -> String {
        self.run(line).ended(0).stdout
    }

    /// The one object that a line prints with `--json`, which ends well.
    #[track_caller]
    pub fn object(&self, line: &str) -> Value {
        let mut objects = self.run(&format!("{line} --json")).ended(0).objects();
        assert_eq!(objects.len(), 1, "{line}: {objects:?}");
        objects.remove(0)
    }

    /// All objects that a line prints with `--json`, which ends well.
    #[track_caller]
    pub fn objects(&self, line: &str) -> Vec<Value> {
        self.run(&format!("{line} --json")).ended(0).objects()
    }

    /// The name of the refusal that a line ends with, and its object.
    #[track_caller]
    pub fn refused(&self, line: &str) -> (String, Value) {
        let run = self.run(&format!("{line} --json")).ended(1);
        assert_eq!(run.stderr, "", "a refusal is data where JSON is wanted");
        let object = run.objects().remove(0);
        let name = object["refused"].as_str().unwrap_or_else(|| panic!("{line}: {object}"));
        (name.to_owned(), object)
    }

    /// Starts a line whose output is read as it comes.
    pub fn start(&self, line: &str) -> Running {
        let mut command = self.command(line.split_whitespace());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary runs");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        Running { child, lines: stdout.lines() }
    }
}

/// A run that goes on; killed when it is dropped.
pub struct Running {
    pub child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next line that it prints; none at its end.
    pub fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("UTF-8"))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    /// How it ended.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("it was started").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The client's binary: another package's, so that cargo does not say where it is. It lies beside
/// the server's where the whole workspace is tested; otherwise it is built here.
fn boxoffice() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let server = Path::new(env!("CARGO_BIN_EXE_boxoffice-server"));
        let name = format!("boxoffice{}", std::env::consts::EXE_SUFFIX);
        let beside = server.with_file_name(name);
        if is_current(&beside) { beside } else { build(server) }
    })
}

/// Whether the binary is there and none of its sources is newer, as cargo judges it.
fn is_current(binary: &Path) -> bool {
    let Ok(built) = std::fs::metadata(binary).and_then(|file| file.modified()) else {
        return false;
    };
    let sources = ["client/cli/src", "client/load/src", "client/src", "protocol/src"];
    sources.iter().all(|folder| newest(&repository(folder)) <= built)
}

fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let times = entries.map(|entry| {
        let entry = entry.expect("a readable folder");
        let about = entry.metadata().expect("a readable file");
        if about.is_dir() { newest(&entry.path()) } else { about.modified().expect("a time") }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Builds the client as the server was built, and returns where cargo put it.
fn build(server: &Path) -> PathBuf {
    let profile = match server.parent().and_then(Path::file_name).and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "-p", "boxoffice-cli", "--bin", "boxoffice", "--profile", profile]);
    cargo.arg("--message-format=json-render-diagnostics").current_dir(repository(""));
    let output = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "`{cargo:?}` failed; these tests need the binary it builds");
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut binary =
        messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    binary.next_back().expect("cargo names what it built")
}
