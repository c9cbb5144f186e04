//! The comparison as a program: its arguments, its signals, its page.

use super::comparison::{self, Peers};
use super::limit::{self, LimitLoad};
use super::report;
use super::settings::Settings;
use super::subject::Durability;
use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The message for a `cargo bench` that is not for this bench in particular.
const NOTHING_TO_DO: &str =
    "to measure: cargo bench -p boxoffice-load --bench compare -- --rounds 5";

/// Boxoffice, its peers and the limit, side by side.
#[derive(Debug, Parser)]
#[command(name = "compare", args_conflicts_with_subcommands = true)]
struct CompareArguments {
    #[command(subcommand)]
    role: Option<CompareRole>,
    #[command(flatten)]
    settings: Option<Settings>,
}

/// The parts that this program plays when it starts itself.
#[derive(Debug, Subcommand)]
enum CompareRole {
    /// The server of the limit
    #[command(hide = true)]
    LimitServer {
        file: PathBuf,
        #[arg(long)]
        port: u16,
        #[arg(long)]
        unsynced: bool,
    },
    /// The load generator of the limit
    #[command(hide = true)]
    LimitLoad(LimitLoad),
}

/// Runs as the command line says.
pub(crate) fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    // Cargo adds this one.
    let given: Vec<_> = std::env::args().filter(|argument| argument != "--bench").collect();
    if !is_meant(&given) {
        eprintln!("{NOTHING_TO_DO}");
        return Ok(());
    }
    let CompareArguments { role, settings } = CompareArguments::parse_from(given);
    match (role, settings) {
        (Some(CompareRole::LimitServer { file, port, unsynced }), _) => {
            let durability = if unsynced { Durability::PageCache } else { Durability::Synced };
            limit::serve(&file, durability, port)
        }
        (Some(CompareRole::LimitLoad(load)), _) => {
            let figure = limit::load(&load)?;
            Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string(&figure)?)?)
        }
        (None, Some(settings)) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(compare_until_interrupted(&settings))
        }
        (None, None) => bail!("{NOTHING_TO_DO}"),
    }
}

/// Whether the arguments are for this program: Cargo passes a filter and others to every bench.
fn is_meant(given: &[String]) -> bool {
    let ours = ["--rounds", "--help", "limit-server", "limit-load"];
    given.iter().skip(1).any(|argument| ours.iter().any(|word| argument.starts_with(word)))
}

/// Ctrl-C ends the comparison by dropping it: servers and folders go with their guards.
async fn compare_until_interrupted(settings: &Settings) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        biased;
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("terminated"),
        outcome = compare(settings) => outcome,
    }
}

async fn compare(settings: &Settings) -> anyhow::Result<()> {
    comparison::warn_of_memory(settings);
    let peers = Peers::find().await?;
    let outcome = comparison::run(settings, &peers).await;
    let page = report::page(settings, &peers, &outcome)?;
    match settings.page() {
        Some(file) => std::fs::write(&file, page)
            .with_context(|| format!("{} cannot be written", file.display()))?,
        None => std::io::stdout().write_all(page.as_bytes())?,
    }
    match outcome.failures.len() {
        0 => Ok(()),
        failures => bail!("{failures} measurements failed"),
    }
}
