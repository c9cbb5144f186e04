//! One thread of the generator: an epoll loop that takes replies and sends requests. The clock is
//! read once for the replies of a batch. The requests that follow count from that time, so their
//! latency includes the time that the generator needs to make them.

use super::caller::LoadCaller;
use super::connection::LoadConnection;
use super::connections::Connections;
use super::counters::LoadCounters;
use super::live::{LiveCounts, LiveStatus};
use super::pacing::ThreadTrial;
use super::recorder::Recorder;
use super::timer::Timer;
use crate::clock::{RunClock, ns};
use crate::error::LoadError;
use crate::history::packed::ThreadHistory;
use crate::workloads::{RequestMaker, Workload};
use mio::{Events, Interest, Poll, Token};
use std::io;
use std::time::Duration;

/// The longest wait of the poll; afterwards the flag that stops the run is checked.
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// An open loop sends the requests of this time together. Latency counts from the due time, so this
/// may add as much to it; it saves a wake-up for each request.
const BATCH: Duration = Duration::from_micros(50);
/// Ready connections that one poll reports at most.
const MAX_READY: usize = 1_024;

/// A thread with its connections and its caller.
pub(crate) struct LoadThread {
    clock: RunClock,
    timeout: Duration,
    poll: Poll,
    ready: Events,
    timer: Timer,
    connections: Connections,
    caller: LoadCaller,
}

/// The parts of a thread.
pub(crate) struct ThreadParts {
    pub(crate) clock: RunClock,
    /// The longest wait for a reply.
    pub(crate) timeout: Duration,
    pub(crate) connections: Vec<LoadConnection>,
    /// The run-wide number of the first connection.
    pub(crate) first: usize,
    /// Requests in flight on each connection.
    pub(crate) pipeline: u32,
    pub(crate) requests: RequestMaker,
    pub(crate) workload: Box<dyn Workload>,
    /// None if the run is not verified.
    pub(crate) recorder: Option<Recorder>,
}

impl LoadThread {
    /// Registers the connections with a poll.
    pub(crate) fn new(parts: ThreadParts) -> Result<Self, LoadError> {
        let ThreadParts { clock, timeout, connections, first, pipeline, .. } = parts;
        let poll = Poll::new().map_err(LoadError::Poll)?;
        let timer = Timer::new(poll.registry(), Token(connections.len()));
        let timer = timer.map_err(LoadError::Poll)?;
        let mut connections = Connections::new(connections, first, pipeline);
        for (index, stream) in connections.streams().enumerate() {
            let interest = Interest::READABLE | Interest::WRITABLE;
            let registered = poll.registry().register(stream, Token(index), interest);
            registered.map_err(LoadError::Poll)?;
        }
        Ok(Self {
            clock,
            timeout,
            poll,
            ready: Events::with_capacity(MAX_READY),
            timer,
            connections,
            caller: LoadCaller::new(parts.requests, parts.workload, parts.recorder),
        })
    }

    /// Runs a trial until every reply has arrived.
    pub(crate) fn run(
        &mut self,
        trial: &ThreadTrial,
        live: &LiveStatus,
    ) -> Result<LoadCounters, LoadError> {
        self.caller.begin(trial, self.connections.count());
        let before = self.connections.traffic();
        let mut last_reply_ns = self.clock.now_ns();
        let mut published = LiveCounts::default();
        while !(self.caller.is_done() && self.connections.in_flight() == 0) {
            if self.caller.is_open_loop() || self.connections.in_flight() == 0 {
                self.connections.send(&mut self.caller, self.clock.now_ns())?;
            }
            self.wait()?;
            if self.take_replies()? {
                last_reply_ns = self.clock.now_ns();
            } else {
                self.check_silence(last_reply_ns)?;
            }
            if live.is_stopped() {
                self.caller.stop();
            }
            published = self.caller.publish(live, published);
        }
        Ok(self.caller.end(self.connections.traffic() - before))
    }

    /// Closes the connections and returns the recorded exchanges.
    pub(crate) fn into_history(self) -> Option<ThreadHistory> {
        self.caller.into_history()
    }

    /// Waits until a connection is ready or a request is due.
    fn wait(&mut self) -> Result<(), LoadError> {
        if let Some(due_ns) = self.caller.next_ns() {
            let wait = Duration::from_nanos(due_ns.saturating_sub(self.clock.now_ns()));
            self.timer.set(wait.max(BATCH)).map_err(LoadError::Poll)?;
        }
        match self.poll.poll(&mut self.ready, Some(LONGEST_WAIT)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(LoadError::Poll(error)),
            _ => Ok(()),
        }
    }

    /// Takes replies; in a closed loop, sends again. Returns whether there were any.
    fn take_replies(&mut self) -> Result<bool, LoadError> {
        let mut any = false;
        for event in &self.ready {
            let index = event.token().0;
            if index == self.connections.count() {
                // The timer ended the wait; it has nothing to read.
                continue;
            }
            if event.is_readable() {
                any |= self.connections.receive(index, &mut self.caller, self.clock)?;
            }
            if event.is_writable() {
                self.connections.flush(index)?;
            }
        }
        Ok(any)
    }

    /// Gives up on a server that owes replies and has sent none for too long.
    fn check_silence(&self, last_reply_ns: u64) -> Result<(), LoadError> {
        let owed = self.connections.in_flight();
        if owed > 0 && self.clock.now_ns().saturating_sub(last_reply_ns) > ns(self.timeout) {
            return Err(LoadError::Silent { owed, timeout: self.timeout });
        }
        Ok(())
    }
}
