//! One thread of the generator: a loop that waits for its connections, takes what came in, and
//! sends what may be sent. The clock is read once for what came in together; what is sent in
//! answer to it counts from then, so that making the requests counts too.

use super::asker::Asker;
use super::clock::{RunClock, ns};
use super::connection::Connection;
use super::error::LoadError;
use super::history::History;
use super::lines::Lines;
use super::live::Live;
use super::pacing::Trial;
use super::record::Recorder;
use super::tally::Tally;
use super::timer::Timer;
use super::workload::{Desk, Workload};
use mio::{Events, Interest, Poll, Token};
use std::io;
use std::time::Duration;

/// The longest wait for connections: the flag that stops a run is looked at after it.
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// In an open loop, requests that are due within this time are sent together. They count from when
/// they were due: it may add so much to a latency, and saves a wake-up for each.
const GATHERED: Duration = Duration::from_micros(50);
/// Ready connections that one wait tells of.
const READY: usize = 1_024;

/// A thread's connections, its workload, and what it counts.
pub(crate) struct Worker {
    clock: RunClock,
    patience: Duration,
    poll: Poll,
    ready: Events,
    timer: Timer,
    lines: Lines,
    asker: Asker,
}

/// What a thread is made of.
pub(crate) struct Parts {
    /// The run's time.
    pub(crate) clock: RunClock,
    /// How long replies may take.
    pub(crate) patience: Duration,
    /// Its connections.
    pub(crate) connections: Vec<Connection>,
    /// The number in the run of the first of them.
    pub(crate) first: usize,
    /// Requests in flight on each.
    pub(crate) pipeline: u32,
    /// Its chance and ids.
    pub(crate) desk: Desk,
    /// What it asks for.
    pub(crate) workload: Box<dyn Workload>,
    /// Where it keeps what came of it.
    pub(crate) recorder: Option<Recorder>,
}

impl Worker {
    /// Begins to wait for the connections.
    pub(crate) fn new(parts: Parts) -> Result<Self, LoadError> {
        let Parts { clock, patience, connections, first, pipeline, .. } = parts;
        let poll = Poll::new().map_err(LoadError::Poll)?;
        let timer = Timer::new(poll.registry(), Token(connections.len()));
        let timer = timer.map_err(LoadError::Poll)?;
        let mut lines = Lines::new(connections, first, pipeline);
        for (index, stream) in lines.streams().enumerate() {
            let interest = Interest::READABLE | Interest::WRITABLE;
            let registered = poll.registry().register(stream, Token(index), interest);
            registered.map_err(LoadError::Poll)?;
        }
        Ok(Self {
            clock,
            patience,
            poll,
            ready: Events::with_capacity(READY),
            timer,
            lines,
            asker: Asker::new(parts.desk, parts.workload, parts.recorder),
        })
    }

    /// Runs a trial until it is over and everything is answered. Says what was counted.
    pub(crate) fn run(&mut self, trial: &Trial, live: &Live) -> Result<Tally, LoadError> {
        self.asker.begin(trial, self.lines.count());
        let before = self.lines.traffic();
        let mut heard_ns = self.clock.now_ns();
        let mut told = (0, 0);
        while !(self.asker.is_done() && self.lines.in_flight() == 0) {
            if self.asker.is_open() || self.lines.in_flight() == 0 {
                self.lines.send(&mut self.asker, self.clock.now_ns())?;
            }
            self.wait()?;
            if self.take_replies()? {
                heard_ns = self.clock.now_ns();
            } else {
                self.check_silence(heard_ns)?;
            }
            if live.is_stopped() {
                self.asker.stop();
            }
            told = self.asker.tell(live, told);
        }
        Ok(self.asker.end(self.lines.traffic() - before))
    }

    /// Closes the connections, and says what was recorded.
    pub(crate) fn into_history(self) -> Option<History> {
        self.asker.into_history()
    }

    /// Waits until a connection is ready or a request is due.
    fn wait(&mut self) -> Result<(), LoadError> {
        if let Some(due_ns) = self.asker.next_ns() {
            let wait = Duration::from_nanos(due_ns.saturating_sub(self.clock.now_ns()));
            self.timer.set(wait.max(GATHERED)).map_err(LoadError::Poll)?;
        }
        match self.poll.poll(&mut self.ready, Some(LONGEST_WAIT)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(LoadError::Poll(error)),
            _ => Ok(()),
        }
    }

    /// Takes what came in; in a closed loop, asks again. Says whether anything came.
    fn take_replies(&mut self) -> Result<bool, LoadError> {
        let mut heard = false;
        for event in &self.ready {
            let index = event.token().0;
            if index == self.lines.count() {
                // The timer: all it had to do was to end the wait.
                continue;
            }
            if event.is_readable() {
                heard |= self.lines.receive(index, &mut self.asker, self.clock)?;
            }
            if event.is_writable() {
                self.lines.flush(index)?;
            }
        }
        Ok(heard)
    }

    /// Gives up on a server that owes replies and sends none.
    fn check_silence(&self, heard_ns: u64) -> Result<(), LoadError> {
        let owed = self.lines.in_flight();
        if owed > 0 && self.clock.now_ns().saturating_sub(heard_ns) > ns(self.patience) {
            return Err(LoadError::Silent { owed, patience: self.patience });
        }
        Ok(())
    }
}
