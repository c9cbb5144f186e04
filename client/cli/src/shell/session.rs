//! A session of the shell: its customer, and their reservations.

use super::customer_holds::CustomerHolds;
use super::line::{ShellLine, customer_of};
use crate::args::{OutputArgs, ServerCommand};
use crate::commands;
use crate::connection::Caller;
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use boxoffice_client::protocol::id::CustomerId;
use boxoffice_client::{Client, ReservationFilter};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::time::Instant;

/// The most pages of reservations that are fetched.
const PAGES: usize = 10;

/// Whether the shell continues after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterLine {
    /// It does, after a line with this exit code.
    GoOn(CommandExit),
    Leave,
}

/// The state that lasts from line to line.
pub(super) struct ShellSession {
    pub(super) client: Client,
    pub(super) console: Console,
    /// The reservations of the customer that was named last.
    pub(super) holds: Arc<Mutex<CustomerHolds>>,
    /// The options of its caller are the connection's, which lasts.
    caller: Caller,
}

impl ShellSession {
    /// Without a customer, commands must name one.
    pub(super) fn new(client: Client, console: Console, caller: Caller) -> Self {
        let caller = Caller { options: String::new(), ..caller };
        Self { client, console, holds: Arc::default(), caller }
    }

    /// Runs a line. An error ends the line, not the session.
    ///
    /// # Errors
    /// [`Failure::Output`] if the output cannot be written.
    pub(super) async fn execute(&mut self, text: &str) -> Result<AfterLine, Failure> {
        match ShellLine::parse(text) {
            ShellLine::Empty => {}
            ShellLine::Leave => return Ok(AfterLine::Leave),
            ShellLine::ShowCustomer => match self.customer() {
                Some(customer) => self.console.data(customer.as_str())?,
                None => self.console.note("no customer yet; `use CUSTOMER` sets one"),
            },
            ShellLine::Use(customer) => self.caller.customer = Some(customer),
            ShellLine::Print(text) => self.console.data(&text)?,
            ShellLine::Command { command, output } => {
                return self.run(*command, &output).await.map(AfterLine::GoOn);
            }
            ShellLine::Wrong(why) => {
                let message = why.strip_prefix("error: ").unwrap_or(&why);
                self.console.error(CommandExit::Usage, message, None);
                return Ok(AfterLine::GoOn(CommandExit::Usage));
            }
        }
        Ok(AfterLine::GoOn(CommandExit::Done))
    }

    async fn run(
        &mut self,
        command: ServerCommand,
        output: &OutputArgs,
    ) -> Result<CommandExit, Failure> {
        let console = self.console.with(output);
        let end = Instant::now().checked_add(self.client.config().deadline);
        match Box::pin(commands::run(&self.client, command, end, &self.caller, &console)).await {
            Err(failure @ Failure::Output(_)) => Err(failure),
            Err(failure) => Ok(failure.tell(&console)),
            Ok(exit) => Ok(exit),
        }
    }

    /// The message after an interrupted line.
    pub(super) fn interrupted(&self, text: &str) -> Option<&'static str> {
        match ShellLine::parse(text) {
            ShellLine::Command { command, .. } => commands::interrupted(&command),
            _ => None,
        }
    }

    /// The customer whose reservations must be fetched after a line.
    pub(super) fn concerned(&self, text: &str) -> Option<CustomerId> {
        match ShellLine::parse(text) {
            ShellLine::Command { command, .. } => {
                self.caller.known_customer(customer_of(&command)?.clone(), &self.client)
            }
            ShellLine::Use(customer) => Some(customer),
            _ => None,
        }
    }

    /// The customer of the session.
    pub(super) fn customer(&self) -> Option<CustomerId> {
        self.caller.known_customer(None, &self.client)
    }

    /// Fetches the reservations of `customer`. After an error the earlier ones stay.
    pub(super) async fn fetch_holds(&self, customer: CustomerId) {
        let filter = ReservationFilter { customer: Some(customer), ..ReservationFilter::default() };
        let mut pages = self.client.reservations(filter);
        let mut reservations = Vec::new();
        for _ in 0..PAGES {
            match pages.next().await {
                Ok(Some(page)) => reservations.extend(page.into_iter().map(|row| row.reservation)),
                Ok(None) => break,
                Err(_) => return,
            }
        }
        self.holds.lock().learn(reservations);
    }
}
