//! The limit: what a server could do at best that has to write and sync before it answers. It
//! echoes frames of 64 bytes and does nothing else: a loop turn reads what has arrived, writes it
//! to a file with one write and one fdatasync, and answers. Server and load generator are this
//! program started again, so that they are two processes like everybody else's.

mod connection;
mod load;
mod server;

pub(crate) use load::{Load, load};
pub(crate) use server::{Durability, serve};

use crate::compare::process::{Launch, Server, output};
use crate::compare::results::Figure;
use crate::compare::settings::Settings;
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
    let server = Server::start(launch).await?;
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
