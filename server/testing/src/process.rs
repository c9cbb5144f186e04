//! The server as a process, for what only a process can show: signals, limits, exit codes.

use crate::binaries::boxoffice_server;
use crate::run::Run;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A running `boxoffice-server`; killed when it is dropped.
pub struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub address: SocketAddr,
    /// None if HTTP is off.
    pub http: Option<SocketAddr>,
}

/// The server's program with no arguments, and no settings from the environment.
pub fn program() -> Command {
    let mut command = Command::new(boxoffice_server());
    without_settings(&mut command).stdin(Stdio::null());
    command
}

/// Removes the variables with which a developer's own programs may be configured.
pub(crate) fn without_settings(command: &mut Command) -> &mut Command {
    let variables = std::env::vars_os().map(|(name, _)| name);
    for name in variables.filter(|name| name.to_string_lossy().starts_with("BOXOFFICE_")) {
        command.env_remove(name);
    }
    command
}

/// The server's program with these words, run to its end.
pub fn run(words: &[&str]) -> Run {
    program().args(words).output().expect("the program is built").into()
}

/// Any free port of this machine.
const FREE: &str = "127.0.0.1:0";

/// The program with these addresses for the binary protocol and for HTTP. A test never leaves one
/// out: the default ports may be those of a developer's own server.
pub fn program_at(listen: &str, http: &str) -> Command {
    let mut command = program();
    command.args(["--listen", listen, "--http-listen", http]);
    command
}

/// A server in memory on free ports, ready for more arguments.
pub fn command() -> Command {
    let mut command = program_at(FREE, FREE);
    command.args(["--log", "warn", "--memory"]);
    command
}

/// A server with a data folder on free ports, and segments that are quick to prepare.
pub fn durable(data: &Path) -> Command {
    durable_at(data, FREE, FREE)
}

/// The same at these addresses.
pub fn durable_at(data: &Path, listen: &str, http: &str) -> Command {
    let mut command = program_at(listen, http);
    command.args(["--log", "warn", "--segment-mb", "9", "--data"]).arg(data);
    command
}

impl Process {
    /// Starts a server in memory, with these further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(command().args(arguments))
    }

    /// Starts a server, and waits until it prints its addresses.
    pub fn spawn(command: &mut Command) -> Self {
        Self::try_spawn(command).unwrap_or_else(|status| panic!("it does not listen: {status}"))
    }

    /// The same with a server that may end before it listens; returns how it ended.
    pub fn try_spawn(command: &mut Command) -> Result<Self, ExitStatus> {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program is built");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut lines = [String::new(), String::new()];
        for line in &mut lines {
            stdout.read_line(line).expect("UTF-8");
        }
        let [listening, http] = lines.each_ref().map(|line| line.trim());
        let Some(address) = listening.strip_prefix("listening on ") else {
            return Err(child.wait().expect("it was started"));
        };
        let address = address.parse().expect("an address");
        let http = http.strip_prefix("http on ").or_else(|| http.strip_prefix("https on "));
        let http = http.map(|http| http.parse().expect("an address"));
        Ok(Self { child, stdout, address, http })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end. Returns how it ended, and the rest of what it printed.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("UTF-8");
        (self.child.wait().expect("it was started"), rest)
    }

    /// Whether all of its threads are stopped by a signal.
    pub fn is_stopped(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        threads.expect("it runs").all(|thread| {
            let stat = std::fs::read_to_string(thread.expect("a thread").path().join("stat"));
            stat.is_ok_and(|stat| {
                stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
            })
        })
    }

    /// Whether it has ended; [`wait`](Self::wait) tells how.
    pub fn has_ended(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        stat.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
    }

    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// CPU time that it has used, in clock ticks.
    pub fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let fields: Vec<&str> = after_name.split(' ').collect();
        [11, 12].iter().filter_map(|&field| fields.get(field)?.parse::<u64>().ok()).sum()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
