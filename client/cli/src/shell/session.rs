//! A session of the shell: who is asking, and what became of their reservations.

use super::holds::Holds;
use super::line::{Line, customer_of};
use crate::args::Command;
use crate::commands;
use crate::failure::{Exit, Failure};
use crate::output::{Output, tell_failure};
use boxoffice_client::protocol::id::CustomerId;
use boxoffice_client::{Client, ReservationFilter};
use parking_lot::Mutex;
use std::sync::Arc;

/// So many pages of a customer's reservations are looked at.
const PAGES: usize = 10;

/// Whether the shell goes on after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It does; the line ended so.
    GoOn(Exit),
    /// It ends.
    Leave,
}

/// What lasts from line to line.
pub(super) struct Session {
    /// The server.
    pub(super) client: Client,
    /// Where answers go.
    pub(super) output: Output,
    /// The reservations of whom was named last.
    pub(super) holds: Arc<Mutex<Holds>>,
    customer: Option<CustomerId>,
}

impl Session {
    /// A session of `customer`, if it is known who that is.
    pub(super) fn new(client: Client, output: Output, customer: Option<CustomerId>) -> Self {
        Self { client, output, holds: Arc::default(), customer }
    }

    /// Does what a line says. Errors end the line, and not the session.
    ///
    /// # Errors
    /// [`Failure::Output`] if nobody reads what is printed.
    pub(super) async fn execute(&mut self, text: &str) -> Result<After, Failure> {
        match Line::parse(text, self.customer.as_ref()) {
            Line::Empty => {}
            Line::Leave => return Ok(After::Leave),
            Line::WhoAmI => match &self.customer {
                Some(customer) => self.output.data(customer.as_str())?,
                None => self.output.note("nobody yet; `use CUSTOMER` says who"),
            },
            Line::Use(customer) => self.customer = Some(customer),
            Line::Print(text) => self.output.data(&text)?,
            Line::Command { command, json } => {
                return self.run(*command, json).await.map(After::GoOn);
            }
            Line::Wrong(why) => {
                why.lines().for_each(|line| self.output.note(line));
                return Ok(After::GoOn(Exit::Usage));
            }
        }
        Ok(After::GoOn(Exit::Done))
    }

    async fn run(&mut self, command: Command, json: bool) -> Result<Exit, Failure> {
        let output = if json { Output::of_environment(true) } else { self.output };
        // A command may be the shell, which runs commands: only a box makes that finite.
        match Box::pin(commands::run(&self.client, command, &output)).await {
            Err(failure @ Failure::Output(_)) => Err(failure),
            Err(failure) => Ok(tell_failure(&output, &failure)),
            Ok(exit) => Ok(exit),
        }
    }

    /// What to say where a line was interrupted.
    pub(super) fn interrupted(&self, text: &str) -> Option<&'static str> {
        match Line::parse(text, self.customer.as_ref()) {
            Line::Command { command, .. } => commands::interrupted(&command),
            _ => None,
        }
    }

    /// Whose reservations a line may have changed, or begun to matter.
    pub(super) fn concerned(&self, text: &str) -> Option<CustomerId> {
        match Line::parse(text, self.customer.as_ref()) {
            Line::Command { command, .. } => customer_of(&command).cloned(),
            Line::Use(customer) => Some(customer),
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
