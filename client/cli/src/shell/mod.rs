//! The shell: the same commands at a prompt, with history, completion and a countdown of holds; or
//! from a script on stdin.
//!
//! A [`mod@line`] is understood without a server; the [`session`] does what it says; [`terminal`] and
//! [`script`] are the two places where lines come from.

mod completion;
mod holds;
mod line;
mod script;
mod session;
mod terminal;

use crate::failure::{Exit, Failure};
use crate::output::Output;
use boxoffice_client::Client;
use boxoffice_client::protocol::id::CustomerId;
use session::Session;
use std::io::{self, IsTerminal};

/// Runs lines until there are no more, or somebody leaves.
///
/// At a terminal the shell itself ends well, whatever its commands did; a script ends as the worst
/// of its commands.
///
/// # Errors
/// [`Failure`] if lines cannot be read or nobody reads what is printed.
pub(crate) async fn run(
    client: &Client,
    customer: Option<CustomerId>,
    output: &Output,
) -> Result<Exit, Failure> {
    let session = Session::new(client.clone(), *output, customer);
    if io::stdin().is_terminal() {
        terminal::run(session).await
    } else {
        script::run(session, io::stdin().lock()).await
    }
}
