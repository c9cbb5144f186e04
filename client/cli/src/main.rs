//! `boxoffice`: browse events and reserve places at a terminal or in a script.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod commands;
mod console;
mod failure;
mod help;
mod hint;
mod output;
mod shell;
mod values;

use args::{CommandLine, GlobalArgs, ServerCommand, TypedCommand};
use boxoffice_client::{Client, ClientConfig, TlsConfig};
use clap::Parser;
use console::Console;
use failure::{CommandExit, Failure};
use std::process::ExitCode;
use std::time::Duration;
use tokio::select;
use tokio::time::Instant;

/// The longest attempt to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let CommandLine { global, command } = CommandLine::parse();
    let console = Console::of_environment(global.json);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match runtime {
        Ok(runtime) => runtime.block_on(run(global, command, &console)),
        Err(error) => {
            console.note(&format!("error: no threads: {error}; is a limit of processes reached?"));
            CommandExit::NotReached
        }
    };
    exit.into()
}

/// Runs a command. The shell and a load run handle Ctrl-C themselves: it ends one line, or ends
/// the run early.
async fn run(global: GlobalArgs, command: TypedCommand, console: &Console) -> CommandExit {
    let outcome = match command {
        TypedCommand::Server(command) => {
            return run_until_interrupted(global, command, console).await;
        }
        TypedCommand::Bench(args) => commands::bench(global, *args, console).await,
        TypedCommand::Shell { customer } => match connect(global, 0, console).await {
            Ok(client) => shell::run(&client, customer, console).await,
            Err(failure) => Err(failure),
        },
    };
    outcome.unwrap_or_else(|failure| failure.tell(console))
}

async fn run_until_interrupted(
    global: GlobalArgs,
    command: ServerCommand,
    console: &Console,
) -> CommandExit {
    let interrupted = commands::interrupted(&command);
    let connect_and_run = async {
        let end = Instant::now().checked_add(global.timeout.0);
        let client = connect(global, commands::in_flight(&command), console).await?;
        commands::run(&client, command, end, console).await
    };
    // Biased, so that the signal is watched before the command begins.
    let outcome = select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            if let Some(message) = interrupted {
                // The output may have stopped in the middle of a line.
                console.note("");
                console.note(message);
            }
            return CommandExit::Interrupted;
        }
        outcome = connect_and_run => outcome,
    };
    outcome.unwrap_or_else(|failure| failure.tell(console))
}

/// Connects with the wish for `in_flight` requests in flight; 0 is the server's default.
async fn connect(global: GlobalArgs, in_flight: u32, console: &Console) -> Result<Client, Failure> {
    let tls = tls(&global, console)?;
    let deadline = global.timeout.0;
    let config = ClientConfig {
        server: global.server,
        tls,
        token: global.token,
        in_flight,
        connect_timeout: CONNECT_TIMEOUT.min(deadline),
        deadline,
        ..ClientConfig::default()
    };
    Ok(Client::connect(config).await?)
}

/// The TLS settings, if any option asks for TLS.
fn tls(global: &GlobalArgs, console: &Console) -> Result<Option<TlsConfig>, Failure> {
    if global.insecure {
        console.note(help::INSECURE);
        return Ok(Some(TlsConfig::insecure()));
    }
    Ok(match &global.ca {
        Some(file) => Some(TlsConfig::authorities_in(file)?),
        None if global.tls => Some(TlsConfig::system()?),
        None => None,
    })
}
