//! A run from beginning to end: events, connections, work, and what it came to.

use super::args::BenchArgs;
use super::clock::RunClock;
use super::connection::Target;
use super::crew::{Crew, Job, Measured};
use super::error::LoadError;
use super::events;
use super::exchange::EventBefore;
use super::find_max::find_max;
use super::history::History;
use super::live::Live;
use super::progress::Progress;
use super::report::page;
use super::result::RunResult;
use super::summary::{self, About};
use super::table;
use super::verify::{show, verify};
use super::workload::{Hall, Run};
use crate::Ended;
use crate::output::Output;
use crate::time::rfc3339;
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_client::{Client, ClientConfig};
use std::fs;
use std::sync::Arc;
use tokio::signal::ctrl_c;
use tokio::task::spawn_blocking;

/// Runs, and prints what it came to.
///
/// # Errors
/// [`LoadError`] if the run could not be begun or went wrong; nothing of it is printed then.
pub(crate) async fn run(
    target: Target,
    args: BenchArgs,
    output: &Output,
) -> Result<Ended, LoadError> {
    let report = args.report.clone();
    let progress = Progress::new(output);
    let outcome = perform(target, args, &progress).await;
    progress.clear();
    let Performed { result, end } = outcome?;
    if output.is_json() {
        output.json(&result).map_err(LoadError::Output)?;
    } else {
        table::print(&result, output).map_err(LoadError::Output)?;
    }
    if let Some(verification) = &result.verification {
        show(verification, output).map_err(LoadError::Output)?;
    }
    if let Some(path) = report {
        fs::write(&path, page(&result)).map_err(|error| LoadError::Report { path, error })?;
    }
    Ok(match end {
        _ if result.verified == Some(false) => Ended::Wrong,
        End::Whole => Ended::Done,
        End::Early => Ended::Interrupted,
    })
}

/// What came of a run.
struct Performed {
    result: RunResult,
    end: End,
}

/// Whether a run had its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// Somebody pressed Ctrl-C.
    Early,
}

/// Creates the events, works, and deletes them, also where the work went wrong.
async fn perform(
    target: Target,
    args: BenchArgs,
    progress: &Progress,
) -> Result<Performed, LoadError> {
    let client = Client::connect(ClientConfig {
        server: target.server.clone(),
        token: target.token.clone(),
        deadline: target.patience,
        connect_timeout: target.patience,
        ..ClientConfig::default()
    })
    .await?;
    let mark = fastrand::u32(..);
    let halls = events::plan(&args.workload, args.wanted(), mark, &client.welcome())?;
    let all: Vec<Hall> = halls.iter().flatten().cloned().collect();
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    let places: u64 = all.iter().map(|hall| u64::from(hall.size.places())).sum();
    progress.note(&format!(
        "{}: {} events bench-{mark:08x}-… with {places} places, seed {seed}",
        args.workload,
        all.len(),
    ));
    progress.say("creating events");
    let created = events::create(&client, &all).await;
    let (keep, stage) = (args.keep, Stage { target, halls, seed, args });
    let outcome = match created {
        Ok(before) => stage.work(&client, &before, progress).await,
        Err(failure) => Err(failure),
    };
    if !keep {
        progress.say("deleting events");
        let left = events::delete(&client, &all).await;
        if left > 0 {
            progress.note(&format!("{left} of its events could not be deleted"));
        }
    }
    outcome
}

/// A run whose events are there.
struct Stage {
    target: Target,
    halls: Vec<Vec<Hall>>,
    seed: u64,
    args: BenchArgs,
}

/// What the threads of a run brought back.
struct Worked {
    measured: Measured,
    histories: Vec<History>,
    /// The rate that was found, where one was searched.
    rate: Option<f64>,
}

impl Stage {
    /// Works, and puts together what it came to.
    async fn work(
        self,
        client: &Client,
        before: &[EventBefore],
        progress: &Progress,
    ) -> Result<Performed, LoadError> {
        let (clock, began, run) = (RunClock::start(), client.server_now(), Run::new());
        let mut about = About {
            workload: self.args.workload.to_string(),
            server: client.welcome().server,
            started_at: rfc3339(began),
            settings: self.args.settings(self.seed),
        };
        let live = Arc::new(Live::default());
        let following = progress.follow(live.clone());
        let (working, line) = (live.clone(), progress.clone());
        let mut work = spawn_blocking(move || self.work_here(clock, began, run, &working, &line));
        let (outcome, end) = tokio::select! {
            outcome = &mut work => (outcome, End::Whole),
            _ = ctrl_c() => {
                live.stop();
                progress.note("ending early; Ctrl-C again gives up");
                tokio::select! {
                    outcome = work => (outcome, End::Early),
                    _ = ctrl_c() => return Err(LoadError::GivenUp),
                }
            }
        };
        following.abort();
        let worked = outcome.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let Worked { measured, histories, rate } = worked?;
        if let Some(rate) = rate {
            about.settings.insert("rate".to_owned(), rate.into());
        }
        let mut result = summary::summarize(&measured, about);
        drop(measured);
        if !histories.is_empty() {
            progress.say("verifying");
            let (numbers, began) = (run.ids, clock.began());
            let verification = verify(client, before, numbers, histories, began).await?;
            result.verified = Some(verification.violations.is_empty());
            result.verification = Some(verification);
        }
        Ok(Performed { result, end })
    }

    /// Works, on a thread that may block.
    fn work_here(
        &self,
        clock: RunClock,
        began: Timestamp,
        run: Run,
        live: &Live,
        progress: &Progress,
    ) -> Result<Worked, LoadError> {
        let args = &self.args;
        let mut crew = Crew::assemble(&Job {
            target: &self.target,
            mix: &args.workload,
            halls: &self.halls,
            options: args.options(),
            connections: args.connections.into(),
            pipeline: args.pipeline,
            threads: args.threads.into(),
            seed: self.seed,
            run,
            clock,
            began,
            kept: args.kept(),
        })?;
        crew.prepare(live)?;
        let effort = args.effort();
        let (rate, measured) = if args.find_max {
            let slo = args.slo.0;
            let found = find_max(&mut crew, &effort, slo, live, progress)?;
            let (rate, measured) = found.ok_or(LoadError::NoRate { slo })?;
            (Some(rate), measured)
        } else {
            (None, crew.work(&effort, live)?)
        };
        Ok(Worked { measured, histories: crew.dismiss(), rate })
    }
}
