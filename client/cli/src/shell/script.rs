//! A shell script on stdin.

use super::session::{AfterLine, ShellSession};
use crate::exit::CommandExit;
use crate::failure::Failure;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{self, BufRead, BufReader, Read};

/// The longest line, in bytes. A longer one is a mistake, and is skipped in bounded memory.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Runs all lines, also after a failure, and returns the exit code of the worst one. Windows line ends
/// and a byte-order mark are no part of a line.
pub(super) async fn run(
    mut session: ShellSession,
    script: impl Read,
) -> Result<CommandExit, Failure> {
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoder = decoder.utf8_passthru(true).strip_bom(true).build(script);
    let mut lines = BufReader::new(decoder);
    let (mut worst, mut number, mut line) = (CommandExit::Done, 0_u64, Vec::new());
    loop {
        number += 1;
        let read = next_line(&mut lines, &mut line);
        let read = read.map_err(|error| Failure::Usage(format!("cannot read the script: {error}")));
        let after = match (read?, std::str::from_utf8(&line)) {
            (ScriptLine::None, _) => return Ok(worst),
            (ScriptLine::Whole, Ok(text)) => session.execute(text.trim_end()).await?,
            (ScriptLine::Whole, Err(_)) => {
                wrong(&session, number, "is no text in UTF-8; save the script as UTF-8")
            }
            (ScriptLine::TooLong, _) => {
                wrong(&session, number, &format!("is longer than {MAX_LINE_BYTES} bytes"))
            }
        };
        match after {
            AfterLine::GoOn(exit) => worst = std::cmp::max_by_key(worst, exit, |exit| *exit as u8),
            AfterLine::Leave => return Ok(worst),
        }
    }
}

fn wrong(session: &ShellSession, number: u64, why: &str) -> AfterLine {
    session.console.error(CommandExit::Usage, &format!("line {number} {why}"), None);
    AfterLine::GoOn(CommandExit::Usage)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScriptLine {
    None,
    Whole,
    TooLong,
}

fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<ScriptLine> {
    line.clear();
    let read = lines.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', line)? as u64;
    Ok(match read {
        0 => ScriptLine::None,
        MAX_LINE_BYTES if !line.ends_with(b"\n") => {
            lines.skip_until(b'\n')?;
            ScriptLine::TooLong
        }
        _ => ScriptLine::Whole,
    })
}
