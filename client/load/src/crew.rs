//! All threads of a run, from their connections to their count.

use super::clock::RunClock;
use super::connection::{Connection, Target};
use super::cpu;
use super::error::LoadError;
use super::history::History;
use super::live::Live;
use super::pacing::{Pacing, Stop, Trial};
use super::record::Recorder;
use super::tally::Tally;
use super::worker::{Parts, Worker};
use super::workload::{Desk, Hall, Mix, Options, Run};
use boxoffice_client::protocol::time::Timestamp;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Who works, and at what.
pub(crate) struct Crew {
    clock: RunClock,
    workers: Vec<Worker>,
}

/// What a crew is made of.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    /// Where the server is.
    pub(crate) target: &'a Target,
    /// What is asked for.
    pub(crate) mix: &'a Mix,
    /// The events of each workload in it.
    pub(crate) halls: &'a [Vec<Hall>],
    /// How it is varied.
    pub(crate) options: Options,
    /// How many connections.
    pub(crate) connections: usize,
    /// How many requests in flight on each.
    pub(crate) pipeline: u32,
    /// How many threads.
    pub(crate) threads: usize,
    /// Where chance begins.
    pub(crate) seed: u64,
    /// What the run's reservations are called.
    pub(crate) run: Run,
    /// The run's time.
    pub(crate) clock: RunClock,
    /// The server's time when it began.
    pub(crate) began: Timestamp,
    /// Exchanges to keep, over all threads; none if nothing is kept.
    pub(crate) kept: Option<usize>,
}

/// A trial of the whole crew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Effort {
    /// How long to go on before anything is measured.
    pub(crate) warm_up: Duration,
    /// How fast to send, over all threads.
    pub(crate) pacing: Pacing,
    /// How long, or how much over all threads.
    pub(crate) stop: Stop,
    /// The server's process.
    pub(crate) server: Option<NonZeroU32>,
}

/// What a trial came to.
#[derive(Debug)]
pub(crate) struct Measured {
    /// What was counted.
    pub(crate) tally: Tally,
    /// CPU time of the generator while it was measured.
    pub(crate) generator: Duration,
    /// The part of the measured time that its threads worked: at 1 they could not have done more.
    pub(crate) busy: f64,
    /// CPU time of the server meanwhile, where it can be known.
    pub(crate) server: Option<Duration>,
}

impl Crew {
    /// Connects everybody.
    pub(crate) fn assemble(job: &Job<'_>) -> Result<Self, LoadError> {
        let threads = job.threads.min(job.connections);
        let mut workers = Vec::with_capacity(threads);
        let mut first = 0;
        for thread in 0..threads {
            let share = share(job.connections as u64, thread, threads);
            let end = first + usize::try_from(share).unwrap_or(job.connections);
            let connections = (first..end)
                .map(|number| Ok(Connection::open(job.target, number, job.pipeline)?.0))
                .collect::<Result<Vec<_>, LoadError>>()?;
            let place = (narrow(thread), narrow(threads));
            workers.push(Worker::new(Parts {
                clock: job.clock,
                patience: job.target.patience,
                connections,
                first,
                pipeline: job.pipeline,
                desk: Desk::new(job.seed, place, job.began, job.run),
                workload: job.mix.workload(job.halls, &job.options, place),
                recorder: job
                    .kept
                    .map(|limit| Recorder::new(limit / threads, first, job.options.freshness)),
            })?);
            first = end;
        }
        Ok(Self { clock: job.clock, workers })
    }

    /// Works until the events are as the workload wants them.
    pub(crate) fn prepare(&mut self, live: &Live) -> Result<(), LoadError> {
        let (warm_up, server) = (Duration::ZERO, None);
        let stop = Stop::WhenReady;
        self.work(&Effort { warm_up, pacing: Pacing::Closed, stop, server }, live)?;
        Ok(())
    }

    /// Works. The first trouble that a thread has ends it for all.
    pub(crate) fn work(&mut self, effort: &Effort, live: &Live) -> Result<Measured, LoadError> {
        let begin_ns = self.clock.now_ns();
        let threads = self.workers.len();
        let (outcomes, costs) = thread::scope(|scope| {
            // Nothing is ever sent: it tells that every thread has ended.
            let (working, ended) = mpsc::sync_channel::<Infallible>(0);
            let mut handles = Vec::with_capacity(threads);
            for (thread, worker) in self.workers.iter_mut().enumerate() {
                let trial = effort.trial(begin_ns, thread, threads);
                let working = working.clone();
                handles.push(scope.spawn(move || {
                    let outcome = worker.run(&trial, live).inspect_err(|_| live.stop());
                    drop(working);
                    outcome
                }));
            }
            drop(working);
            ended.recv_timeout(effort.warm_up).ok();
            let costs = Costs::now(effort);
            let outcomes: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
            (outcomes, costs.until_now(effort))
        });
        let mut sum = None::<Tally>;
        for outcome in outcomes {
            let tally = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            match &mut sum {
                Some(sum) => sum.add(tally),
                None => sum = Some(tally),
            }
        }
        let tally = sum.expect("there is at least one thread");
        let busy = costs.generator.as_secs_f64() / (costs.span.as_secs_f64() * threads as f64);
        Ok(Measured { tally, generator: costs.generator, busy, server: costs.server })
    }

    /// Closes all connections, and says what each thread recorded.
    pub(crate) fn dismiss(self) -> Vec<History> {
        self.workers.into_iter().filter_map(Worker::into_history).collect()
    }
}

/// CPU time at the beginning of the measuring, or what was taken since.
struct Costs {
    began: Instant,
    span: Duration,
    generator: Duration,
    server: Option<Duration>,
}

impl Costs {
    /// So far.
    fn now(effort: &Effort) -> Self {
        Self {
            began: Instant::now(),
            span: Duration::ZERO,
            generator: cpu::of_this_process(),
            server: effort.server.and_then(cpu::of_process),
        }
    }

    /// Since then.
    fn until_now(&self, effort: &Effort) -> Self {
        let server = effort.server.and_then(cpu::of_process).zip(self.server);
        Self {
            began: self.began,
            span: self.began.elapsed(),
            generator: cpu::of_this_process().saturating_sub(self.generator),
            server: server.map(|(now, before)| now.saturating_sub(before)),
        }
    }
}

impl Effort {
    /// The part of thread `thread` of `threads`. In an open loop their requests are due in turn.
    fn trial(&self, begin_ns: u64, thread: usize, threads: usize) -> Trial {
        let (pacing, delay_ns) = match self.pacing {
            Pacing::Closed => (Pacing::Closed, 0.0),
            Pacing::Open { rate } => {
                (Pacing::Open { rate: rate / threads as f64 }, thread as f64 * 1e9 / rate)
            }
        };
        let stop = match self.stop {
            Stop::Requests(requests) => Stop::Requests(share(requests, thread, threads)),
            other => other,
        };
        let delay = Duration::from_secs_f64(delay_ns / 1e9);
        let begin_ns = begin_ns + super::clock::ns(delay);
        Trial { begin_ns, warm_up: self.warm_up, pacing, stop }
    }
}

/// The part of `whole` that number `index` of `parts` has; all parts add up to the whole.
const fn share(whole: u64, index: usize, parts: usize) -> u64 {
    let (index, parts) = (index as u64, parts as u64);
    whole / parts + if index < whole % parts { 1 } else { 0 }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
