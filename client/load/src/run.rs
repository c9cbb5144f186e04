//! A run from beginning to end: create events, connect, send, summarize, verify, delete events.

use crate::clock::RunClock;
use crate::error::LoadError;
use crate::events::{self, EventSizes};
use crate::format::rfc3339;
use crate::generator::connection::Target;
use crate::generator::find_max::find_max;
use crate::generator::live::LiveStatus;
use crate::generator::threads::{LoadPlan, LoadThreads, Measurement};
use crate::history::exchange::EventBefore;
use crate::history::packed::ThreadHistory;
use crate::observer::{LoadObserver, LoadPhase};
use crate::result::RunResult;
use crate::settings::{EventsAfter, LoadSettings};
use crate::summary::{self, RunDescription};
use crate::verify::verify;
use crate::workloads::{RunIds, Venue};
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_client::{Client, ClientConfig};
use std::sync::Arc;
use tokio::task::spawn_blocking;

#[derive(Debug)]
pub struct FinishedRun {
    /// Everything that was measured and verified.
    pub result: RunResult,
    /// Whether the run was ended early.
    pub end: RunEnd,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    Whole,
    Early,
}

/// Puts a server under load. The events are deleted also if the run fails.
///
/// # Errors
/// [`LoadError`] if the run could not begin, or failed; nothing was measured then.
pub async fn run<O: LoadObserver>(
    target: Target,
    settings: LoadSettings,
    observer: &Arc<O>,
) -> Result<FinishedRun, LoadError> {
    let client = Client::connect(ClientConfig {
        server: target.server.clone(),
        token: target.token.clone(),
        deadline: target.timeout,
        connect_timeout: target.timeout,
        ..ClientConfig::default()
    })
    .await?;
    let mark = fastrand::u32(..);
    let LoadSettings { events, places, hold, .. } = settings;
    let sizes = EventSizes { events, places, hold };
    let venues = events::plan(&settings.workload, sizes, mark, &client.welcome())?;
    let all: Vec<Venue> = venues.iter().flatten().cloned().collect();
    let seed = settings.seed.unwrap_or_else(|| fastrand::u64(..));
    let places: u64 = all.iter().map(|venue| u64::from(venue.size.places())).sum();
    observer.note(&format!(
        "{}: {} events bench-{mark:08x}-… with {places} places, seed {seed}",
        settings.workload,
        all.len(),
    ));
    observer.phase(LoadPhase::CreatingEvents);
    let created = events::create(&client, &all).await;
    let events_after = settings.events_after;
    let prepared = PreparedRun { target, venues, seed, settings };
    let outcome = match created {
        Ok(before) => prepared.work(&client, &before, observer).await,
        Err(error) => Err(error),
    };
    if events_after == EventsAfter::Deleted {
        observer.phase(LoadPhase::DeletingEvents);
        let left = events::delete(&client, &all).await;
        if left > 0 {
            observer.note(&format!("{left} of its events could not be deleted"));
        }
    }
    outcome
}

/// A run whose events exist.
struct PreparedRun {
    target: Target,
    venues: Vec<Vec<Venue>>,
    seed: u64,
    settings: LoadSettings,
}

/// The results of all threads.
struct ThreadResults {
    measurement: Measurement,
    histories: Vec<ThreadHistory>,
    /// The highest rate, if it was searched.
    rate: Option<f64>,
}

impl PreparedRun {
    /// Sends, summarizes and verifies.
    async fn work<O: LoadObserver>(
        self,
        client: &Client,
        before: &[EventBefore],
        observer: &Arc<O>,
    ) -> Result<FinishedRun, LoadError> {
        let (clock, began, ids) = (RunClock::start(), client.server_now(), RunIds::new());
        let mut description = RunDescription {
            workload: self.settings.workload.to_string(),
            server: client.welcome().server.into(),
            started_at: rfc3339(began),
            settings: self.settings.by_name(self.seed),
        };
        let live = Arc::new(LiveStatus::default());
        observer.phase(LoadPhase::Sending(live.clone()));
        let (shared, noting) = (live.clone(), observer.clone());
        let mut work =
            spawn_blocking(move || self.send(clock, began, ids, &shared, |it| noting.note(it)));
        let (outcome, end) = tokio::select! {
            outcome = &mut work => (outcome, RunEnd::Whole),
            () = observer.interrupted() => {
                live.stop();
                observer.note("ending early; Ctrl-C again gives up");
                tokio::select! {
                    outcome = work => (outcome, RunEnd::Early),
                    () = observer.interrupted() => return Err(LoadError::GivenUp),
                }
            }
        };
        let results = outcome.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let ThreadResults { measurement, histories, rate } = results?;
        if let Some(rate) = rate {
            description.settings.insert("rate".to_owned(), rate.into());
        }
        let mut result = summary::summarize(&measurement, description);
        drop(measurement);
        if !histories.is_empty() {
            observer.phase(LoadPhase::Verifying);
            let verification =
                verify(client, before, ids.numbers, histories, clock.began()).await?;
            result.verified = Some(verification.violations.is_empty());
            result.verification = Some(verification);
        }
        Ok(FinishedRun { result, end })
    }

    /// Connects and runs the trials. Blocks its thread.
    fn send(
        &self,
        clock: RunClock,
        began: Timestamp,
        ids: RunIds,
        live: &LiveStatus,
        note: impl Fn(&str),
    ) -> Result<ThreadResults, LoadError> {
        let settings = &self.settings;
        let mut threads = LoadThreads::connect(&LoadPlan {
            target: &self.target,
            mix: &settings.workload,
            venues: &self.venues,
            options: settings.workload_options(),
            connections: settings.connections.into(),
            pipeline: settings.pipeline,
            threads: settings.threads.into(),
            seed: self.seed,
            ids,
            clock,
            began,
            verify_limit: settings.verify_limit,
        })?;
        threads.prepare(live)?;
        let trial = settings.trial();
        let (rate, measurement) = match settings.find_max {
            Some(slo) => {
                let found = find_max(&mut threads, &trial, slo, live, note)?;
                let (rate, measurement) = found.ok_or(LoadError::NoRate { slo })?;
                (Some(rate), measurement)
            }
            None => (None, threads.work(&trial, live)?),
        };
        if measurement.counters.answers == 0 {
            return Err(LoadError::NothingMeasured);
        }
        Ok(ThreadResults { measurement, histories: threads.into_histories(), rate })
    }
}
