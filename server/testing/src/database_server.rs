//! A PostgreSQL server of a test's own, with its data in a temporary folder.

use crate::database_user::DatabaseUser;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server that is reached by a socket in its folder. It ends when it is dropped.
pub struct DatabaseServer {
    folder: TempDir,
    programs: PathBuf,
    user: DatabaseUser,
    options: String,
}

impl DatabaseServer {
    /// Starts one with further options of the command line. It syncs its disk.
    ///
    /// # Errors
    /// The reason why there is none on this machine.
    pub fn start(options: &str) -> Result<Self, String> {
        let server = Self::at_rest(options)?;
        server.run("initdb", &["--username=postgres", "--auth=trust", "--no-sync"]);
        server.resume();
        Ok(server)
    }

    fn at_rest(options: &str) -> Result<Self, String> {
        let programs = programs().ok_or("initdb and pg_ctl are not installed")?;
        let user = DatabaseUser::choose().map_err(|error| error.to_string())?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        user.give(folder.path()).expect("it is ours");
        let socket = folder.path().display();
        let options = format!("-k {socket} -c listen_addresses='' {options}");
        Ok(Self { folder, programs, user, options })
    }

    /// The folder of its socket, which stands for a host's name in an address.
    pub fn host(&self) -> &Path {
        self.folder.path()
    }

    /// Where clients connect as its superuser.
    pub fn address(&self) -> String {
        format!("host={} user=postgres dbname=postgres", self.host().display())
    }

    /// Writes a file among its data that only the server can read.
    pub fn write(&self, name: &str, text: &str) -> std::io::Result<()> {
        let file = self.host().join("data").join(name);
        std::fs::write(&file, text)?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
        self.user.give(&file)
    }

    /// Ends it at once, as a crash does.
    pub fn crash(&self) {
        self.run("pg_ctl", &["stop", "--wait", "--mode", "immediate"]);
    }

    /// Has all its processes stand still, as those of a machine that is frozen.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets them go on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let file = self.host().join("data").join("postmaster.pid");
        let text = std::fs::read_to_string(file).expect("it is running");
        let first = text.lines().next().and_then(|pid| pid.trim().parse().ok());
        let server = first.and_then(Pid::from_raw).expect("a process id");
        kill_process(server, signal).expect("it is running");
        for child in children(server) {
            // One may have ended by then.
            let _ = kill_process(child, signal);
        }
    }

    /// Starts it again, and waits until it takes connections.
    pub fn resume(&self) {
        let log = self.host().join("log").display().to_string();
        self.run("pg_ctl", &["start", "--wait", "--log", &log, "--options", &self.options]);
    }

    /// Starts a standby of this server, which follows it by streaming replication.
    pub fn standby(&self) -> Self {
        let standby = Self::at_rest("").expect("its primary is here");
        let primary = self.address();
        let copied =
            ["--dbname", &primary, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"];
        standby.run("pg_basebackup", &copied);
        standby.resume();
        standby
    }

    /// Makes a standby a primary.
    pub fn promote(&self) {
        self.run("pg_ctl", &["promote", "--wait"]);
    }

    /// Runs a program of PostgreSQL on the server's data.
    fn run(&self, program: &str, arguments: &[&str]) {
        let ended = self.command(program, arguments).status().expect("it is there");
        assert!(ended.success(), "{program} {arguments:?}: {ended}");
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.user.command(&self.programs.join(program), self.host());
        command.args(arguments).arg("--pgdata").arg(self.host().join("data"));
        // No pipes of the test's: the server would keep them open.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for DatabaseServer {
    fn drop(&mut self) {
        // A server that crashed has ended already.
        let _ = self.command("pg_ctl", &["stop", "--wait", "--mode", "immediate"]).status();
    }
}

/// The processes that a process has started (proc(5): `/proc/<pid>/task/<tid>/children`).
fn children(of: Pid) -> Vec<Pid> {
    let pid = of.as_raw_nonzero();
    let file = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}

/// The newest of Debian's folders, or wherever the path leads.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = folders.into_iter().rev().chain(std::env::split_paths(&path));
    found.into_iter().find(|folder| folder.join("initdb").exists())
}
