//! The programs of Boxoffice: the server and the load generator.

use crate::compare::figure::Figure;
use crate::compare::process::{Launch, RunningServer, output};
use anyhow::{Context, ensure};
use boxoffice_client::protocol::reply::StatValue;
use boxoffice_client::{Client, ClientConfig};
use rustix::process::Signal;
use serde::Deserialize;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The time of the load generator beyond its measured time: it creates its events and connects
/// before.
const GRACE: Duration = Duration::from_secs(120);

/// The longest build of the programs.
const BUILD_DEADLINE: Duration = Duration::from_secs(3_600);

/// The programs that are measured.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    client: PathBuf,
}

/// The arguments of the load generator.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoadRun {
    pub(super) workload: &'static [&'static str],
    pub(super) connections: u32,
    pub(super) depth: u32,
    pub(super) seconds: u32,
}

/// The replies that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Requests,
    /// Only changes: a refusal is no reservation.
    Changes,
    /// Changes, half of which undo the other half.
    PairsOfChanges,
}

impl Programs {
    /// Builds both as they are packaged, in the target folder that this was built in.
    ///
    /// # Errors
    /// If they cannot be built.
    pub(crate) async fn build() -> anyhow::Result<Self> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--profile", "dist", "--quiet", "-p", "boxoffice-server"]);
        cargo.args(["-p", "boxoffice-cli", "--bins"]);
        output(cargo, BUILD_DEADLINE).await?;
        // A bench is built into target/PROFILE/deps.
        let bench = std::env::current_exe().context("a running program has a file")?;
        let target = bench.ancestors().nth(3).context("a bench is in its target folder")?;
        let built = |name: &str| target.join("dist").join(name);
        Ok(Self { server: built("boxoffice-server"), client: built("boxoffice") })
    }

    /// Starts a server that keeps everything in a folder.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) async fn start(
        &self,
        folder: TempDir,
        flags: &[&str],
    ) -> anyhow::Result<RunningServer> {
        let data = folder.path().join("data");
        let command = |port: u16| {
            let mut command = Command::new(&self.server);
            command.args(["--listen", &format!("127.0.0.1:{port}"), "--http-listen", "off"]);
            command.args(["--log", "warn"]);
            command.arg("--data").arg(&data).args(flags);
            command
        };
        let launch =
            Launch { name: "boxoffice-server", folder, end: Signal::KILL, command: &command };
        RunningServer::start(launch).await
    }

    /// Runs the load generator for a time.
    ///
    /// # Errors
    /// It failed, or printed no figure; with the server's output.
    pub(super) async fn run(
        &self,
        server: &RunningServer,
        run: &LoadRun,
        counted: Counted,
    ) -> anyhow::Result<Figure> {
        let mut command = self.bench(server, run);
        command.args(["--duration", &format!("{}s", run.seconds)]);
        let deadline = Duration::from_secs(run.seconds.into()) + GRACE;
        let printed = output(command, deadline).await;
        figure(&printed.map_err(|error| server.explain(error))?, counted)
    }

    /// Has the load generator send this number of requests.
    ///
    /// # Errors
    /// If the load generator failed.
    pub(super) async fn fill(
        &self,
        server: &RunningServer,
        run: &LoadRun,
        requests: u64,
    ) -> anyhow::Result<()> {
        let mut command = self.bench(server, run);
        command.args(["--warm-up", "0s", "--requests", &requests.to_string()]);
        let filled = output(command, BUILD_DEADLINE).await;
        filled.map_err(|error| server.explain(error)).map(drop)
    }

    fn bench(&self, server: &RunningServer, run: &LoadRun) -> Command {
        let mut command = Command::new(&self.client);
        command
            .args(["--json", "--server", &server.address(), "bench"])
            .args(run.workload)
            .args(["--connections", &run.connections.to_string()])
            .args(["--pipeline", &run.depth.to_string()])
            // What was decided is verified elsewhere. The server is thrown away, so nothing has to
            // be deleted from it.
            .args(["--no-verify", "--keep"]);
        command
    }
}

/// Connects with the client library.
pub(super) async fn connect(server: &RunningServer) -> anyhow::Result<Client> {
    Ok(Client::connect(config(server)).await?)
}

/// The configuration of the client library for a server.
pub(super) fn config(server: &RunningServer) -> ClientConfig {
    ClientConfig { server: server.address(), ..ClientConfig::default() }
}

/// A count of the server's own.
pub(super) async fn count(client: &Client, name: &str) -> anyhow::Result<u64> {
    let stats = client.stats().await?;
    let stat = stats.into_iter().find(|stat| stat.name == name);
    match stat.map(|stat| stat.value) {
        Some(StatValue::Count(count)) => Ok(count),
        _ => anyhow::bail!("the server counts no {name}"),
    }
}

/// The fields of the printed result.
#[derive(Debug, Deserialize)]
struct Printed {
    throughput_per_s: f64,
    applied_per_s: f64,
    latency_us: PrintedLatency,
    verified: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct PrintedLatency {
    p50: f64,
    p99: f64,
}

fn figure(printed: &str, counted: Counted) -> anyhow::Result<Figure> {
    let printed: Printed = serde_json::from_str(printed.trim())
        .with_context(|| format!("boxoffice bench printed no figure: {printed}"))?;
    ensure!(printed.verified != Some(false), "boxoffice bench found a broken promise");
    let per_second = match counted {
        Counted::Requests => printed.throughput_per_s,
        Counted::Changes => printed.applied_per_s,
        Counted::PairsOfChanges => printed.applied_per_s / 2.0,
    };
    let PrintedLatency { p50, p99 } = printed.latency_us;
    Ok(Figure { per_second, p50_us: Some(p50), p99_us: Some(p99) })
}
