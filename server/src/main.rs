//! The server's command line: arguments, logs, run, exit code.

mod announcement;
mod commands;
mod demo;
mod exit;
mod help_groups;
mod logs;
mod signals;

use announcement::announce;
use anyhow::Context;
use boxoffice_server::config::{Config, HttpListen, LogFormat, Settings};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use exit::{EXIT_CODES, Exit};
use signals::Signals;
use std::env::VarError;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A ticket reservation server that never sells a seat twice.
///
/// Without a command it serves until it gets SIGTERM or SIGINT; then it answers what it has read
/// and exits with 0. The first line on stdout says where it listens, the second where it speaks
/// HTTP. SIGHUP makes it read the TLS certificate again.
#[derive(Debug, Parser)]
#[command(name = "boxoffice-server", version, subcommand_negates_reqs = true)]
#[command(after_help = EXIT_CODES)]
struct ServerArguments {
    #[command(flatten)]
    settings: Settings,

    /// A TOML file with the same settings, named like the flags with underscores
    #[arg(long, env = "BOXOFFICE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<ServerCommand>,
}

#[derive(Debug, Subcommand)]
enum ServerCommand {
    /// Starts a server with sample events, lets customers race for seats, and stays up
    Demo {
        /// Exit after the race: 0 only if every count is right
        #[arg(long)]
        once: bool,
        /// Where to listen for the binary protocol; port 0 picks a free one
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
        /// Where to listen for HTTP, or off
        #[arg(long, value_name = "ADDRESS:PORT")]
        http_listen: Option<HttpListen>,
    },
    /// Checks a data folder, also while a server uses it
    Check(commands::Check),
    /// Writes all reservations, ended ones too, or the changes of the journal, to stdout
    Export(commands::Export),
    /// Makes, lists and revokes tokens, which carry permissions
    Token(commands::Token),
    /// Makes the tables of a store that several servers share, or brings them up to date
    Migrate(commands::Migrate),
    /// Moves everything to another store: between a data folder, PostgreSQL, Redis or Valkey, and MongoDB
    Copy(commands::Copy),
    /// Rotates the key that signs visitors' passes
    Visitors(commands::Visitors),
    /// Writes the manual pages into a folder
    #[command(hide = true)]
    Manual { folder: PathBuf },
}

fn main() -> ExitCode {
    // What the server writes is for its own user, also where SQLite makes the file.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let matches = help_groups::in_groups(ServerArguments::command()).get_matches();
    let arguments =
        ServerArguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let mut format = LogFormat::Text;
    run(arguments, &mut format).unwrap_or_else(|error| {
        logs::complain(&error, format);
        Exit::of(&error).into()
    })
}

/// Runs the command. `format` is that of the log, once it has begun.
fn run(arguments: ServerArguments, format: &mut LogFormat) -> anyhow::Result<ExitCode> {
    let mut settings = arguments.settings;
    if let Some(path) = &arguments.config {
        settings = settings.or(Settings::from_file(path)?);
    }
    match &arguments.command {
        Some(ServerCommand::Check(check)) => return Ok(check.run(settings.data.as_deref())),
        Some(ServerCommand::Export(export)) => return Ok(export.run(settings.data.as_deref())),
        Some(ServerCommand::Token(token)) => {
            return token.run(&settings).map(|()| ExitCode::SUCCESS);
        }
        Some(ServerCommand::Migrate(migrate)) => {
            return migrate.run(settings.store.as_deref()).map(|()| ExitCode::SUCCESS);
        }
        Some(ServerCommand::Copy(copy)) => {
            return copy.run(&settings).map(|()| ExitCode::SUCCESS);
        }
        Some(ServerCommand::Visitors(visitors)) => {
            let data = settings.data.as_deref();
            return visitors.run(data).map(|()| ExitCode::SUCCESS);
        }
        Some(ServerCommand::Manual { folder }) => {
            let pages = help_groups::in_groups(ServerArguments::command());
            clap_mangen::generate_to(pages, folder).context("cannot write the manual pages")?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(ServerCommand::Demo { listen, http_listen, .. }) => {
            settings.listen = listen.or(settings.listen);
            settings.http_listen = (*http_listen).or(settings.http_listen);
            // Without a folder of its own the demo leaves nothing behind.
            settings.memory |= settings.data.is_none() && settings.store.is_none();
        }
        None => {}
    }
    settings.tokens_in_environment = tokens_in_environment()?;
    let log = settings.log.clone().unwrap_or_default();
    logs::start(&log);
    *format = log.format;
    let mut config = Config::resolve(&settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot wait for signals")?;
    let http = if config.http_listen.is_some() { config.http_max_connections } else { 0 };
    let further = config.further_connections();
    let fit = boxoffice_server::descriptors::admit([config.max_connections, http], further);
    [config.max_connections, config.http_max_connections] = fit;
    runtime.block_on(async {
        if let Some(ServerCommand::Demo { once, .. }) = arguments.command {
            return demo::run(config, settings.listen, once).await;
        }
        serve(config).await.map(ExitCode::from)
    })
}

/// Tokens of the environment. They are not among the arguments, which every user of the machine
/// sees.
fn tokens_in_environment() -> anyhow::Result<Option<String>> {
    match std::env::var("BOXOFFICE_TOKENS") {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error @ VarError::NotUnicode(_)) => Err(error).context("BOXOFFICE_TOKENS"),
    }
}

async fn serve(config: Config) -> anyhow::Result<Exit> {
    let mut signals = Signals::new()?;
    let Some(server) = signals.start(config).await? else { return Ok(Exit::Stopped) };
    announce(&server)?;
    Ok(signals.serve_until_stopped(server).await)
}
