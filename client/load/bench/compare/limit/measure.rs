//! One measurement of the limit.

use crate::compare::figure::Figure;
use crate::compare::process::{Launch, RunningServer, output};
use crate::compare::settings::Settings;
use crate::compare::subject::Durability;
use anyhow::Context;
use rustix::process::Signal;
use std::process::Command;
use std::time::Duration;

/// How long the load generator may take beyond the time that it measures.
const GRACE: Duration = Duration::from_secs(30);

/// Measures the limit with a number of frames in flight on each connection.
pub(crate) async fn measure(
    settings: &Settings,
    durability: Durability,
    depth: u32,
) -> anyhow::Result<Figure> {
    let program = std::env::current_exe()?;
    let folder = settings.temporary_folder()?;
    let file = folder.path().join("journal");
    let server = |port: u16| {
        let mut command = Command::new(&program);
        command.arg("limit-server").arg(&file).args(["--port", &port.to_string()]);
        if durability == Durability::PageCache {
            command.arg("--unsynced");
        }
        command
    };
    let launch = Launch { name: "the limit", folder, end: Signal::KILL, command: &server };
    let server = RunningServer::start(launch).await?;
    let mut command = Command::new(&program);
    command
        .arg("limit-load")
        .args(["--port", &server.port().to_string()])
        .args(["--connections", &settings.connections.to_string()])
        .args(["--depth", &depth.to_string()])
        .args(["--seconds", &settings.seconds.to_string()]);
    let said = output(command, settings.duration() + GRACE).await;
    let said = said.map_err(|error| server.explain(error))?;
    serde_json::from_str(&said).context("the limit's load generator said no figure")
}
