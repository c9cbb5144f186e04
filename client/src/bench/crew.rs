//! All threads of a run, from their connections to their count.

use super::clock::RunClock;
use super::connection::{Connection, Target};
use super::cpu;
use super::error::BenchError;
use super::live::Live;
use super::pacing::{Pacing, Stop, Trial};
use super::tally::Tally;
use super::worker::{Parts, Worker};
use super::workload::{Desk, Hall, Mix, Run};
use boxoffice_client::protocol::time::Timestamp;
use std::num::NonZeroU32;
use std::thread;
use std::time::Duration;

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
    /// CPU time of the generator's threads, and the largest part of its time that one of them
    /// worked: at 1 it could not have done more.
    pub(crate) generator: Duration,
    pub(crate) busiest: f64,
    /// CPU time of the server, where it can be known.
    pub(crate) server: Option<Duration>,
}

impl Crew {
    /// Connects everybody.
    pub(crate) fn assemble(job: &Job<'_>) -> Result<Self, BenchError> {
        let threads = job.threads.min(job.connections);
        let mut workers = Vec::with_capacity(threads);
        let mut first = 0;
        for thread in 0..threads {
            let share = share(job.connections as u64, thread, threads);
            let end = first + usize::try_from(share).unwrap_or(job.connections);
            let connections = (first..end)
                .map(|number| Ok(Connection::open(job.target, number, job.pipeline)?.0))
                .collect::<Result<Vec<_>, BenchError>>()?;
            let place = (narrow(thread), narrow(threads));
            workers.push(Worker::new(Parts {
                clock: job.clock,
                patience: job.target.patience,
                connections,
                first,
                pipeline: job.pipeline,
                desk: Desk::new(job.seed, place, job.began, job.run),
                workload: job.mix.workload(job.halls, place),
            })?);
            first = end;
        }
        Ok(Self { clock: job.clock, workers })
    }

    /// Works until the events are as the workload wants them.
    pub(crate) fn prepare(&mut self, live: &Live) -> Result<(), BenchError> {
        let (warm_up, server) = (Duration::ZERO, None);
        let stop = Stop::WhenReady;
        self.work(&Effort { warm_up, pacing: Pacing::Closed, stop, server }, live)?;
        Ok(())
    }

    /// Works. The first trouble that a thread has ends it for all.
    pub(crate) fn work(&mut self, effort: &Effort, live: &Live) -> Result<Measured, BenchError> {
        let begin_ns = self.clock.now_ns();
        let threads = self.workers.len();
        let before = effort.server.and_then(cpu::of_process);
        let outcomes = thread::scope(|scope| {
            let threads: Vec<_> = self
                .workers
                .iter_mut()
                .enumerate()
                .map(|(thread, worker)| {
                    let trial = effort.trial(begin_ns, thread, threads);
                    scope.spawn(move || work(worker, &trial, live))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
        });
        let seconds = (self.clock.now_ns() - begin_ns) as f64 / 1e9;
        let server = effort.server.and_then(cpu::of_process);
        let server = server.zip(before).map(|(after, before)| after.saturating_sub(before));
        let (mut sum, mut generator, mut busiest) = (None::<Tally>, Duration::ZERO, 0.0_f64);
        for outcome in outcomes {
            let (tally, cpu) = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            generator += cpu;
            busiest = busiest.max(cpu.as_secs_f64() / seconds);
            match &mut sum {
                Some(sum) => sum.add(tally),
                None => sum = Some(tally),
            }
        }
        let tally = sum.expect("there is at least one thread");
        Ok(Measured { tally, generator, busiest, server })
    }
}

fn work(worker: &mut Worker, trial: &Trial, live: &Live) -> Result<(Tally, Duration), BenchError> {
    let before = cpu::of_this_thread();
    let tally = worker.run(trial, live).inspect_err(|_| live.stop())?;
    Ok((tally, cpu::of_this_thread() - before))
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
