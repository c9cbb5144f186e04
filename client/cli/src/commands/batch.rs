//! `boxoffice batch`: a file of reservations, its progress and its summary.

use crate::args::BatchArgs;
use crate::batch::{BadRow, Batch, BatchError, Job, Observer, Replan, Report, Summary, Tally};
use crate::failure::{Exit, Failure};
use crate::output::{Output, escape};
use boxoffice_client::Client;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::path::PathBuf;

/// So many bad rows are told one by one; all of them are in the results.
const BAD_ROWS_TOLD: u64 = 20;

/// Runs a batch to its end, or until the server answers no more.
pub(crate) async fn run(
    client: &Client,
    args: BatchArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let BatchArgs { file, out, replan } = args;
    let job = Job {
        results: out.unwrap_or_else(|| Job::default_results(&file)),
        replan: if replan { Replan::Stale } else { Replan::Nothing },
        in_flight: usize::try_from(client.welcome().in_flight).unwrap_or(1).max(1),
        deadline: client.config().deadline,
        input: file.clone(),
    };
    let mut progress = Progress { output: *output, file, bad_rows: 0, bar: ProgressBar::hidden() };
    let ran = match Batch::open(job) {
        Ok(batch) => batch.run(client, &mut progress).await,
        Err(error) => Err(error),
    };
    progress.end();
    match ran {
        Ok(report) => tell(report, output),
        Err(error @ BatchError::NotWritten { .. }) => {
            output.note(&format!("error: {error}"));
            Ok(Exit::OutcomeUnknown)
        }
        Err(error) => Err(Failure::Usage(error.to_string())),
    }
}

fn tell(report: Report, output: &Output) -> Result<Exit, Failure> {
    let Report { summary, stopped } = report;
    if output.is_json() {
        output.json(&summary)?;
    } else {
        output.data(&sentence(&summary))?;
    }
    if let Some(error) = stopped {
        let open = summary.open;
        output.note(&format!("{}: {error}", counted(open, "row has", "rows have") + " no outcome"));
        output.note("run the same command again: it sends only those, and books nothing twice");
        return Ok(Failure::from(error).exit());
    }
    Ok(if summary.tally.is_clean() { Exit::Done } else { Exit::Refused })
}

/// The summary as people read it.
fn sentence(summary: &Summary) -> String {
    let Summary { rows, tally, already_done, open, elapsed, rows_per_second, results } = summary;
    let Tally { booked, held, ended, bad, stale, .. } = tally;
    let mut parts = vec![format!("{booked} booked")];
    let counts = [
        (*held, "held"),
        (*ended, "ended since"),
        (tally.refused(), "refused"),
        (*bad, "bad"),
        (*stale, "stale"),
        (*open, "open"),
    ];
    parts.extend(counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")));
    let mut lines = vec![format!("{}: {}", counted(*rows, "row", "rows"), parts.join(", "))];
    for (name, number) in &tally.refused {
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
    lines.push(format!("results: {}", results.display()));
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n")
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What a person sees while a batch runs: bad rows, and a bar if stderr is a terminal.
struct Progress {
    output: Output,
    file: PathBuf,
    bad_rows: u64,
    bar: ProgressBar,
}

impl Progress {
    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn bad_row(&mut self, line: u64, bad: &BadRow) {
        self.bad_rows += 1;
        if self.bad_rows <= BAD_ROWS_TOLD {
            self.output.note(&format!("{}: line {line}: {bad}", self.file.display()));
        }
    }

    fn planned(&mut self, rows: u64, done: u64) {
        if let Some(more @ 1..) = self.bad_rows.checked_sub(BAD_ROWS_TOLD) {
            self.output.note(&format!("and {more} more bad rows; the results name them all"));
        }
        // Drawn on stderr, and only if that is a terminal.
        self.bar = ProgressBar::new(rows).with_position(done);
        if let Ok(style) = ProgressStyle::with_template(
            "{wide_bar} {human_pos}/{human_len}  {rate}  {eta} left  {msg}",
        ) {
            let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                // A bar that cannot be drawn is no reason to end.
                write!(text, "{:.0}/s", state.per_sec()).ok();
            };
            self.bar.set_style(style.with_key("rate", rate));
        }
    }

    fn progress(&mut self, tally: &Tally) {
        self.bar.set_position(tally.done());
        self.bar.set_message(format!("{} booked, {} refused", tally.booked, tally.refused()));
    }
}
