//! The commands, each as it was typed, run on a client that is connected. One file a group.

mod batch;
mod booking;
mod event;
mod event_file;
mod list;
mod seats;
mod server;
mod watch;

use crate::args::{Command, EventCommand, Global};
use crate::failure::{Exit, Failure};
use crate::help::NO_TLS_BENCH;
use crate::output::Output;
use crate::shell;
use boxoffice_client::Client;
use boxoffice_load::Target;
use boxoffice_load::args::BenchArgs;

/// Does what a command says.
///
/// # Errors
/// [`Failure`] if it was refused or could not be asked for; nothing is printed of it yet.
pub(crate) async fn run(
    client: &Client,
    command: Command,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        Command::Events => list::events(client, output).await?,
        Command::Event(command) => event::run(client, command, output).await?,
        Command::Seats(args) => seats::run(client, args, output).await?,
        Command::Hold(args) => booking::hold(client, args, output).await?,
        Command::Reserve(args) => booking::reserve(client, args, output).await?,
        Command::Confirm(args) => booking::confirm(client, args, output).await?,
        Command::Release(args) => booking::release(client, args, output).await?,
        Command::Extend(args) => booking::extend(client, args, output).await?,
        Command::Cancel(args) => booking::cancel(client, args, output).await?,
        Command::Show(args) => booking::show(client, args, output).await?,
        Command::Reservations { event, customer } => {
            list::reservations(client, event, customer, output).await?;
        }
        Command::Watch { event } => watch::run(client, event, output).await?,
        Command::Stats => server::stats(client, output).await?,
        Command::Ping => server::ping(client, output).await?,
        Command::Backup { name } => server::backup(client, &name, output).await?,
        Command::Batch(args) => return batch::run(client, args, output).await,
        Command::Bench(_) => {
            let why = "a load run is not for the shell; type `boxoffice bench` outside";
            return Err(Failure::Usage(why.to_owned()));
        }
        Command::Shell { customer } => return shell::run(client, customer, output).await,
    }
    Ok(Exit::Done)
}

/// Puts a server under load; it has connections of its own.
///
/// # Errors
/// [`Failure`] says why it was not done.
pub(crate) async fn bench(
    global: Global,
    args: BenchArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    if args.is_run() && global.wants_tls() {
        return Err(Failure::Usage(NO_TLS_BENCH.to_owned()));
    }
    let target = Target { server: global.server, token: global.token, patience: global.timeout.0 };
    Ok(boxoffice_load::run(target, args, output).await?.into())
}

/// What to say to a person who interrupted a command; nothing where nothing can have been done.
pub(crate) const fn interrupted(command: &Command) -> Option<&'static str> {
    match command {
        Command::Events
        | Command::Event(EventCommand::Show { .. })
        | Command::Seats(_)
        | Command::Show(_)
        | Command::Reservations { .. }
        | Command::Watch { .. }
        | Command::Stats
        | Command::Ping
        | Command::Bench(_)
        | Command::Shell { .. } => None,
        Command::Batch(_) => Some(
            "interrupted; the same command again sends only rows without an outcome, and books \
             nothing twice",
        ),
        Command::Backup { .. } => Some("interrupted; the server makes the backup all the same"),
        Command::Event(_)
        | Command::Hold(_)
        | Command::Reserve(_)
        | Command::Confirm(_)
        | Command::Release(_)
        | Command::Extend(_)
        | Command::Cancel(_) => Some("interrupted; what was sent may have been done"),
    }
}

/// How many requests a command would like to have in flight; 0 where it does not care.
pub(crate) fn in_flight(command: &Command) -> u32 {
    match command {
        Command::Batch(_) => BATCH_IN_FLIGHT,
        _ => 0,
    }
}

/// Rows of a file that wait for their answers together.
const BATCH_IN_FLIGHT: u32 = 1_024;
