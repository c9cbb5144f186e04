//! The shell of a terminal, or of a script on stdin.

use super::session::ShellSession;
use super::{script, terminal};
use crate::console::Console;
use crate::failure::{CommandExit, Failure};
use boxoffice_client::Client;
use boxoffice_client::protocol::id::CustomerId;
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
    console: &Console,
) -> Result<CommandExit, Failure> {
    let session = ShellSession::new(client.clone(), *console, customer);
    if io::stdin().is_terminal() {
        terminal::run(session).await
    } else {
        script::run(session, io::stdin().lock()).await
    }
}
