//! The commands, each as it was typed, run on a client that is connected. One file a group.

mod batch;
mod booking;
mod event;
mod event_file;
mod list;
mod seats;
mod server;
mod watch;

use crate::args::Command;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::shell;
use boxoffice_client::Client;

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
        Command::Seats { event } => seats::run(client, &event, output).await?,
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
        Command::Batch(args) => return batch::run(client, args, output).await,
        Command::Shell { customer } => return shell::run(client, customer, output).await,
    }
    Ok(Exit::Done)
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
