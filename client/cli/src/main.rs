//! `boxoffice`: browse events and reserve places at a terminal or in a script.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod commands;
mod failure;
mod help;
mod output;
mod seats;
mod shell;
mod values;

use args::{Command, CommandLine, Global};
use boxoffice_client::{Client, ClientConfig, TlsConfig};
use clap::Parser;
use failure::{Exit, Failure};
use output::{Output, tell_failure};
use std::process::ExitCode;
use std::time::Duration;
use tokio::select;

/// The longest that one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let CommandLine { global, command } = CommandLine::parse();
    let output = Output::of_environment(global.json);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match runtime {
        Ok(runtime) => runtime.block_on(run_until_interrupted(global, command, &output)),
        Err(error) => {
            output.note(&format!("error: no threads: {error}; is a limit of processes reached?"));
            Exit::NotReached
        }
    };
    exit.into()
}

/// Runs a command; Ctrl-C ends it, but for the shell, where it ends one line only, and a load run,
/// which ends early and says what was.
async fn run_until_interrupted(global: Global, command: Command, output: &Output) -> Exit {
    let own = matches!(command, Command::Shell { .. } | Command::Bench(_));
    let interrupted = commands::interrupted(&command);
    // Biased: a Ctrl-C is waited for before the command begins, so that none is missed.
    let outcome = select! {
        biased;
        _ = tokio::signal::ctrl_c(), if !own => {
            interrupted.inspect(|message| {
                // What was printed of the command may end in the middle of a line.
                output.note("");
                output.note(message);
            });
            return Exit::Interrupted;
        }
        outcome = connect_and_run(global, command, output) => outcome,
    };
    outcome.unwrap_or_else(|failure| tell_failure(output, &failure))
}

async fn connect_and_run(
    global: Global,
    command: Command,
    output: &Output,
) -> Result<Exit, Failure> {
    if let Command::Bench(args) = command {
        return commands::bench(global, *args, output).await;
    }
    let tls = tls(&global, output)?;
    let client = Client::connect(config(global, tls, &command)).await?;
    commands::run(&client, command, output).await
}

/// How to speak TLS, where anything on the command line asks for it.
fn tls(global: &Global, output: &Output) -> Result<Option<TlsConfig>, Failure> {
    if global.insecure {
        output.note(help::INSECURE);
        return Ok(Some(TlsConfig::insecure()));
    }
    Ok(match &global.ca {
        Some(file) => Some(TlsConfig::authorities_in(file)?),
        None if global.tls => Some(TlsConfig::system()?),
        None => None,
    })
}

fn config(global: Global, tls: Option<TlsConfig>, command: &Command) -> ClientConfig {
    let deadline = global.timeout.0;
    ClientConfig {
        server: global.server,
        tls,
        token: global.token,
        in_flight: commands::in_flight(command),
        connect_timeout: CONNECT_TIMEOUT.min(deadline),
        deadline,
        ..ClientConfig::default()
    }
}
