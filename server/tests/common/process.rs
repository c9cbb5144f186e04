//! A real server process, for what only a process can show: signals, limits, exit codes.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A running `boxoffice-server`; killed when it is dropped.
pub struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub address: SocketAddr,
    /// Where it speaks HTTP.
    pub http: Option<SocketAddr>,
}

/// The server's binary with a free port, ready for more arguments.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    command.args(["--listen", "127.0.0.1:0", "--log", "warn", "--memory"]);
    command.args(["--http-listen", "127.0.0.1:0"]);
    command
}

/// The same with a data folder, and segments that are quick to prepare.
pub fn durable(data: &Path) -> Command {
    durable_on(data, "127.0.0.1:0")
}

/// The same on this address and port.
pub fn durable_on(data: &Path, address: &str) -> Command {
    durable_with_http(data, address, "127.0.0.1:0")
}

/// The same with HTTP on this one.
pub fn durable_with_http(data: &Path, address: &str, http: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    command.args(["--listen", address, "--http-listen", http]);
    command.args(["--log", "warn", "--segment-mb", "9", "--data"]).arg(data);
    command
}

impl Process {
    /// Starts a server with these further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(command().args(arguments))
    }

    /// Starts a server by this command, and waits until it says where it listens.
    pub fn spawn(command: &mut Command) -> Self {
        Self::try_spawn(command).unwrap_or_else(|status| panic!("it does not listen: {status}"))
    }

    /// The same with one that may end before it listens; says how it ended.
    pub fn try_spawn(command: &mut Command) -> Result<Self, ExitStatus> {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary is built");
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

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end. Returns what else it printed, too.
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

    /// Open file descriptors.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// CPU time it has used, in clock ticks.
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
