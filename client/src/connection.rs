//! The task that owns the connection of a client: it sends requests, passes replies to their callers,
//! and after a lost connection it opens another and repeats the unanswered requests.
//!
//! Requests wait in one queue in the order of their calls, and are repeated in that order before newer
//! ones. A reply names its request by a correlation id, so the server may answer in any order. All
//! queued requests are written at once.

use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::error::ClientError;
use crate::pending::{PendingCall, PendingCalls};
use crate::silence::{Heard, Silence};
use crate::welcome::LatestWelcome;
use crate::wire::{NotOpen, Transfer, Wire};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Welcome;
use boxoffice_protocol::request::Request;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

/// With more unsent bytes than this, no further request is taken (back-pressure).
const OUTBOUND_BYTES: usize = 256 * 1024;
/// Checks of the deadlines in the length of one: a caller waits at most one interval beyond its
/// deadline.
const TICKS_A_DEADLINE: u32 = 20;
/// The longest interval between two checks of the deadlines.
const LONGEST_TICK: Duration = Duration::from_millis(500);

/// The connection of one client and its clones.
pub(crate) struct ConnectionTask {
    config: Arc<ClientConfig>,
    session: Arc<LatestWelcome>,
    calls: mpsc::Receiver<PendingCall>,
    /// A buffer for arriving calls.
    batch: Vec<PendingCall>,
    requests: PendingCalls,
    backoff: Backoff,
    /// The error of the last connection or attempt.
    trouble: io::Error,
    tick: Interval,
}

/// The end of a connection.
enum ConnectionEnd {
    /// The last clone of the client is gone.
    Done,
    Lost(io::Error),
    /// The server sent bytes that are not of the protocol.
    Malformed(String),
}

impl ConnectionTask {
    pub(crate) fn new(
        config: Arc<ClientConfig>,
        session: Arc<LatestWelcome>,
        calls: mpsc::Receiver<PendingCall>,
    ) -> Self {
        let period =
            (config.deadline / TICKS_A_DEADLINE).clamp(Duration::from_millis(1), LONGEST_TICK);
        let mut tick = interval(period);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            config,
            session,
            calls,
            batch: Vec::new(),
            requests: PendingCalls::default(),
            backoff: Backoff::default(),
            trouble: io::ErrorKind::NotConnected.into(),
            tick,
        }
    }

    /// Serves this connection and its successors until the last clone is gone.
    pub(crate) async fn run(mut self, wire: Wire) {
        let mut open = Some(wire);
        loop {
            if let Some(wire) = open.take() {
                match self.serve(wire).await {
                    ConnectionEnd::Done => return,
                    ConnectionEnd::Lost(error) => self.trouble = error,
                    ConnectionEnd::Malformed(why) => self.requests.fail_sent(&why),
                }
                self.requests.take_back();
            }
            if self.requests.is_empty() && !self.wait_for_demand().await {
                return;
            }
            open = self.reconnect().await;
            if self.calls.is_closed() {
                return;
            }
        }
    }

    /// Sends requests and takes replies until the connection ends.
    async fn serve(&mut self, mut wire: Wire) -> ConnectionEnd {
        let mut silence = Silence::new(self.config.silence());
        let in_flight = self.session.welcome().in_flight.max(1) as usize;
        loop {
            let room = self.send_waiting(&mut wire, in_flight);
            select! {
                progress = wire.progress() => match progress {
                    Ok(Transfer::Sent) => {}
                    Ok(Transfer::Received) => {
                        silence.broken();
                        if let Err(end) = self.answer(&mut wire) {
                            return end;
                        }
                    }
                    Err(error) => return ConnectionEnd::Lost(error),
                },
                taken = self.calls.recv_many(&mut self.batch, room), if room > 0 => {
                    if taken == 0 {
                        return ConnectionEnd::Done;
                    }
                    if self.requests.none_sent() {
                        silence.broken();
                    }
                    self.requests.wait(self.batch.drain(..));
                }
                _ = self.tick.tick(), if !self.requests.is_empty() => {
                    self.expire();
                    match silence.check() {
                        Heard::Enough => {}
                        Heard::TooLittle => wire.put(self.requests.spare(), &Request::Ping),
                        Heard::Nothing => return ConnectionEnd::Lost(io::ErrorKind::TimedOut.into()),
                    }
                }
            }
        }
    }

    /// Queues waiting requests, and returns the room for further ones.
    fn send_waiting(&mut self, wire: &mut Wire, in_flight: usize) -> usize {
        while self.requests.sent() < in_flight && wire.queued() < OUTBOUND_BYTES {
            let Some((correlation, request)) = self.requests.send_next() else {
                return in_flight - self.requests.sent();
            };
            wire.put(correlation, request);
        }
        0
    }

    /// Passes the received replies to their callers.
    fn answer(&mut self, wire: &mut Wire) -> Result<(), ConnectionEnd> {
        loop {
            match wire.received() {
                Ok(Some(frame)) => self.requests.answer(frame),
                Ok(None) => break,
                Err(error) => return Err(ConnectionEnd::Malformed(error.to_string())),
            }
        }
        self.backoff.reset();
        Ok(())
    }

    /// Without a connection, waits for the next call. Returns false if there can be none.
    async fn wait_for_demand(&mut self) -> bool {
        let taken = self.calls.recv_many(&mut self.batch, 1).await;
        self.requests.wait(self.batch.drain(..));
        taken > 0
    }

    /// Tries to connect until it succeeds, or no request waits any longer.
    async fn reconnect(&mut self) -> Option<Wire> {
        let mut pause = self.backoff.pause();
        loop {
            match self.attempt(pause).await? {
                Ok((wire, welcome)) => {
                    self.session.renew(welcome);
                    return Some(wire);
                }
                Err(NotOpen::Refused(Refusal::Busy { retry_after_ms })) => {
                    self.trouble = busy();
                    pause = Duration::from_millis(retry_after_ms.into()).max(self.backoff.pause());
                }
                Err(NotOpen::Refused(refusal)) => {
                    self.requests.refuse_all(&refusal);
                    return None;
                }
                Err(NotOpen::Failed(error)) => {
                    self.trouble = error;
                    pause = self.backoff.pause();
                }
            }
        }
    }

    /// One attempt after a pause, while calls arrive and deadlines pass. None if no request waits any
    /// longer, or the last clone is gone.
    async fn attempt(&mut self, pause: Duration) -> Option<Result<(Wire, Welcome), NotOpen>> {
        let config = self.config.clone();
        let mut opening = Box::pin(async move {
            #[expect(clippy::disallowed_methods, reason = "a pause between attempts to connect")]
            sleep(pause).await;
            Wire::open(&config).await
        });
        let bound = self.session.welcome().in_flight.max(1) as usize;
        loop {
            let room = bound.saturating_sub(self.requests.waiting());
            select! {
                outcome = &mut opening => return Some(outcome),
                taken = self.calls.recv_many(&mut self.batch, room), if room > 0 => {
                    if taken == 0 {
                        return None;
                    }
                    self.requests.wait(self.batch.drain(..));
                }
                _ = self.tick.tick() => {
                    self.expire();
                    if self.requests.is_empty() {
                        return None;
                    }
                }
            }
        }
    }

    fn expire(&mut self) {
        let (server, trouble) = (&self.config.server, &self.trouble);
        self.requests.expire(Instant::now(), || ClientError::unreachable(server, trouble));
    }
}

fn busy() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, "the server has no connection left")
}
