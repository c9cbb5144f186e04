//! A server whose system calls fail as a test says: run under `strace`, which tampers with them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The effect on a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injected {
    /// It does nothing, and returns this error.
    Error(&'static str),
    /// The process is killed before it is done.
    Kill,
    /// It takes so much longer.
    Delay(Duration),
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(name) => write!(f, "error={name}"),
            Self::Kill => f.write_str("signal=KILL"),
            Self::Delay(span) => write!(f, "delay_enter={}", span.as_micros()),
        }
    }
}

/// A fault that is injected into some system calls of a process.
#[derive(Debug, Clone)]
pub struct Fault {
    pub call: &'static str,
    /// On these files only.
    pub paths: Vec<PathBuf>,
    pub injected: Injected,
    /// Counts a thread's calls from 1: `3` is the third only, `3+` the third and all later ones.
    pub when: String,
}

impl Fault {
    /// This command, run with the fault. Signals and the exit code are the command's own, not
    /// strace's, which runs beside it.
    pub fn of(&self, command: &Command) -> Command {
        let Self { call, paths, injected, when } = self;
        let mut strace = strace();
        for path in paths {
            strace.arg("-P").arg(path);
        }
        strace.args(["-e", &format!("trace={call}")]);
        strace.args(["-e", &format!("inject={call}:{injected}:when={when}")]);
        strace.arg(command.get_program()).args(command.get_args());
        strace
    }
}

/// A quiet `strace` that follows all threads, and is not the parent of the command.
fn strace() -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-qqq", "-D", "-f", "-o", "/dev/null"]);
    strace
}

/// The reason why a test cannot use `strace` here; none if it can.
pub fn missing() -> Option<String> {
    let mut tried = strace();
    tried.args(["-P", "/", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1", "true"]);
    match tried.stdin(Stdio::null()).output() {
        Err(error) => Some(format!("strace cannot be started: {error}")),
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!(
            "strace is not permitted or too old: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// The state file of a data folder, with what SQLite keeps beside it while it is open.
pub fn state_files(data: &Path) -> Vec<PathBuf> {
    ["boxoffice.db", "boxoffice.db-wal", "boxoffice.db-journal"].map(|name| data.join(name)).into()
}
