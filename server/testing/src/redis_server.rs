//! A Redis or Valkey server of a test's own, with its data in a temporary folder.

use crate::reserved_port::ReservedPort;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a store needs of it.
const DURABLE: [&str; 6] = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

/// A server that listens on a port of its own. It ends when it is dropped.
pub struct RedisServer {
    folder: TempDir,
    port: ReservedPort,
    bus: ReservedPort,
    program: String,
    options: Vec<String>,
    child: Mutex<Option<Child>>,
}

impl RedisServer {
    /// Starts `redis-server` or `valkey-server` with further options of the command line. It syncs
    /// its disk before it answers.
    ///
    /// # Errors
    /// The reason why there is none on this machine.
    pub fn start(program: &str, options: &[&str]) -> Result<Self, String> {
        let server = Self::at_rest(program, options);
        server.spawn().map_err(|error| format!("{program}: {error}"))?;
        server.until_ready();
        Ok(server)
    }

    /// Starts a sentinel that alone promotes a replica of this server, under this name, half a
    /// second after the server has gone.
    pub fn sentinel(&self, name: &str) -> Self {
        let sentinel = Self::at_rest(&self.program, &["sentinel.conf", "--sentinel"]);
        let port = self.port();
        let text = format!(
            "sentinel monitor {name} 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds {name} 500\n\
             sentinel failover-timeout {name} 2000\n"
        );
        std::fs::write(sentinel.folder().join("sentinel.conf"), text).expect("written");
        sentinel.resume();
        sentinel
    }

    fn at_rest(program: &str, options: &[&str]) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            port: ReservedPort::new().expect("a free port"),
            bus: ReservedPort::new().expect("a free port"),
            program: program.to_owned(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            child: Mutex::default(),
        }
    }

    pub fn port(&self) -> u16 {
        self.port.address.port()
    }

    /// The port of the cluster's bus.
    pub fn bus(&self) -> u16 {
        self.bus.address.port()
    }

    pub fn host(&self) -> String {
        self.port.address.to_string()
    }

    /// The address that clients connect to.
    pub fn address(&self) -> String {
        format!("redis://{}", self.host())
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it at once.
    pub fn crash(&self) {
        if let Some(mut child) = self.child().take() {
            child.kill().expect("it is ours");
            child.wait().expect("it is ours");
        }
    }

    /// Starts it again, and waits until it takes commands.
    pub fn resume(&self) {
        self.spawn().expect("it could be started before");
        self.until_ready();
    }

    /// Stops it where it is: it answers nothing until [`Self::thaw`].
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(child) = self.child().as_ref() {
            kill_process(Pid::from_child(child), signal).expect("it is ours");
        }
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self) -> std::io::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(self.options.iter().take_while(|option| !option.starts_with('-')));
        // A sentinel, and a server of TLS only, say these themselves.
        let says = |option: &str| self.options.iter().any(|it| it == option);
        if !says("--sentinel") {
            command.args(DURABLE);
        }
        if !says("--port") {
            command.arg("--port").arg(self.port().to_string());
        }
        if says("--cluster-enabled") {
            command.arg("--cluster-port").arg(self.bus().to_string());
        }
        command.args(["--bind", "127.0.0.1", "--loglevel", "warning"]);
        command.args(self.options.iter().skip_while(|option| !option.starts_with('-')));
        command.current_dir(self.folder());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        *self.child() = Some(command.spawn()?);
        Ok(())
    }

    fn until_ready(&self) {
        let by = Instant::now() + crate::PATIENCE;
        while !self.is_ready() {
            assert!(Instant::now() < by, "{} never took commands", self.program);
            std::thread::yield_now();
        }
    }

    fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(self.port.address) else { return false };
        if self.options.iter().any(|option| option == "--tls-port") {
            return true;
        }
        let mut answer = [0; 5];
        stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a TCP stream");
        let asked = stream.write_all(b"PING\r\n").and_then(|()| stream.read_exact(&mut answer));
        asked.is_ok() && &answer == b"+PONG"
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.crash();
    }
}
