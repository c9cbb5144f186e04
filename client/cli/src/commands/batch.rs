//! `boxoffice batch`: a file of reservations, its progress and its summary.

use crate::args::BatchArgs;
use crate::batch::{
    Assumed, BadRow, BatchError, BatchJob, BatchObserver, BatchReport, BatchRun, BatchSummary,
    FailedFile, InputSource, Replan, RowCounts, Written,
};
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use boxoffice_client::Client;
use boxoffice_load::escape::escape;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::path::Path;

/// Bad rows that are shown one by one; the results file has all of them.
const BAD_ROWS_TOLD: u64 = 20;

/// Runs a batch to its end, or until the server no longer answers.
pub(crate) async fn run(
    client: &Client,
    args: BatchArgs,
    console: &Console,
) -> Result<CommandExit, Failure> {
    let job = match job(client, args).await {
        Ok(job) => job,
        Err(error) => return Err(Failure::Usage(error.to_string())),
    };
    let file = job.input.to_string();
    let mut progress =
        BatchProgress { console: *console, file, bad_rows: 0, bar: ProgressBar::hidden() };
    let ran = match BatchRun::open(job) {
        Ok(batch) => batch.run(client, &mut progress).await,
        Err(error) => Err(error),
    };
    progress.end();
    match ran {
        Ok(report) => tell(report, &progress.file, console),
        Err(error @ BatchError::NotWritten { .. }) => {
            console.error(CommandExit::OutcomeUnknown, &error.to_string(), None);
            Ok(CommandExit::OutcomeUnknown)
        }
        Err(error) => Err(Failure::Usage(error.to_string())),
    }
}

/// The job that the arguments mean. What comes through a pipe is read to its end first.
async fn job(client: &Client, args: BatchArgs) -> Result<BatchJob, BatchError> {
    let BatchArgs { file, encoding, log, out, replan } = args;
    let (input, names) = if file == Path::new("-") {
        let read = tokio::task::spawn_blocking(|| InputSource::of_pipe(std::io::stdin()));
        let read = read.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let (input, content) =
            read.map_err(|error| BatchError::NotWritten { path: "stdin".into(), error })?;
        // The same input again is the same batch.
        let names = log.clone().unwrap_or_else(|| format!("batch-{content}").into());
        (input, names)
    } else {
        (InputSource::File(file.clone()), file)
    };
    Ok(BatchJob {
        failed: BatchJob::beside(&names, &BatchJob::extension_of_failed(&input, encoding)?),
        log: log.unwrap_or_else(|| BatchJob::beside(&names, "log.csv")),
        results: out.unwrap_or_else(|| BatchJob::beside(&names, "results.csv")),
        replan: if replan { Replan::Stale } else { Replan::Nothing },
        in_flight: usize::try_from(client.welcome().in_flight).unwrap_or(1).max(1),
        deadline: client.config().deadline,
        input,
        encoding,
    })
}

fn tell(report: BatchReport, file: &str, console: &Console) -> Result<CommandExit, Failure> {
    let BatchReport { summary, stopped, written } = report;
    if console.is_json() {
        console.json(&summary)?;
    } else {
        console.data(&sentence(&summary))?;
    }
    match written {
        Ok(written) => tell_of_booked(&written, &summary, file, console),
        Err(error) => console.note(&format!("the results are not written: {error}")),
    }
    if let Some(error) = stopped {
        let message =
            format!("{} no outcome: {error}", counted(summary.open, "row has", "rows have"));
        let hint = "run the same command again: it sends only those, and books nothing twice";
        let exit = Failure::from(error).exit();
        console.error(exit, &message, Some(hint));
        return Ok(exit);
    }
    Ok(if summary.gone > 0 || summary.counts.differing > 0 {
        CommandExit::Differs
    } else if summary.counts.is_clean() {
        CommandExit::Done
    } else {
        CommandExit::Refused
    })
}

/// Names booked rows that are not what they were, and what else was found in the files.
fn tell_of_booked(written: &Written, summary: &BatchSummary, file: &str, console: &Console) {
    if written.failed == FailedFile::LeftAlone {
        console.note("the file of failed rows is there from before, and was left alone");
    }
    for line in &written.differing {
        console.note(&format!(
            "{file}: line {line}: a row that was booked is different or gone here; not sent"
        ));
    }
    for booked in &written.gone {
        console.note(&format!("{file}: booked, and not in it any more: {booked}"));
    }
    let (all, told) =
        (summary.counts.differing + summary.gone, written.differing.len() + written.gone.len());
    if let Some(more @ 1..) = all.checked_sub(told as u64) {
        console.note(&format!("and {more} more of them; the results name them all"));
    }
    if all > 0 {
        console.note(
            "hint: what is booked stays as it is. Restore its rows, or change the reservations \
             themselves; rows that are new all the same go into a file of their own",
        );
    }
}

/// The summary for a person.
fn sentence(summary: &BatchSummary) -> String {
    let BatchSummary { rows, gone, counts, already_done, open, elapsed, rows_per_second, .. } =
        summary;
    let RowCounts { booked, held, ended, bad, stale, differing, .. } = counts;
    let mut parts = vec![format!("{booked} booked")];
    let others = [
        (*held, "held"),
        (*ended, "ended since"),
        (counts.refused(), "refused"),
        (*bad, "bad"),
        (*stale, "stale"),
        (*differing, "different"),
        (*gone, "gone"),
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
    file: String,
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
        self.console.note(&format!("{}: {assumed}", self.file));
    }

    fn bad_row(&mut self, line: u64, bad: &BadRow) {
        self.bad_rows += 1;
        if self.bad_rows <= BAD_ROWS_TOLD {
            self.console.note(&format!("{}: line {line}: {bad}", self.file));
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
