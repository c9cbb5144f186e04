//! Servers and load generators as child processes. A server ends with its guard, whatever
//! happens, and its folder goes with it; nothing is waited for without a deadline.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// The longest start of a server. The limit's server writes its file first.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// The interval of attempts to connect to a starting server.
const START_POLL: Duration = Duration::from_millis(10);

/// The number of ports that are tried: another program may take a port before the server does.
const PORTS: usize = 3;

/// The length of the quoted output of a failed process.
const QUOTED_BYTES: usize = 2_000;

/// The start of a server.
pub(crate) struct Launch<'a> {
    /// The name in messages.
    pub(crate) name: &'a str,
    /// The folder of its data.
    pub(crate) folder: TempDir,
    /// The signal that ends it at once.
    pub(crate) end: Signal,
    /// The command that starts it on a port.
    pub(crate) command: &'a dyn Fn(u16) -> Command,
}

/// A server process that ends with this guard.
pub(crate) struct RunningServer {
    // The process ends before its folder is removed: fields are dropped in this order.
    guard: Guard,
    port: u16,
    folder: TempDir,
}

impl RunningServer {
    /// Starts a server on a free port and waits until it accepts connections.
    ///
    /// # Errors
    /// It is not installed, ended by itself, or started too slowly; with its output.
    pub(crate) async fn start(launch: Launch<'_>) -> anyhow::Result<Self> {
        let Launch { name, folder, end, command } = launch;
        for _ in 0..PORTS {
            let port = free_port().await?;
            let mut guard = Guard::spawn(command(port), end, &log_path(&folder))
                .with_context(|| format!("{name} cannot be started"))?;
            let ready = timeout(START_DEADLINE, guard.until_listening(port)).await;
            let ready = ready.with_context(|| format!("{name} took too long to start"))??;
            if ready == Ready::Listening {
                return Ok(Self { guard, port, folder });
            }
        }
        bail!("{name} ended as soon as it was started:\n{}", said(&log_path(&folder)));
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn id(&self) -> u32 {
        self.guard.child.id()
    }

    /// Adds the server's own output to an error of its user.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        match said(&log_path(&self.folder)) {
            said if said.is_empty() => error,
            said => error.context(format!("the server said:\n{said}")),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Ready {
    Listening,
    Ended,
}

/// A child process that does not outlive this.
struct Guard {
    child: Child,
    end: Signal,
}

impl Guard {
    fn spawn(mut command: Command, end: Signal, log: &Path) -> io::Result<Self> {
        let log = File::create(log)?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        Ok(Self { child, end })
    }

    async fn until_listening(&mut self, port: u16) -> io::Result<Ready> {
        loop {
            let reached = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok();
            if self.child.try_wait()?.is_some() {
                return Ok(Ready::Ended);
            }
            if reached {
                return Ok(Ready::Listening);
            }
            #[expect(clippy::disallowed_methods, reason = "another program has to get ready")]
            sleep(START_POLL).await;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Until it is waited for, an ended child keeps its id. Either of the signals
        // ends a process within seconds, so the wait is bounded.
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process(Pid::from_child(&self.child), self.end);
            let _ = self.child.wait();
        }
    }
}

/// A port that is free at the moment.
async fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port())
}

fn log_path(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("output.log")
}

/// The end of the output of a server.
fn said(log: &Path) -> String {
    std::fs::read(log).map(|bytes| tail(&bytes)).unwrap_or_default()
}

fn tail(bytes: &[u8]) -> String {
    let begin = bytes.len().saturating_sub(QUOTED_BYTES);
    String::from_utf8_lossy(&bytes[begin..]).trim().to_owned()
}

/// Runs a program to its end and returns its stdout. It is killed at the deadline, and when the
/// future is dropped.
///
/// # Errors
/// It is not installed, failed, or took too long; with its output.
pub(crate) async fn output(command: Command, deadline: Duration) -> anyhow::Result<String> {
    let name = program(&command);
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(deadline, command.output())
        .await
        .with_context(|| format!("{name} took longer than {deadline:?}"))?
        .with_context(|| format!("{name} cannot be started"))?;
    ensure!(
        output.status.success(),
        "{name}: {}\n{}\n{}",
        output.status,
        tail(&output.stdout),
        tail(&output.stderr)
    );
    String::from_utf8(output.stdout).with_context(|| format!("{name} writes no UTF-8"))
}

fn program(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name();
    name.unwrap_or(command.get_program()).to_string_lossy().into_owned()
}

/// The first line of `--version`; none if the program is not installed.
pub(crate) async fn version(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    let said = output(command, Duration::from_secs(10)).await.ok()?;
    said.lines().next().map(str::to_owned)
}
