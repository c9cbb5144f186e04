//! The server's command line: arguments, logs, run, exit code.

mod commands;
mod demo;

use anyhow::Context;
use boxoffice_server::Server;
use boxoffice_server::config::{Config, Settings};
use clap::{Parser, Subcommand};
use std::env::VarError;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A ticket reservation server that never sells a seat twice.
///
/// Without a command it serves until it gets SIGTERM or SIGINT; then it answers what it has read
/// and exits with 0. The first line on stdout says where it listens, the second where it speaks
/// HTTP. SIGHUP makes it read the TLS certificate again.
#[derive(Debug, Parser)]
#[command(name = "boxoffice-server", version, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,

    /// A TOML file with the same settings, named like the flags with underscores
    #[arg(long, env = "BOXOFFICE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts a server with sample events, lets customers race for seats, and stays up
    Demo {
        /// Exit after the race: 0 only if every count is right
        #[arg(long)]
        once: bool,
    },
    /// Looks whether everything in a data folder is well, also while a server uses it
    Check(commands::Check),
    /// Writes all reservations that ever were, or the changes of the journal, to stdout
    Export(commands::Export),
    /// Makes, lists and revokes tokens, which say who may do what
    Token(commands::Token),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut settings = arguments.settings;
    if let Some(path) = &arguments.config {
        settings = settings.or(Settings::from_file(path)?);
    }
    match &arguments.command {
        Some(Command::Check(check)) => return Ok(check.run(settings.data.as_deref())),
        Some(Command::Export(export)) => return Ok(export.run(settings.data.as_deref())),
        Some(Command::Token(token)) => return token.run(&settings).map(|()| ExitCode::SUCCESS),
        // Without a folder of its own it leaves nothing behind.
        Some(Command::Demo { .. }) => settings.memory |= settings.data.is_none(),
        None => {}
    }
    settings.tokens_in_environment = tokens_in_environment()?;
    start_log(settings.log.as_deref().unwrap_or("info"))?;
    let mut config = Config::resolve(&settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot wait for signals")?;
    let http = if config.http_listen.is_some() { config.http_max_connections } else { 0 };
    let fit = boxoffice_server::descriptors::admit([config.max_connections, http]);
    [config.max_connections, config.http_max_connections] = fit;
    runtime.block_on(async {
        if let Some(Command::Demo { once }) = arguments.command {
            return demo::run(config, settings.listen, once).await;
        }
        serve(config).await
    })
}

/// Tokens of the environment; not among the arguments, as everybody on the machine sees those.
fn tokens_in_environment() -> anyhow::Result<Option<String>> {
    match std::env::var("BOXOFFICE_TOKENS") {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error @ VarError::NotUnicode(_)) => Err(error).context("BOXOFFICE_TOKENS"),
    }
}

fn start_log(filter: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .with_context(|| format!("{filter:?} is no log filter; try info or debug"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    let signals = Signals::new()?;
    let server = Server::start(config).await?;
    say_where(&server)?;
    signals.serve_until_stopped(server).await
}

/// What the server is told from outside. Made before anybody is told that it listens, so that
/// whoever was told can rely on it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Serves until a signal or the ledger's end.
    async fn serve_until_stopped(mut self, server: Server) -> anyhow::Result<ExitCode> {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => tracing::info!("SIGTERM: stopping"),
                _ = self.interrupt.recv() => tracing::info!("SIGINT: stopping"),
                _ = self.hang_up.recv() => {
                    reload(&server);
                    continue;
                }
                () = server.failed() => {
                    tracing::error!("the ledger failed; nothing more can be acknowledged");
                    server.stop().await;
                    return Ok(ExitCode::FAILURE);
                }
            }
            break;
        }
        let stopped = server.stop().await;
        if stopped.connections_cut > 0 {
            tracing::warn!(cut = stopped.connections_cut, "connections were not done in time");
        }
        Ok(if stopped.durable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Says where the server listens: the binary protocol's address first, then HTTP's, or that it is
/// off.
fn say_where(server: &Server) -> std::io::Result<()> {
    say(&format!("listening on {}", server.address()))?;
    match server.http_address() {
        Some(address) if server.speaks_tls() => say(&format!("https on {address}")),
        Some(address) => say(&format!("http on {address}")),
        None => say("http off"),
    }
}

/// Reads again what may change while the server runs.
fn reload(server: &Server) {
    match server.reload_tls() {
        Ok(true) => {}
        Ok(false) => tracing::info!("SIGHUP: there is no TLS certificate to read again"),
        Err(error) => tracing::error!("SIGHUP: the old TLS certificate stays: {error}"),
    }
}

/// Writes a line to stdout at once, for whoever waits for it.
fn say(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
