//! The real server's process, and somebody's shell that keeps its rows from following.

use crate::connection::Connection;
use anyhow::{Context, ensure};
use boxoffice_benches::cost;
use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_server::ledger::STATE_FILE;
use boxoffice_testing::process::Process;
use rustix::process::Signal;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What Linux counts a process's time of the processor in (`USER_HZ`, proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// How long the rows' lock is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs. Killed when it is dropped.
pub(crate) struct Server {
    process: Process,
}

/// What a start cost, until it listened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

impl Server {
    /// Starts a server on a data folder, with further arguments, and waits until it listens.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> anyhow::Result<(Self, Start)> {
        let mut command = Command::new(boxoffice_testing::measured_server());
        // The reservations of the benchmark may have been made in what is the future yet.
        command.args(["--listen", "127.0.0.1:0", "--log", "error", "--accept-clock", "--data"]);
        command.arg(data).args(arguments);
        let begun = Instant::now();
        let process = Process::try_spawn(&mut command)
            .map_err(|status| anyhow::anyhow!("the server does not listen: {status}"))?;
        let wall = begun.elapsed();
        let id = process.id().to_string();
        let cpu = TICK * u32::try_from(process.cpu_ticks())?;
        let (resident, peak) = (cost::resident_bytes(&id)?, cost::peak_resident_bytes(&id)?);
        Ok((Self { process }, Start { wall, cpu, resident, peak }))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.address
    }

    /// Ends it in good order.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        self.process.signal(Signal::TERM);
        let (status, _) = self.process.wait();
        ensure!(status.success(), "the server did not stop in good order: {status}");
        Ok(())
    }

    /// What one of its figures is (SPEC.md has their names).
    pub(crate) fn figure(&self, name: &str) -> anyhow::Result<u64> {
        let reply = Connection::open(self.address(), 0)?.ask(&Request::Stats)?;
        let Body::Stats(stats) = reply.body else { anyhow::bail!("no figures: {reply:?}") };
        match stats.iter().find(|stat| stat.name == name).map(|stat| &stat.value) {
            Some(StatValue::Count(value)) => Ok(*value),
            _ => anyhow::bail!("the server has no figure {name}"),
        }
    }

    /// What the thread that writes the rows has used of a processor.
    pub(crate) fn cpu_of_follower(&self) -> anyhow::Result<Duration> {
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let thread = thread?.path();
            if std::fs::read_to_string(thread.join("comm"))?.trim() == "follower" {
                let times = std::fs::read_to_string(thread.join("schedstat"))?;
                let used = times.split(' ').next().context("schedstat is empty")?;
                return Ok(Duration::from_nanos(used.parse()?));
            }
        }
        anyhow::bail!("the server has no thread that follows")
    }
}

/// Somebody's shell that began to write: the rows cannot follow until it ends.
pub(crate) struct RowsLock {
    shell: rusqlite::Connection,
}

impl RowsLock {
    /// Waits for a transaction of the server's own, if one is under way.
    pub(crate) fn take(data: &Path) -> anyhow::Result<Self> {
        let shell = rusqlite::Connection::open(data.join(STATE_FILE))?;
        shell.busy_timeout(PATIENCE)?;
        shell.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { shell })
    }

    pub(crate) fn let_go(self) -> anyhow::Result<()> {
        Ok(self.shell.execute_batch("ROLLBACK")?)
    }
}
