//! The connections of one thread, each with its requests in flight.

use super::caller::LoadCaller;
use super::connection::{LoadConnection, SocketState, Traffic};
use super::in_flight::{Arrival, InFlight};
use crate::clock::RunClock;
use crate::error::LoadError;
use boxoffice_client::protocol::frame::FrameError;
use std::io;
use std::ops::Add;

#[derive(Debug)]
pub(crate) struct Connections {
    connections: Vec<PipelinedConnection>,
    /// The number of the first one in the whole run.
    first: usize,
    /// The connection that sent last. An open loop goes on behind it, so that all have their turn.
    turn: usize,
    in_flight: usize,
}

#[derive(Debug)]
struct PipelinedConnection {
    connection: LoadConnection,
    in_flight: InFlight,
}

impl Connections {
    /// Connections with room for `pipeline` requests each.
    pub(crate) fn new(connections: Vec<LoadConnection>, first: usize, pipeline: u32) -> Self {
        let pipelined =
            |connection| PipelinedConnection { connection, in_flight: InFlight::new(pipeline) };
        let connections = connections.into_iter().map(pipelined).collect();
        Self { connections, first, turn: 0, in_flight: 0 }
    }

    pub(crate) fn count(&self) -> usize {
        self.connections.len()
    }

    /// Requests that wait for their replies, over all connections.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Bytes over all connections since the run began.
    pub(crate) fn traffic(&self) -> Traffic {
        let traffic = self.connections.iter().map(|pipelined| pipelined.connection.traffic);
        traffic.fold(Traffic::default(), Add::add)
    }

    /// The sockets, to be registered with a poll.
    pub(crate) fn streams(&mut self) -> impl Iterator<Item = &mut mio::net::TcpStream> {
        self.connections.iter_mut().map(|pipelined| &mut pipelined.connection.stream)
    }

    /// Sends as much as pace and pipelines allow, round robin over the connections.
    pub(crate) fn send(&mut self, caller: &mut LoadCaller, now_ns: u64) -> Result<(), LoadError> {
        let mut full = 0;
        while full < self.connections.len() {
            self.turn = (self.turn + 1) % self.connections.len();
            match self.connections[self.turn].send(caller, now_ns) {
                SendOutcome::Sent => {
                    self.in_flight += 1;
                    full = 0;
                }
                SendOutcome::Full => full += 1,
                SendOutcome::NothingDue => break,
            }
        }
        (0..self.connections.len()).try_for_each(|index| self.flush(index))
    }

    /// Takes the replies that one connection has; in a closed loop, sends as many requests again.
    /// Returns whether there were any.
    pub(crate) fn receive(
        &mut self,
        index: usize,
        caller: &mut LoadCaller,
        clock: RunClock,
    ) -> Result<bool, LoadError> {
        let number = self.first + index;
        let mut taken = 0;
        loop {
            let pipelined = &mut self.connections[index];
            let state = pipelined.connection.read().map_err(|error| broken(number, error))?;
            // Read after the socket: later decisions of the server come after these replies.
            let now_ns = clock.now_ns();
            let replies = pipelined.take_replies(caller, Arrival { connection: index, now_ns });
            let replies =
                replies.map_err(|error| LoadError::Malformed { connection: number, error })?;
            taken += replies;
            self.in_flight -= replies;
            if replies > 0 && !caller.is_open_loop() {
                self.refill(index, caller, now_ns);
            }
            if state == SocketState::Drained {
                break;
            }
        }
        self.flush(index)?;
        Ok(taken > 0)
    }

    /// Sends until the pipeline of one connection is full.
    fn refill(&mut self, index: usize, caller: &mut LoadCaller, now_ns: u64) {
        while self.connections[index].send(caller, now_ns) == SendOutcome::Sent {
            self.in_flight += 1;
        }
    }

    /// Writes the queued bytes of one connection.
    pub(crate) fn flush(&mut self, index: usize) -> Result<(), LoadError> {
        let flushed = self.connections[index].connection.flush();
        flushed.map_err(|error| broken(self.first + index, error))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SendOutcome {
    Sent,
    /// The pipeline of this connection is full.
    Full,
    /// The workload has no request that is due.
    NothingDue,
}

impl PipelinedConnection {
    fn send(&mut self, caller: &mut LoadCaller, now_ns: u64) -> SendOutcome {
        if !self.in_flight.has_room() {
            return SendOutcome::Full;
        }
        let Some((in_flight, request)) = caller.next_request(now_ns) else {
            return SendOutcome::NothingDue;
        };
        match self.in_flight.put(in_flight) {
            Some(correlation) => self.connection.put(correlation, &request),
            None => return SendOutcome::Full,
        }
        SendOutcome::Sent
    }

    /// Takes every reply that was read, and returns their number.
    fn take_replies(
        &mut self,
        caller: &mut LoadCaller,
        arrival: Arrival,
    ) -> Result<usize, FrameError> {
        let Self { connection, in_flight } = self;
        let mut replies = 0;
        connection.replies(|reply| {
            let request = in_flight.take(reply.correlation).ok_or_else(|| {
                let why = format!("no request has the correlation id {}", reply.correlation);
                FrameError::Malformed { why }
            })?;
            replies += 1;
            caller.take_reply(&request, reply, arrival)
        })?;
        Ok(replies)
    }
}

fn broken(connection: usize, error: io::Error) -> LoadError {
    LoadError::Broken { connection, error }
}
