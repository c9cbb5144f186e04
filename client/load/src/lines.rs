//! A thread's connections, each with what it waits for.

use super::asker::{Arrival, Asker};
use super::clock::RunClock;
use super::connection::{Connection, Source, Traffic};
use super::error::LoadError;
use super::slots::Slots;
use boxoffice_client::protocol::frame::FrameError;
use std::io;
use std::ops::Add;

/// The connections of one thread.
#[derive(Debug)]
pub(crate) struct Lines {
    lines: Vec<Line>,
    /// The number in the run of the first.
    first: usize,
    /// Where an open loop goes on, so that all connections have their turn.
    turn: usize,
    in_flight: usize,
}

#[derive(Debug)]
struct Line {
    connection: Connection,
    slots: Slots,
}

impl Lines {
    /// These connections, with so many requests in flight on each.
    pub(crate) fn new(connections: Vec<Connection>, first: usize, pipeline: u32) -> Self {
        let line = |connection| Line { connection, slots: Slots::new(pipeline) };
        let lines = connections.into_iter().map(line).collect();
        Self { lines, first, turn: 0, in_flight: 0 }
    }

    /// How many connections.
    pub(crate) fn count(&self) -> usize {
        self.lines.len()
    }

    /// How many requests wait for their answers.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// What went over the wire so far.
    pub(crate) fn traffic(&self) -> Traffic {
        self.lines.iter().map(|line| line.connection.traffic).fold(Traffic::default(), Add::add)
    }

    /// To be registered.
    pub(crate) fn streams(&mut self) -> impl Iterator<Item = &mut mio::net::TcpStream> {
        self.lines.iter_mut().map(|line| &mut line.connection.stream)
    }

    /// Sends what may be sent, over all connections in turn.
    pub(crate) fn send(&mut self, asker: &mut Asker, now_ns: u64) -> Result<(), LoadError> {
        let mut full = 0;
        while full < self.lines.len() {
            self.turn = (self.turn + 1) % self.lines.len();
            match self.lines[self.turn].ask(asker, now_ns) {
                Asking::Asked => {
                    self.in_flight += 1;
                    full = 0;
                }
                Asking::Full => full += 1,
                Asking::Nothing => break,
            }
        }
        (0..self.lines.len()).try_for_each(|index| self.flush(index))
    }

    /// Takes what came in on one connection; in a closed loop, asks again. Says whether anything
    /// came.
    pub(crate) fn receive(
        &mut self,
        index: usize,
        asker: &mut Asker,
        clock: RunClock,
    ) -> Result<bool, LoadError> {
        let number = self.first + index;
        let mut taken = 0;
        loop {
            let line = &mut self.lines[index];
            let source = line.connection.read().map_err(|error| broken(number, error))?;
            // After the read: whatever is decided later was decided after these replies came.
            let now_ns = clock.now_ns();
            let replies = line.learn(asker, Arrival { line: index, now_ns });
            let replies =
                replies.map_err(|error| LoadError::Malformed { connection: number, error })?;
            taken += replies;
            self.in_flight -= replies;
            if replies > 0 && !asker.is_open() {
                self.refill(index, asker, now_ns);
            }
            if source == Source::Drained {
                break;
            }
        }
        self.flush(index)?;
        Ok(taken > 0)
    }

    /// Asks as much as one connection has room for.
    fn refill(&mut self, index: usize, asker: &mut Asker, now_ns: u64) {
        while self.lines[index].ask(asker, now_ns) == Asking::Asked {
            self.in_flight += 1;
        }
    }

    /// Writes what one connection has to send.
    pub(crate) fn flush(&mut self, index: usize) -> Result<(), LoadError> {
        let flushed = self.lines[index].connection.flush();
        flushed.map_err(|error| broken(self.first + index, error))
    }
}

/// What came of the wish to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Asked,
    /// The connection has as much in flight as it may.
    Full,
    /// Nothing may be asked now.
    Nothing,
}

impl Line {
    fn ask(&mut self, asker: &mut Asker, now_ns: u64) -> Asking {
        if !self.slots.has_room() {
            return Asking::Full;
        }
        let Some((in_flight, request)) = asker.ask(now_ns) else { return Asking::Nothing };
        match self.slots.put(in_flight) {
            Some(correlation) => self.connection.put(correlation, &request),
            None => return Asking::Full,
        }
        Asking::Asked
    }

    /// Takes every reply that was read, and says how many there were.
    fn learn(&mut self, asker: &mut Asker, arrival: Arrival) -> Result<usize, FrameError> {
        let Self { connection, slots } = self;
        let mut replies = 0;
        connection.replies(|reply| {
            let request = slots.take(reply.correlation).ok_or_else(|| FrameError::Malformed {
                why: format!("nothing was asked under {}", reply.correlation),
            })?;
            replies += 1;
            asker.learn(&request, reply, arrival)
        })?;
        Ok(replies)
    }
}

fn broken(connection: usize, error: io::Error) -> LoadError {
    LoadError::Broken { connection, error }
}
