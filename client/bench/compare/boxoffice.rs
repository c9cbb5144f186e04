//! Boxoffice itself: its released programs, as anybody runs them.

use crate::process::{Launch, Server, output};
use crate::results::Figure;
use crate::settings::Settings;
use anyhow::Context;
use rustix::process::Signal;
use serde::Deserialize;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long the load generator may take beyond the time that it measures: it creates its events,
/// and looks at what is there afterwards.
const GRACE: Duration = Duration::from_secs(120);

/// How long building the programs may take.
const BUILD_DEADLINE: Duration = Duration::from_secs(1_800);

/// What is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// A standing place of one event: one counter.
    Standing,
    /// The same, answered before it is synced.
    StandingUnsynced,
    /// A standing place of one of a thousand events.
    Thousand,
    /// An exact seat.
    Seats,
    /// Events, and seat maps of 100 seats.
    Reads,
    /// The best four of an arena that stays half sold.
    Best,
}

impl Work {
    /// The server's `--sync`.
    fn sync(self) -> &'static str {
        match self {
            Self::StandingUnsynced => "never",
            _ => "always",
        }
    }

    /// The workload's name and what else the load generator is told.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Standing | Self::StandingUnsynced => &["standing"],
            Self::Thousand => &["standing", "--events", "1000"],
            Self::Seats => &["season"],
            Self::Reads => &["browse"],
            Self::Best => &["best"],
        }
    }
}

impl Display for Work {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Standing => "standing",
            Self::StandingUnsynced => "standing, `--sync never`",
            Self::Thousand => "standing, 1,000 events",
            Self::Seats => "exact seats",
            Self::Reads => "reads",
            Self::Best => "best 4 of 100,000 seats, and their release",
        })
    }
}

/// The programs that are measured.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    client: PathBuf,
}

impl Programs {
    /// Builds both as they are released, in the target folder that this was built in.
    ///
    /// # Errors
    /// They cannot be built.
    pub(crate) async fn build() -> anyhow::Result<Self> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--release", "--quiet", "-p", "boxoffice-server"]);
        cargo.args(["-p", "boxoffice-client", "--bins"]);
        output(cargo, BUILD_DEADLINE).await?;
        let client = PathBuf::from(env!("CARGO_BIN_EXE_boxoffice"));
        let folder = client.parent().context("a program is in a folder")?;
        let folder = folder.with_file_name("release");
        Ok(Self { server: folder.join("boxoffice-server"), client: folder.join("boxoffice") })
    }
}

/// Measures one kind of work with a number of requests in flight on each connection.
pub(crate) async fn measure(
    settings: &Settings,
    programs: &Programs,
    work: Work,
    depth: u32,
) -> anyhow::Result<Figure> {
    let folder = settings.temporary_folder()?;
    let server = start(&programs.server, folder, work.sync()).await?;
    let mut command = Command::new(&programs.client);
    command
        .args(["--json", "--server", &server.address(), "bench"])
        .args(work.arguments())
        .args(["--connections", &settings.connections.to_string()])
        .args(["--pipeline", &depth.to_string()])
        .args(["--duration", &format!("{}s", settings.seconds)]);
    let printed = output(command, settings.duration() + GRACE).await;
    figure(&printed.map_err(|error| server.explain(error))?)
}

async fn start(program: &Path, folder: tempfile::TempDir, sync: &str) -> anyhow::Result<Server> {
    let data = folder.path().join("data");
    let command = |port: u16| {
        let mut command = Command::new(program);
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--sync", sync, "--log", "warn"]);
        command.arg("--data").arg(&data);
        command
    };
    let launch = Launch { name: "boxoffice-server", folder, end: Signal::KILL, command: &command };
    Server::start(launch).await
}

/// What is read of what the load generator prints.
#[derive(Debug, Deserialize)]
struct Printed {
    throughput_per_s: f64,
    latency_us: Latency,
}

#[derive(Debug, Deserialize)]
struct Latency {
    p50: f64,
    p99: f64,
}

fn figure(printed: &str) -> anyhow::Result<Figure> {
    let printed: Printed = serde_json::from_str(printed.trim())
        .with_context(|| format!("boxoffice bench printed no figure: {printed}"))?;
    Ok(Figure {
        per_second: printed.throughput_per_s,
        p50_us: Some(printed.latency_us.p50),
        p99_us: Some(printed.latency_us.p99),
    })
}
