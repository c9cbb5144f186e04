//! The cost of size: ten million reservations, and ten thousand connections.

use super::programs::{Counted, LoadRun, Programs, connect, count};
use crate::compare::process::RunningServer;
use crate::compare::settings::Settings;
use anyhow::{Context, ensure};
use boxoffice_client::Client;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::time::Duration;
use tokio::task::JoinSet;

/// All seats of the events of the workload.
const RESERVATIONS: u64 = 10_000_000;

const IDLE: usize = 10_000;

/// Connections that are opened at the same time.
const OPENED_AT_ONCE: usize = 100;

/// Requests in flight on each connection.
const DEPTH: u32 = 16;

/// The interval of checks whether the rows have caught up.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(crate) struct SizeCost {
    /// Resident memory of a reservation: all memory beyond that of the empty server, events included.
    pub(crate) bytes_each: f64,
    /// Reservations a second of a server that starts empty, and of one with these reservations.
    pub(crate) small_per_second: f64,
    pub(crate) large_per_second: f64,
    /// Resident memory of a server with idle connections only.
    pub(crate) idle_bytes: f64,
}

/// Measures the cost of many reservations and connections.
pub(crate) async fn measure_large(
    settings: &Settings,
    programs: &Programs,
) -> anyhow::Result<SizeCost> {
    let standing = LoadRun {
        workload: &["standing"],
        connections: settings.connections,
        depth: DEPTH,
        seconds: settings.seconds,
    };
    let idle_bytes = idle(settings, programs).await?;

    let server = programs.start(settings.temporary_folder()?, &[]).await?;
    let small = programs.run(&server, &standing, Counted::Changes).await?;
    drop(server);

    let server = programs.start(settings.temporary_folder()?, &[]).await?;
    let empty = resident_bytes(&server)?;
    let seats = LoadRun { workload: &["seats"], ..standing };
    programs.fill(&server, &seats, RESERVATIONS).await?;
    let client = connect(&server).await?;
    let live = count(&client, "reservations_live").await?;
    ensure!(live * 100 >= RESERVATIONS * 99, "only {live} reservations are live");
    let bytes_each = (resident_bytes(&server)? - empty) / live as f64;
    // The rows fall behind while it is filled, and catch up now.
    while count(&client, "changes_behind").await? > 0 {
        #[expect(clippy::disallowed_methods, reason = "a look costs the server that is measured")]
        tokio::time::sleep(LOOK).await;
    }
    let large = programs.run(&server, &standing, Counted::Changes).await?;
    Ok(SizeCost {
        bytes_each,
        small_per_second: small.per_second,
        large_per_second: large.per_second,
        idle_bytes,
    })
}

/// Resident memory of a server with idle connections only.
async fn idle(settings: &Settings, programs: &Programs) -> anyhow::Result<f64> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?;
    let server = programs.start(settings.temporary_folder()?, &[]).await?;
    let mut clients: Vec<Client> = Vec::with_capacity(IDLE);
    while clients.len() < IDLE {
        let mut opening = JoinSet::new();
        for _ in 0..OPENED_AT_ONCE.min(IDLE - clients.len()) {
            let config = super::programs::config(&server);
            opening.spawn(Client::connect(config));
        }
        while let Some(opened) = opening.join_next().await {
            clients.push(opened?.context("one of many connections")?);
        }
    }
    resident_bytes(&server)
}

/// The resident memory of a server (`VmRSS` in proc(5)).
fn resident_bytes(server: &RunningServer) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let kilobytes = boxoffice_load::machine::field(&status, "VmRSS");
    let kilobytes = kilobytes.as_deref().and_then(|text| text.strip_suffix("kB"));
    let kilobytes: f64 = kilobytes.context("no VmRSS")?.trim().parse()?;
    Ok(kilobytes * 1024.0)
}
