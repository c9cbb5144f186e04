//! A shell script on stdin.

use super::session::{AfterLine, ShellSession};
use crate::failure::{CommandExit, Failure};
use std::io::BufRead;

/// Runs all lines, also after a failure, and returns the exit code of the worst one.
pub(super) async fn run(
    mut session: ShellSession,
    mut lines: impl BufRead,
) -> Result<CommandExit, Failure> {
    let (mut worst, mut line) = (CommandExit::Done, Vec::new());
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::Usage(format!("cannot read the script: {error}")))? == 0 {
            return Ok(worst);
        }
        let after = match std::str::from_utf8(&line) {
            Ok(text) => session.execute(text).await?,
            Err(_) => {
                session.console.note("error: a line is no text in UTF-8");
                AfterLine::GoOn(CommandExit::Usage)
            }
        };
        match after {
            AfterLine::GoOn(exit) => worst = std::cmp::max_by_key(worst, exit, |exit| *exit as u8),
            AfterLine::Leave => return Ok(worst),
        }
    }
}
