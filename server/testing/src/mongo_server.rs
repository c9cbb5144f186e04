//! A server of a test's own that speaks MongoDB's wire, with its data in a temporary folder.
//!
//! MongoDB is in no registry that tests can install from. `NX-27017` is, which answers as MongoDB does
//! and keeps documents in SQLite; it has no replica set. `BOXOFFICE_TEST_MONGODB` names a real one for
//! the tests that end no server: each of them has a database of its own there.

use crate::installed::environment;
use crate::reserved_port::ReservedPort;
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

const PACKAGES: [&str; 4] =
    ["nx-27017==0.8.1", "neosqlite==1.17.2", "pymongo==4.20.1", "dnspython==2.9.2"];

/// A server, which ends when this is dropped, or a database of one that the environment names.
pub struct MongoServer {
    address: String,
    process: Option<Process>,
}

struct Process {
    program: PathBuf,
    folder: TempDir,
    port: ReservedPort,
    child: Mutex<Option<Child>>,
}

impl MongoServer {
    /// A database of the server that `BOXOFFICE_TEST_MONGODB` names, or a server of its own.
    ///
    /// # Errors
    /// The reason why there is none on this machine.
    pub fn start() -> Result<Self, String> {
        match std::env::var("BOXOFFICE_TEST_MONGODB") {
            Ok(named) => Ok(Self { address: with_database(&named), process: None }),
            Err(_) => Self::of_its_own(),
        }
    }

    /// A server that a test may end.
    ///
    /// # Errors
    /// The reason why there is none on this machine.
    pub fn of_its_own() -> Result<Self, String> {
        let programs = environment("mongodb-stand-in", &PACKAGES, "")?;
        let process = Process {
            program: programs.join("nx-27017"),
            folder: tempfile::tempdir().expect("a temporary folder"),
            port: ReservedPort::new().expect("a free port"),
            child: Mutex::default(),
        };
        process.start();
        let address = format!("mongodb://{}", process.port.address);
        Ok(Self { address, process: Some(process) })
    }

    /// The address that clients connect to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The address of its own process, for a proxy.
    pub fn host(&self) -> String {
        self.process().port.address.to_string()
    }

    /// Ends it at once.
    pub fn crash(&self) {
        self.process().end();
    }

    /// Starts it again, and waits until it listens.
    pub fn resume(&self) {
        self.process().start();
    }

    /// Stops it where it is: it answers nothing until it is ended.
    pub fn freeze(&self) {
        if let Some(child) = self.process().child().as_ref() {
            kill_process(Pid::from_child(child), Signal::STOP).expect("it is ours");
        }
    }

    fn process(&self) -> &Process {
        self.process.as_ref().expect("a test that ends a server has one of its own")
    }
}

impl Process {
    fn start(&self) {
        let mut command = Command::new(&self.program);
        command.arg("--db").arg(self.folder.path().join("data.db"));
        command.arg("--port").arg(self.port.address.port().to_string());
        command.arg("--log-file").arg(self.folder.path().join("log"));
        command.arg("--pid-file").arg(self.folder.path().join("pid"));
        command.current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        *self.child() = Some(command.spawn().expect("it is installed"));
        let by = std::time::Instant::now() + crate::PATIENCE;
        while std::net::TcpStream::connect(self.port.address).is_err() {
            assert!(std::time::Instant::now() < by, "the stand-in of MongoDB never listened");
            std::thread::yield_now();
        }
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        if let Some(mut child) = self.child().take() {
            child.kill().expect("it is ours");
            child.wait().expect("it is ours");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The address with a database of a new name.
fn with_database(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").expect("BOXOFFICE_TEST_MONGODB is an address");
    let (before, options) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = before.split('/').next().unwrap_or(before);
    format!("{scheme}://{hosts}/boxoffice_test_{:016x}?{options}", fastrand::u64(..))
}
