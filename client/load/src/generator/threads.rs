//! All threads of the generator: connecting, running trials, adding up.

use super::connection::{LoadConnection, Target};
use super::counters::LoadCounters;
use super::cpu;
use super::live::LiveStatus;
use super::pacing::{Pacing, StopRule, ThreadTrial};
use super::recorder::Recorder;
use super::thread::{LoadThread, ThreadParts};
use crate::clock::RunClock;
use crate::error::LoadError;
use crate::history::packed::ThreadHistory;
use crate::workloads::{Mix, RequestMaker, RunIds, Venue, WorkloadOptions};
use boxoffice_client::protocol::time::Timestamp;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) struct LoadThreads {
    clock: RunClock,
    threads: Vec<LoadThread>,
}

/// The plan of a run: everything that threads are made from.
#[derive(Debug)]
pub(crate) struct LoadPlan<'a> {
    pub(crate) target: &'a Target,
    pub(crate) mix: &'a Mix,
    /// The events of each workload in the mix.
    pub(crate) venues: &'a [Vec<Venue>],
    pub(crate) options: WorkloadOptions,
    pub(crate) connections: usize,
    /// Requests in flight on each connection.
    pub(crate) pipeline: u32,
    pub(crate) threads: usize,
    pub(crate) seed: u64,
    pub(crate) ids: RunIds,
    pub(crate) clock: RunClock,
    /// The server's time at the beginning of the run.
    pub(crate) began: Timestamp,
    /// Exchanges to record over all threads; none if the run is not verified.
    pub(crate) verify_limit: Option<usize>,
}

/// A trial of all threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trial {
    /// Time to send before anything is measured.
    pub(crate) warm_up: Duration,
    /// The rate of an open loop is that of all threads together.
    pub(crate) pacing: Pacing,
    /// A number of requests is that of all threads together.
    pub(crate) stop: StopRule,
    /// The server's process, if its CPU time is measured.
    pub(crate) server: Option<NonZeroU32>,
}

/// The result of a trial.
#[derive(Debug)]
pub(crate) struct Measurement {
    pub(crate) counters: LoadCounters,
    /// CPU time of the generator during the measured time.
    pub(crate) generator_cpu: Duration,
    /// The busy share of its threads: at 1 they could not have done more.
    pub(crate) busy: f64,
    /// CPU time of the server, where it can be read.
    pub(crate) server_cpu: Option<Duration>,
}

impl LoadThreads {
    /// Opens all connections, and divides them among threads.
    pub(crate) fn connect(plan: &LoadPlan<'_>) -> Result<Self, LoadError> {
        let count = plan.threads.min(plan.connections);
        let mut threads = Vec::with_capacity(count);
        let mut first = 0;
        for thread in 0..count {
            let share = share(plan.connections as u64, thread, count);
            let end = first + usize::try_from(share).unwrap_or(plan.connections);
            let connections = (first..end)
                .map(|number| LoadConnection::open(plan.target, number, plan.pipeline))
                .collect::<Result<Vec<_>, LoadError>>()?;
            let place = (narrow(thread), narrow(count));
            threads.push(LoadThread::new(ThreadParts {
                clock: plan.clock,
                timeout: plan.target.timeout,
                connections,
                first,
                pipeline: plan.pipeline,
                requests: RequestMaker::new(plan.seed, place, plan.began, plan.ids),
                workload: plan.mix.workload(plan.venues, &plan.options, place),
                recorder: plan
                    .verify_limit
                    .map(|limit| Recorder::new(limit / count, first, plan.options.freshness)),
            })?);
            first = end;
        }
        Ok(Self { clock: plan.clock, threads })
    }

    /// Sends until the workload is ready to be measured.
    pub(crate) fn prepare(&mut self, live: &LiveStatus) -> Result<(), LoadError> {
        let (warm_up, server) = (Duration::ZERO, None);
        let stop = StopRule::WhenReady;
        self.work(&Trial { warm_up, pacing: Pacing::Closed, stop, server }, live)?;
        Ok(())
    }

    /// Runs a trial. The first error of a thread ends it for all.
    pub(crate) fn work(
        &mut self,
        trial: &Trial,
        live: &LiveStatus,
    ) -> Result<Measurement, LoadError> {
        let begin_ns = self.clock.now_ns();
        let threads = self.threads.len();
        let (outcomes, costs) = thread::scope(|scope| {
            // Nothing is sent over it; it closes when every thread has ended.
            let (working, ended) = mpsc::sync_channel::<Infallible>(0);
            let mut handles = Vec::with_capacity(threads);
            for (index, thread) in self.threads.iter_mut().enumerate() {
                let part = trial.of_thread(begin_ns, index, threads);
                let working = working.clone();
                handles.push(scope.spawn(move || {
                    let outcome = thread.run(&part, live).inspect_err(|_| live.stop());
                    drop(working);
                    outcome
                }));
            }
            drop(working);
            ended.recv_timeout(trial.warm_up).ok();
            let costs = CpuCosts::now(trial);
            let outcomes: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
            (outcomes, costs.until_now(trial))
        });
        let mut sum = None::<LoadCounters>;
        for outcome in outcomes {
            let counters = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            match &mut sum {
                Some(sum) => sum.add(counters),
                None => sum = Some(counters),
            }
        }
        let counters = sum.expect("there is at least one thread");
        let busy = costs.generator.as_secs_f64() / (costs.span.as_secs_f64() * threads as f64);
        Ok(Measurement { counters, generator_cpu: costs.generator, busy, server_cpu: costs.server })
    }

    /// Closes all connections and returns the recorded exchanges of each thread.
    pub(crate) fn into_histories(self) -> Vec<ThreadHistory> {
        self.threads.into_iter().filter_map(LoadThread::into_history).collect()
    }
}

/// CPU times at one point, or between two.
struct CpuCosts {
    began: Instant,
    span: Duration,
    generator: Duration,
    server: Option<Duration>,
}

impl CpuCosts {
    fn now(trial: &Trial) -> Self {
        Self {
            began: Instant::now(),
            span: Duration::ZERO,
            generator: cpu::of_this_process(),
            server: trial.server.and_then(cpu::of_process),
        }
    }

    /// The difference between then and now.
    fn until_now(&self, trial: &Trial) -> Self {
        let server = trial.server.and_then(cpu::of_process).zip(self.server);
        Self {
            began: self.began,
            span: self.began.elapsed(),
            generator: cpu::of_this_process().saturating_sub(self.generator),
            server: server.map(|(now, before)| now.saturating_sub(before)),
        }
    }
}

impl Trial {
    /// The part of thread `thread` of `threads`. The due times of an open loop go round the threads.
    fn of_thread(&self, begin_ns: u64, thread: usize, threads: usize) -> ThreadTrial {
        let (pacing, delay_ns) = match self.pacing {
            Pacing::Closed => (Pacing::Closed, 0.0),
            Pacing::Open { rate } => {
                (Pacing::Open { rate: rate / threads as f64 }, thread as f64 * 1e9 / rate)
            }
        };
        let stop = match self.stop {
            StopRule::Requests(requests) => StopRule::Requests(share(requests, thread, threads)),
            other => other,
        };
        let delay = Duration::from_secs_f64(delay_ns / 1e9);
        let begin_ns = begin_ns + crate::clock::ns(delay);
        ThreadTrial { begin_ns, warm_up: self.warm_up, pacing, stop }
    }
}

/// The share of part `index` of `parts`; the shares add up to `whole`.
const fn share(whole: u64, index: usize, parts: usize) -> u64 {
    let (index, parts) = (index as u64, parts as u64);
    whole / parts + if index < whole % parts { 1 } else { 0 }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
