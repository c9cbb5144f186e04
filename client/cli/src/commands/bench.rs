//! `boxoffice bench`: load runs and their results.

use crate::args::{BenchArgs, BenchCommand};
use crate::connection::{Connection, Trust};
use crate::console::Console;
use crate::exit::CommandExit;
use crate::failure::Failure;
use crate::help::NO_TLS_BENCH;
use boxoffice_load::compare::{self, CompareError};
use boxoffice_load::result::{RunResult, Verification};
use boxoffice_load::table::{Table, left, text};
use boxoffice_load::workloads::WORKLOADS;
use boxoffice_load::{
    FinishedRun, LiveStatus, LoadObserver, LoadPhase, RunEnd, Target, figures, findings, report,
};
use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval};

/// The interval of the progress line.
const REDRAW: Duration = Duration::from_millis(200);

/// Puts a server under load, lists the workloads, or compares two results.
///
/// # Errors
/// [`Failure`] says why it was not done.
pub(crate) async fn bench(
    connection: Connection,
    args: BenchArgs,
    console: &Console,
) -> Result<CommandExit, Failure> {
    if let Some(BenchCommand::Compare { a, b }) = &args.command {
        show_comparison(a, b, console)?;
        return Ok(CommandExit::Done);
    }
    if args.list {
        list(console)?;
        return Ok(CommandExit::Done);
    }
    let Connection { server, trust, token, timeout, .. } = connection;
    if trust != Trust::Plain {
        return Err(Failure::Usage(NO_TLS_BENCH.to_owned()));
    }
    let target = Target { server, token, timeout };
    let report = args.report.clone();
    let progress = Arc::new(LoadProgress::new(console));
    let outcome = boxoffice_load::run(target, args.settings(), &progress).await;
    progress.clear();
    let FinishedRun { result, end } = outcome?;
    show(&result, console)?;
    if let Some(path) = report {
        fs::write(&path, report::page(&result)).map_err(|error| {
            Failure::Usage(format!("cannot write the report to {}: {error}", path.display()))
        })?;
    }
    if !result.kept_its_rate() {
        tell_overload(&result, console);
    }
    Ok(match end {
        _ if result.verified == Some(false) => CommandExit::Refused,
        RunEnd::Whole if !result.kept_its_rate() => CommandExit::Refused,
        RunEnd::Whole => CommandExit::Done,
        RunEnd::Early => CommandExit::Interrupted,
    })
}

/// An open loop that cannot be kept up measures a queue that grows as long as it runs.
fn tell_overload(result: &RunResult, console: &Console) {
    let RunResult { requests, unsent, throughput_per_s, .. } = result;
    let message = format!(
        "the rate was not kept: {unsent} of the requests due were not sent, {requests} were, up to \
         {:.1} s late",
        result.latency_us.max / 1e6
    );
    let hint = format!(
        "about {throughput_per_s:.0} a second were answered: give a lower --rate, or, if the server is \
         not busy, more --connections or --pipeline"
    );
    console.error(CommandExit::Refused, &message, Some(&hint));
}

fn list(console: &Console) -> io::Result<()> {
    if console.is_json() {
        return WORKLOADS.iter().try_for_each(|workload| {
            console.json(&serde_json::json!({ "workload": workload.word, "asks": workload.asks }))
        });
    }
    let mut table = Table::new([left("workload"), text("asks for"), text("if not said otherwise")]);
    for workload in &WORKLOADS {
        let events = if workload.events == 1 { "event" } else { "events" };
        let size = format!("{} {events} of {} places", workload.events, workload.size.places());
        table.row([workload.word.to_owned(), workload.asks.to_owned(), size]);
    }
    console.table(&table)
}

fn show(result: &RunResult, console: &Console) -> io::Result<()> {
    if console.is_json() {
        console.json(result)?;
    } else {
        console.table(&figures::table(result))?;
    }
    result.verification.as_ref().map_or(Ok(()), |it| show_verification(it, console))
}

/// Violations are data; the summary and impossible checks are messages.
fn show_verification(verification: &Verification, console: &Console) -> io::Result<()> {
    console.note(&findings::sentence(verification));
    for what in &verification.unchecked {
        console.note(&format!("not checked: {what}"));
    }
    for violation in &verification.violations {
        console.note(&findings::heading(violation));
        if !console.is_json() {
            console.table(&findings::history(violation))?;
        }
    }
    Ok(())
}

fn show_comparison(a: &Path, b: &Path, console: &Console) -> Result<(), Failure> {
    let unusable = |error: CompareError| Failure::Usage(error.to_string());
    let (a, b) = (compare::read(a).map_err(unusable)?, compare::read(b).map_err(unusable)?);
    let comparison = compare::compare(&a, &b);
    if console.is_json() {
        return Ok(console.json(&comparison)?);
    }
    console.table(&comparison.table())?;
    for compare::ComparedSetting { name, a, b } in &comparison.differences {
        console.note(&format!("not the same: {name}: {a} and {b}"));
    }
    Ok(())
}

/// A progress line on stderr, at a terminal only.
struct LoadProgress {
    bar: ProgressBar,
    console: Console,
    /// The task that redraws the line while the run sends.
    redraw: Mutex<Option<AbortHandle>>,
}

impl LoadProgress {
    fn new(console: &Console) -> Self {
        // Without a terminal it hides itself.
        let bar = ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{spinner} {elapsed:>3} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        Self { bar, console: *console, redraw: Mutex::new(None) }
    }

    fn set_message(&self, message: &'static str) {
        self.bar.set_message(message);
        self.bar.tick();
    }

    fn stop_redraw(&self) {
        if let Some(redraw) = self.redraw.lock().take() {
            redraw.abort();
        }
    }

    fn clear(&self) {
        self.stop_redraw();
        self.bar.finish_and_clear();
    }
}

impl LoadObserver for LoadProgress {
    fn phase(&self, phase: LoadPhase) {
        self.stop_redraw();
        match phase {
            LoadPhase::CreatingEvents => self.set_message("creating events"),
            LoadPhase::Sending(live) => {
                let redraw = tokio::spawn(redraw(self.bar.clone(), live));
                *self.redraw.lock() = Some(redraw.abort_handle());
            }
            LoadPhase::Verifying => self.set_message("verifying"),
            LoadPhase::DeletingEvents => self.set_message("deleting events"),
        }
    }

    fn note(&self, message: &str) {
        self.bar.suspend(|| self.console.note(message));
    }

    async fn interrupted(&self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without signals there are no interrupts.
            std::future::pending::<()>().await;
        }
    }
}

/// Shows the rate of replies until it is aborted.
async fn redraw(bar: ProgressBar, live: Arc<LiveStatus>) {
    let mut ticks = interval(REDRAW);
    let mut before = (live.counts().answers, ticks.tick().await);
    loop {
        let now: Instant = ticks.tick().await;
        let counts = live.counts();
        let rate = (counts.answers - before.0) as f64 / (now - before.1).as_secs_f64();
        let (answers, refusals) = (counts.answers, counts.refusals);
        bar.set_message(format!("{rate:>9.0}/s  {answers} answers, {refusals} refused"));
        bar.tick();
        before = (answers, now);
    }
}
