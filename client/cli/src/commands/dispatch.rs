//! From a typed command to the function that runs it.

use super::list::ReservationsWanted;
use super::{batch, booking, event, kept_plan, list, seats, server, watch};
use crate::args::{EventCommand, KeptPlanCommand, OutputFormat, ServerCommand};
use crate::connection::Caller;
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use boxoffice_client::{Client, ReservationFilter};
use tokio::time::Instant;

/// Runs a command, which has until `end` unless it is one of many requests with a time each.
///
/// # Errors
/// [`Failure`] if it failed. The failure itself is not printed yet.
pub(crate) async fn run(
    client: &Client,
    command: ServerCommand,
    end: Option<Instant>,
    caller: &Caller,
    console: &Console,
) -> Result<CommandExit, Failure> {
    if console.format == OutputFormat::Csv && !has_table(&command) {
        let why = "--output csv is for commands that print a table; this one has table and json";
        return Err(Failure::Usage(why.to_owned()));
    }
    let client = &match (&command, end) {
        (ServerCommand::Batch(_) | ServerCommand::Watch { .. }, _) | (_, None) => client.clone(),
        (_, Some(end)) => client.until(end),
    };
    match command {
        ServerCommand::Events => list::events(client, console).await?,
        ServerCommand::Event(command) => event::run(client, command, console).await?,
        ServerCommand::Seats(args) => seats::run(client, args, console).await?,
        ServerCommand::Hold(args) => booking::hold(client, args, caller, console).await?,
        ServerCommand::Reserve(args) => booking::reserve(client, args, caller, console).await?,
        ServerCommand::Confirm(args) => booking::confirm(client, args, caller, console).await?,
        ServerCommand::Release(args) => booking::release(client, args, caller, console).await?,
        ServerCommand::Extend(args) => booking::extend(client, args, caller, console).await?,
        ServerCommand::Cancel(args) => booking::cancel(client, args, caller, console).await?,
        ServerCommand::Transfer(args) => booking::transfer(client, args, caller, console).await?,
        ServerCommand::Exchange(args) => booking::exchange(client, args, caller, console).await?,
        ServerCommand::Order(args) => booking::order(client, args, caller, console).await?,
        ServerCommand::ConfirmOrder(args) => booking::confirm_order(client, args, console).await?,
        ServerCommand::Show(args) => booking::show(client, args, caller, console).await?,
        ServerCommand::Find(args) => booking::find(client, args, console).await?,
        ServerCommand::Reservations { event, customer, status, limit } => {
            let filter = ReservationFilter { event, customer, ..ReservationFilter::default() };
            let status = status.into_iter().map(Into::into).collect();
            let wanted = ReservationsWanted { filter, status, limit };
            list::reservations(client, wanted, console).await?;
        }
        ServerCommand::Watch { event } => watch::run(client, event, console).await?,
        ServerCommand::Stats => server::stats(client, console).await?,
        ServerCommand::Ping => server::ping(client, console).await?,
        ServerCommand::Backup { name } => server::backup(client, &name, console).await?,
        ServerCommand::KeptPlan(command) => kept_plan::run(client, command, console).await?,
        ServerCommand::Batch(args) => return batch::run(client, args, console).await,
    }
    Ok(CommandExit::Done)
}

/// Whether the command prints a table.
const fn has_table(command: &ServerCommand) -> bool {
    !matches!(
        command,
        ServerCommand::Seats(_)
            | ServerCommand::Watch { .. }
            | ServerCommand::Ping
            | ServerCommand::KeptPlan(_)
            | ServerCommand::Batch(_)
            | ServerCommand::Event(EventCommand::Export { .. })
    )
}

/// The message after an interrupt; none for commands that change nothing.
pub(crate) const fn interrupted(command: &ServerCommand) -> Option<&'static str> {
    match command {
        ServerCommand::Events
        | ServerCommand::Event(EventCommand::Show { .. } | EventCommand::Export { .. })
        | ServerCommand::Seats(_)
        | ServerCommand::Show(_)
        | ServerCommand::Find(_)
        | ServerCommand::Reservations { .. }
        | ServerCommand::Watch { .. }
        | ServerCommand::Stats
        | ServerCommand::KeptPlan(KeptPlanCommand::Get { .. })
        | ServerCommand::Ping => None,
        ServerCommand::KeptPlan(KeptPlanCommand::Put { .. }) => {
            Some("interrupted; the same command again goes on where it was")
        }
        ServerCommand::Batch(_) => Some(
            "interrupted; the same command again sends only rows without an outcome, and books \
             nothing twice",
        ),
        ServerCommand::Backup { .. } => {
            Some("interrupted; the server makes the backup all the same")
        }
        ServerCommand::Event(_)
        | ServerCommand::Hold(_)
        | ServerCommand::Reserve(_)
        | ServerCommand::Confirm(_)
        | ServerCommand::Release(_)
        | ServerCommand::Extend(_)
        | ServerCommand::Transfer(_)
        | ServerCommand::Exchange(_)
        | ServerCommand::Order(_)
        | ServerCommand::ConfirmOrder(_)
        | ServerCommand::Cancel(_) => Some("interrupted; what was sent may have been done"),
    }
}

/// The number of requests in flight that a command wants; 0 for any.
pub(crate) fn in_flight(command: &ServerCommand) -> u32 {
    match command {
        ServerCommand::Batch(_) => BATCH_IN_FLIGHT,
        _ => 0,
    }
}

/// Rows of a batch in flight.
const BATCH_IN_FLIGHT: u32 = 1_024;
