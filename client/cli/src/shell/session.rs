//! A session of the shell: who is asking, and what became of their reservations.

use super::customer_holds::CustomerHolds;
use super::line::{ShellLine, customer_of};
use crate::args::ServerCommand;
use crate::commands;
use crate::console::Console;
use crate::failure::{CommandExit, Failure};
use boxoffice_client::protocol::id::CustomerId;
use boxoffice_client::{Client, ReservationFilter};
use parking_lot::Mutex;
use std::sync::Arc;

/// So many pages of a customer's reservations are looked at.
const PAGES: usize = 10;

/// Whether the shell goes on after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterLine {
    /// It does; the line ended so.
    GoOn(CommandExit),
    /// It ends.
    Leave,
}

/// What lasts from line to line.
pub(super) struct ShellSession {
    /// The server.
    pub(super) client: Client,
    /// Where answers go.
    pub(super) console: Console,
    /// The reservations of whom was named last.
    pub(super) holds: Arc<Mutex<CustomerHolds>>,
    customer: Option<CustomerId>,
}

impl ShellSession {
    /// A session of `customer`, if it is known who that is.
    pub(super) fn new(client: Client, console: Console, customer: Option<CustomerId>) -> Self {
        Self { client, console, holds: Arc::default(), customer }
    }

    /// Does what a line says. Errors end the line, and not the session.
    ///
    /// # Errors
    /// [`Failure::Output`] if nobody reads what is printed.
    pub(super) async fn execute(&mut self, text: &str) -> Result<AfterLine, Failure> {
        match ShellLine::parse(text, self.customer.as_ref()) {
            ShellLine::Empty => {}
            ShellLine::Leave => return Ok(AfterLine::Leave),
            ShellLine::WhoAmI => match &self.customer {
                Some(customer) => self.console.data(customer.as_str())?,
                None => self.console.note("nobody yet; `use CUSTOMER` says who"),
            },
            ShellLine::Use(customer) => self.customer = Some(customer),
            ShellLine::Print(text) => self.console.data(&text)?,
            ShellLine::Command { command, json } => {
                return self.run(*command, json).await.map(AfterLine::GoOn);
            }
            ShellLine::Wrong(why) => {
                why.lines().for_each(|line| self.console.note(line));
                return Ok(AfterLine::GoOn(CommandExit::Usage));
            }
        }
        Ok(AfterLine::GoOn(CommandExit::Done))
    }

    async fn run(&mut self, command: ServerCommand, json: bool) -> Result<CommandExit, Failure> {
        let console = if json { Console::of_environment(true) } else { self.console };
        match Box::pin(commands::run(&self.client, command, &console)).await {
            Err(failure @ Failure::Output(_)) => Err(failure),
            Err(failure) => Ok(failure.tell(&console)),
            Ok(exit) => Ok(exit),
        }
    }

    /// What to say where a line was interrupted.
    pub(super) fn interrupted(&self, text: &str) -> Option<&'static str> {
        match ShellLine::parse(text, self.customer.as_ref()) {
            ShellLine::Command { command, .. } => commands::interrupted(&command),
            _ => None,
        }
    }

    /// Whose reservations a line may have changed, or begun to matter.
    pub(super) fn concerned(&self, text: &str) -> Option<CustomerId> {
        match ShellLine::parse(text, self.customer.as_ref()) {
            ShellLine::Command { command, .. } => customer_of(&command).cloned(),
            ShellLine::Use(customer) => Some(customer),
            _ => None,
        }
    }

    /// The customer of the session, if it is known.
    pub(super) fn customer(&self) -> Option<&CustomerId> {
        self.customer.as_ref()
    }

    /// Looks at the reservations of `customer`. What cannot be seen now stays as it was.
    pub(super) async fn look_at(&self, customer: CustomerId) {
        let filter = ReservationFilter { event: None, customer: Some(customer) };
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
