//! `boxoffice`: browse events and reserve places at a terminal or in a script.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod commands;
mod connection;
mod console;
mod failure;
mod folders;
mod help;
mod hint;
mod output;
mod shell;
mod values;

use args::{CommandLine, ConnectionArgs, ServerCommand, TypedCommand};
use boxoffice_client::{Client, ClientConfig, ClientError, TlsConfig};
use clap::Parser;
use connection::{Caller, Connection, Trust};
use console::Console;
use failure::{CommandExit, Failure};
use std::io;
use std::process::ExitCode;
use std::time::Duration;
use tokio::select;
use tokio::time::{Instant, timeout};

/// The longest attempt to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let CommandLine { json, connection, command } = CommandLine::parse();
    let console = Console::of_environment(json);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match runtime {
        Ok(runtime) => runtime.block_on(run(&connection, command, &console)),
        Err(error) => {
            console.note(&format!("error: no threads: {error}; is a limit of processes reached?"));
            CommandExit::NotReached
        }
    };
    exit.into()
}

async fn run(options: &ConnectionArgs, command: TypedCommand, console: &Console) -> CommandExit {
    let outcome = try_run(options, command, console).await;
    outcome.unwrap_or_else(|failure| failure.tell(console))
}

/// Runs a command. The shell and a load run handle Ctrl-C themselves: it ends one line, or ends the
/// run early.
async fn try_run(
    options: &ConnectionArgs,
    command: TypedCommand,
    console: &Console,
) -> Result<CommandExit, Failure> {
    let connection = || Connection::resolve(options);
    match command {
        TypedCommand::Server(command) => {
            run_until_interrupted(connection()?, command, console).await
        }
        TypedCommand::Plan(command) => commands::plan(command, console),
        TypedCommand::Bench(args) => commands::bench(connection()?, *args, console).await,
        TypedCommand::Shell { customer } => {
            let connection = connection()?;
            let client = connect(&connection, 0, console).await?;
            let customer = customer.or(connection.caller.customer.clone());
            shell::run(&client, Caller { customer, ..connection.caller }, console).await
        }
        TypedCommand::Context(command) => {
            commands::context(command, options, console)?;
            Ok(CommandExit::Done)
        }
    }
}

async fn run_until_interrupted(
    connection: Connection,
    command: ServerCommand,
    console: &Console,
) -> Result<CommandExit, Failure> {
    let interrupted = commands::interrupted(&command);
    let connect_and_run = async {
        let end = Instant::now().checked_add(connection.timeout);
        let client = connect(&connection, commands::in_flight(&command), console).await?;
        commands::run(&client, command, end, &connection.caller, console).await
    };
    // Biased, so that the signal is watched before the command begins.
    select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            if let Some(message) = interrupted {
                // The output may have stopped in the middle of a line.
                console.note("");
                console.note(message);
            }
            Ok(CommandExit::Interrupted)
        }
        outcome = connect_and_run => outcome,
    }
}

/// Connects with the wish for `in_flight` requests in flight; 0 is the server's default.
async fn connect(
    connection: &Connection,
    in_flight: u32,
    console: &Console,
) -> Result<Client, Failure> {
    let (server, deadline) = (connection.server.clone(), connection.timeout);
    let config = ClientConfig {
        server: server.clone(),
        tls: tls(&connection.trust, console)?,
        token: connection.token.clone(),
        in_flight,
        connect_timeout: CONNECT_TIMEOUT.min(deadline),
        deadline,
        ..ClientConfig::default()
    };
    // A busy server is tried again, and the last attempt may begin just before the end.
    let late = |_| ClientError::Unreachable { server, source: io::ErrorKind::TimedOut.into() };
    Ok(timeout(deadline, Client::connect(config)).await.map_err(late)??)
}

fn tls(trust: &Trust, console: &Console) -> Result<Option<TlsConfig>, Failure> {
    Ok(match trust {
        Trust::Plain => None,
        Trust::System => Some(TlsConfig::system()?),
        Trust::Authorities(file) => Some(TlsConfig::authorities_in(file)?),
        Trust::Anyone => {
            console.note(help::INSECURE);
            Some(TlsConfig::insecure())
        }
    })
}
