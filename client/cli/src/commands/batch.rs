//! `boxoffice batch`: a file of reservations, its progress and its summary.

use crate::args::BatchArgs;
use crate::batch::{
    Assumed, BadRow, BatchError, BatchJob, BatchObserver, BatchReport, BatchRun, BatchSummary,
    FailedFile, Replan, RowCounts,
};
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use boxoffice_client::Client;
use boxoffice_load::escape::escape;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::path::PathBuf;

/// Bad rows that are shown one by one; the results file has all of them.
const BAD_ROWS_TOLD: u64 = 20;

/// Runs a batch to its end, or until the server no longer answers.
pub(crate) async fn run(
    client: &Client,
    args: BatchArgs,
    console: &Console,
) -> Result<CommandExit, Failure> {
    let BatchArgs { file, encoding, out, replan } = args;
    let job = BatchJob {
        failed: BatchJob::default_failed(&file),
        results: out.unwrap_or_else(|| BatchJob::default_results(&file)),
        replan: if replan { Replan::Stale } else { Replan::Nothing },
        in_flight: usize::try_from(client.welcome().in_flight).unwrap_or(1).max(1),
        deadline: client.config().deadline,
        input: file.clone(),
        encoding,
    };
    let mut progress =
        BatchProgress { console: *console, file, bad_rows: 0, bar: ProgressBar::hidden() };
    let ran = match BatchRun::open(job) {
        Ok(batch) => batch.run(client, &mut progress).await,
        Err(error) => Err(error),
    };
    progress.end();
    match ran {
        Ok(report) => tell(report, console),
        Err(error @ BatchError::NotWritten { .. }) => {
            console.error(CommandExit::OutcomeUnknown, &error.to_string(), None);
            Ok(CommandExit::OutcomeUnknown)
        }
        Err(error) => Err(Failure::Usage(error.to_string())),
    }
}

fn tell(report: BatchReport, console: &Console) -> Result<CommandExit, Failure> {
    let BatchReport { summary, stopped, failed } = report;
    if console.is_json() {
        console.json(&summary)?;
    } else {
        console.data(&sentence(&summary))?;
    }
    match failed {
        Ok(FailedFile::LeftAlone) => {
            console.note("the file of failed rows is there from before, and was left alone");
        }
        Ok(FailedFile::NotNeeded | FailedFile::Written) => {}
        Err(error) => console.note(&format!("the failed rows are not copied: {error}")),
    }
    if let Some(error) = stopped {
        let message =
            format!("{} no outcome: {error}", counted(summary.open, "row has", "rows have"));
        let hint = "run the same command again: it sends only those, and books nothing twice";
        let exit = Failure::from(error).exit();
        console.error(exit, &message, Some(hint));
        return Ok(exit);
    }
    Ok(if summary.counts.is_clean() { CommandExit::Done } else { CommandExit::Refused })
}

/// The summary for a person.
fn sentence(summary: &BatchSummary) -> String {
    let BatchSummary { rows, counts, already_done, open, elapsed, rows_per_second, .. } = summary;
    let RowCounts { booked, held, ended, bad, stale, .. } = counts;
    let mut parts = vec![format!("{booked} booked")];
    let others = [
        (*held, "held"),
        (*ended, "ended since"),
        (counts.refused(), "refused"),
        (*bad, "bad"),
        (*stale, "stale"),
        (*open, "open"),
    ];
    parts.extend(others.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")));
    let mut lines = vec![format!("{}: {}", counted(*rows, "row", "rows"), parts.join(", "))];
    for (name, number) in &counts.refused {
        lines.push(format!("  {number} refused: {name}"));
    }
    if *stale > 0 {
        lines.push("  stale rows have an id that is too old: see --replan".to_owned());
    }
    let seconds = elapsed.as_secs_f64();
    lines.push(match *already_done {
        0 => format!("{seconds:.1} s, {rows_per_second:.0} rows a second"),
        done if done == *rows => format!("{seconds:.1} s; all of them were done before"),
        done => {
            format!("{seconds:.1} s, {rows_per_second:.0} rows a second; {done} were done before")
        }
    });
    lines.push(format!("results: {}", summary.results.display()));
    if let Some(failed) = &summary.failed {
        lines.push(format!("failed: {}, to be corrected and run as a batch", failed.display()));
    }
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n")
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The display of a running batch: bad rows, and a bar if stderr is a terminal.
struct BatchProgress {
    console: Console,
    file: PathBuf,
    bad_rows: u64,
    bar: ProgressBar,
}

impl BatchProgress {
    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl BatchObserver for BatchProgress {
    fn assumed(&mut self, assumed: &Assumed) {
        self.console.note(&format!("{}: {assumed}", self.file.display()));
    }

    fn bad_row(&mut self, line: u64, bad: &BadRow) {
        self.bad_rows += 1;
        if self.bad_rows <= BAD_ROWS_TOLD {
            self.console.note(&format!("{}: line {line}: {bad}", self.file.display()));
        }
    }

    fn planned(&mut self, rows: u64, done: u64) {
        if let Some(more @ 1..) = self.bad_rows.checked_sub(BAD_ROWS_TOLD) {
            self.console.note(&format!("and {more} more bad rows; the results name them all"));
        }
        // Drawn on stderr, and only if that is a terminal.
        self.bar = ProgressBar::new(rows).with_position(done);
        if let Ok(style) = ProgressStyle::with_template(
            "{wide_bar} {human_pos}/{human_len}  {rate}  {eta} left  {msg}",
        ) {
            let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                // A failed drawing is no reason to stop.
                write!(text, "{:.0}/s", state.per_sec()).ok();
            };
            self.bar.set_style(style.with_key("rate", rate));
        }
    }

    fn progress(&mut self, counts: &RowCounts) {
        self.bar.set_position(counts.done());
        self.bar.set_message(format!("{} booked, {} refused", counts.booked, counts.refused()));
    }
}
