//! What a polite client notices of attackers:
//!
//! ```text
//! cargo bench -p boxoffice-benches --bench fairness -- [--scene NAME]… [--connections N,N] [--seconds N]
//! ```
//!
//! The server has core 0 for itself. A polite client with 100 durable reservations a second has
//! core 1, beside attackers that run when it does not (`SCHED_IDLE`), all with one token. Each scene
//! measures the polite client alone, and then beside attackers with several numbers of connections.
//! It fails where a bound is missed. Needs Linux with two cores that do nothing else, and util-linux.
//! [docs/fairness.md](../../../docs/fairness.md) has its figures.

mod attack;
mod attackers;
mod http;
mod many_addresses;
mod newcomers;
mod polite;
mod report;
mod scene;
mod stage;
mod wire;

use anyhow::{Context, ensure};
use attack::Attack;
use boxoffice_load::machine;
use clap::{Parser, Subcommand};
use report::Report;
use rustix::thread::{CpuSet, sched_setaffinity};
use scene::{SCENES, Scene};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Measures what a polite client notices of attackers, and prints a table in Markdown, each row as
/// soon as it is measured. All scenes take about four minutes.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench -p boxoffice-benches --bench fairness --")]
struct Arguments {
    /// Only scenes whose names begin like this
    #[arg(long = "scene", value_name = "NAME")]
    scenes: Vec<String>,
    /// Numbers of the attackers' connections
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 16, 64, 200])]
    connections: Vec<u32>,
    /// Seconds of each measurement
    #[arg(long, value_name = "N", default_value_t = 4)]
    seconds: u64,
    /// Begin no scene after so many seconds; the run fails then
    #[arg(long, value_name = "N", default_value_t = 600)]
    at_most: u64,
    /// Another server's program [default: this one, built with the profile dist]
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Work below this folder, which must be on a disk [default: in target]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// The attackers' process
    #[command(hide = true)]
    Attack(Attack),
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(Part::Attack(attack)) = &arguments.part {
        attack::run(attack)?;
    }
    let cores = std::thread::available_parallelism()?.get();
    ensure!(cores >= 2, "the server and its clients need a core each");
    let program =
        arguments.server.unwrap_or_else(|| boxoffice_testing::measured_server().to_owned());
    let below = arguments.folder.unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    let facts = machine::facts(&below);
    let facts: Vec<_> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let mut own = CpuSet::new();
    own.set(1);
    sched_setaffinity(None, &own)?;
    println!("{}\n", facts.join("; "));
    let mut report = Report::begin();
    let asked = |scene: &&Scene| {
        let names = &arguments.scenes;
        names.is_empty() || names.iter().any(|name| scene.name.starts_with(name.as_str()))
    };
    let (begun, span) = (Instant::now(), Duration::from_secs(arguments.seconds));
    for scene in SCENES.iter().filter(asked) {
        if begun.elapsed() > Duration::from_secs(arguments.at_most) {
            report.leave_out(scene);
            continue;
        }
        let show = |alone: &_, shown: &_| report.add(scene, alone, shown);
        let played = scene.play((&program, &below), &arguments.connections, span, show);
        played.with_context(|| scene.name)?;
    }
    println!("\n{}", report.summary());
    Ok(if report.missed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
