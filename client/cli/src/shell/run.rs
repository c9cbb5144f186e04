//! The shell of a terminal, or of a script on stdin.

use super::session::ShellSession;
use super::{script, terminal};
use crate::connection::Caller;
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use boxoffice_client::Client;
use std::io::{self, IsTerminal};

/// Runs lines until their end, or until `exit`.
///
/// The exit code is 0 at a terminal, whatever the commands did; for a script it is that of the worst
/// command.
///
/// # Errors
/// [`Failure`] if lines cannot be read, or the output cannot be written.
pub(crate) async fn run(
    client: &Client,
    caller: Caller,
    console: &Console,
) -> Result<CommandExit, Failure> {
    let session = ShellSession::new(client.clone(), *console, caller);
    if io::stdin().is_terminal() {
        terminal::run(session).await
    } else {
        script::run(session, io::stdin().lock()).await
    }
}
