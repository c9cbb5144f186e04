//! `boxoffice-server check`: verifies a data folder.

use super::data_folder::DataFolderOption;
use super::output::{COULD_NOT_LOOK, DAMAGED, failed, note, note_server};
use boxoffice_protocol::escape_deceptive;
use boxoffice_server::inspect::{self, CheckStage, JournalReport, Report};
use clap::Args;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Looks at everything in a data folder: the checksums and order of the journal, the state file,
/// every event's counts and reservations, and whether the journal and the rows say the same.
///
/// Events are listed whose start the time zone's rules of today read otherwise than those of the day
/// on which it was said: what was recorded counts.
///
/// It changes nothing, and may run while a server uses the folder. Exits with 0 if all is well,
/// with 1 if something is damaged, and with 2 if it could not look.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    data: DataFolderOption,
}

impl Check {
    /// Checks, and prints what there is and what is wrong.
    pub(crate) fn run(&self, setting: Option<&Path>) -> ExitCode {
        let is_watched = io::stderr().is_terminal();
        let checked = inspect::check(self.data.folder(setting), &mut |stage| {
            if is_watched {
                // A lost progress line is of no consequence.
                write!(io::stderr(), "\r\x1b[K{}", doing(stage)).ok();
            }
        });
        if is_watched {
            write!(io::stderr(), "\r\x1b[K").ok();
        }
        let report = match checked {
            Ok(report) => report,
            Err(error) => return failed(&error),
        };
        let position = report.journal.as_ref().map_or(report.rows.position, |j| j.end.position);
        note_server(report.server.as_deref(), position);
        let verdict = if report.is_well() { ExitCode::SUCCESS } else { ExitCode::from(DAMAGED) };
        match io::stdout().write_all(text(&report).as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                note(&format!("cannot write to stdout: {error}"));
                ExitCode::from(COULD_NOT_LOOK)
            }
            _ => verdict,
        }
    }
}

const fn doing(stage: CheckStage) -> &'static str {
    match stage {
        CheckStage::Journal => "reading the journal ...",
        CheckStage::Rows => "reading the state file ...",
        CheckStage::Replay => "comparing the journal with the state file ...",
    }
}

/// What there is, what is wrong, and the verdict.
fn text(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |name: &str, what: String| {
        // Writing to a string does not fail.
        writeln!(text, "{name:<13} {}", escape_deceptive(&what)).ok();
    };
    line("events", format!("{}, and {} deleted", report.events, report.deleted));
    let [held, confirmed, released, expired, cancelled, forfeited] = report.reservations;
    let all: u64 = report.reservations.iter().sum();
    line(
        "reservations",
        format!(
            "{all}: {held} held, {confirmed} confirmed, {released} released, {expired} expired, \
             {cancelled} cancelled, {forfeited} forfeited"
        ),
    );
    let rows = report.rows;
    line("state file", format!("up to position {}, batch {}", rows.position, rows.sequence));
    match &report.journal {
        Some(journal) => journal_lines(journal, report.server.is_some(), &mut line),
        None if report.is_well() => line("journal", "none: a server begins one".to_owned()),
        None => line("journal", "not to be read".to_owned()),
    }
    for moved in &report.moved {
        line("other rules", moved.clone());
    }
    for finding in &report.findings {
        line("damage", finding.to_string());
    }
    if report.more_findings > 0 {
        line("damage", format!("and {} times more", report.more_findings));
    }
    let found = report.findings.len() as u64 + report.more_findings;
    match found {
        0 => line("verdict", "all is well".to_owned()),
        1 => line("verdict", "damaged: 1 finding".to_owned()),
        _ => line("verdict", format!("damaged: {found} findings")),
    }
    text
}

fn journal_lines(journal: &JournalReport, in_use: bool, line: &mut impl FnMut(&str, String)) {
    let JournalReport { segments, batches, in_rows, not_yet, end, .. } = journal;
    let changes = in_rows + not_yet;
    let stop = match (in_use, journal.clean) {
        (true, _) => "a server is at work",
        (false, true) => "stopped in good order",
        (false, false) => "not stopped in good order",
    };
    line(
        "journal",
        format!(
            "up to position {}, batch {}; {changes} changes in {batches} batches, segments: \
             {segments}; {stop}",
            end.position, end.sequence
        ),
    );
    line(
        "compared",
        format!(
            "{in_rows} changes with what the rows say of them, {not_yet} that they do not have yet \
             by applying them"
        ),
    );
    if let Some(torn) = &journal.torn {
        let (file, offset, bytes) = (&torn.file, torn.offset, torn.bytes);
        let place = format!("journal/{file} at byte {offset}, {bytes} bytes");
        match in_use {
            true => line("being written", place),
            false => line(
                "torn",
                format!(
                    "{place}: an unacknowledged write; the next start keeps it in a file beside"
                ),
            ),
        }
    }
    if !journal.torn_kept.is_empty() {
        line("kept", format!("of earlier crashes: {}", journal.torn_kept.join(", ")));
    }
    if !journal.leftovers.is_empty() && !in_use {
        line("leftovers", format!("{}: the next start removes them", journal.leftovers.join(", ")));
    }
}
