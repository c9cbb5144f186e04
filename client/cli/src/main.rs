//! `boxoffice`: browse events and reserve places at a terminal or in a script.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod commands;
mod connection;
mod console;
mod exit;
mod failure;
mod folders;
mod help;
mod hint;
mod output;
mod shell;
mod values;

use args::{CommandLine, ConnectionArgs, OutputArgs, PlanCommand, ServerCommand, TypedCommand};
use clap::{CommandFactory as _, Parser as _};
use connection::{Caller, Connection};
use console::Console;
use exit::CommandExit;
use failure::Failure;
use std::process::ExitCode;
use tokio::select;
use tokio::time::Instant;

fn main() -> ExitCode {
    let CommandLine { output, connection, command } = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) if error.use_stderr() && OutputArgs::ask_for_json(std::env::args()) => {
            return wrong_in_json(&error);
        }
        Err(error) => error.exit(),
    };
    let console = Console::new(&output);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let exit = match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(run(&connection, command, &console));
            // A thread may still wait for stdin.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            console.note(&format!("error: no threads: {error}; is a limit of processes reached?"));
            CommandExit::NotReached
        }
    };
    exit.into()
}

/// Tells what is wrong with a command line that asks for JSON.
fn wrong_in_json(error: &clap::Error) -> ExitCode {
    let console = Console::new(&OutputArgs::json());
    let message = error.to_string();
    console.error(CommandExit::Usage, message.trim_start_matches("error: ").trim_end(), None);
    CommandExit::Usage.into()
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
        TypedCommand::Plan(PlanCommand::File(command)) => commands::plan(command, console),
        TypedCommand::Plan(PlanCommand::Kept(command)) => {
            let command = ServerCommand::KeptPlan(command);
            run_until_interrupted(connection()?, command, console).await
        }
        TypedCommand::Bench(args) => commands::bench(connection()?, *args, console).await,
        TypedCommand::Shell { customer } => {
            let connection = connection()?;
            let client = connection.open(0, console).await?;
            let customer = customer.or(connection.caller.customer.clone());
            shell::run(&client, Caller { customer, ..connection.caller }, console).await
        }
        TypedCommand::Context(command) => {
            commands::context(command, options, console)?;
            Ok(CommandExit::Done)
        }
        TypedCommand::Completions { shell } => {
            console.data(shell::completions(shell))?;
            Ok(CommandExit::Done)
        }
        TypedCommand::Complete { line } => {
            // Without a server there are no candidates, and no place for a message.
            shell::complete(&line, console).await.ok();
            Ok(CommandExit::Done)
        }
        TypedCommand::Manual { folder } => {
            clap_mangen::generate_to(CommandLine::command(), &folder)?;
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
        let client = connection.open(commands::in_flight(&command), console).await?;
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
