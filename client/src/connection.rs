//! The task that owns a client's connection: it sends what its callers ask, gives them the
//! answers, and when the connection is lost it makes another and sends again what was not answered.
//!
//! Requests wait in one queue in the order of their calls, and are sent again in that order, before
//! anything newer. Every reply names its request by a correlation id, so the server may answer in
//! any order. All that is queued is written at once.

use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::error::ClientError;
use crate::pending::{Pending, Requests};
use crate::session::Session;
use crate::wire::{NotOpen, Progress, Wire};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Welcome;
use boxoffice_protocol::request::Request;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

/// Bytes waiting to be written at which no more requests are taken.
const OUTBOUND_BYTES: usize = 256 * 1024;
/// How often deadlines are looked at, as a part of the deadline: nobody waits longer than this
/// part beyond it.
const TICKS_A_DEADLINE: u32 = 20;
/// The longest time between two looks at the deadlines.
const LONGEST_TICK: Duration = Duration::from_millis(500);

/// The connection of one client and its clones.
pub(crate) struct Connection {
    config: Arc<ClientConfig>,
    session: Arc<Session>,
    calls: mpsc::Receiver<Pending>,
    /// Where calls arrive before they are taken, reused.
    batch: Vec<Pending>,
    requests: Requests,
    backoff: Backoff,
    /// Why the last connection ended or the last attempt failed.
    trouble: io::Error,
    tick: Interval,
}

/// Why a connection is no longer served.
enum End {
    /// Every client is gone; nobody waits for anything.
    Done,
    /// It failed.
    Lost(io::Error),
    /// What comes out of it cannot be understood.
    Malformed(String),
}

impl Connection {
    pub(crate) fn new(
        config: Arc<ClientConfig>,
        session: Arc<Session>,
        calls: mpsc::Receiver<Pending>,
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
            requests: Requests::default(),
            backoff: Backoff::default(),
            trouble: io::ErrorKind::NotConnected.into(),
            tick,
        }
    }

    /// Serves the connection and its successors until every client is gone.
    pub(crate) async fn run(mut self, wire: Wire) {
        let mut open = Some(wire);
        loop {
            if let Some(wire) = open.take() {
                match self.serve(wire).await {
                    End::Done => return,
                    End::Lost(error) => self.trouble = error,
                    End::Malformed(why) => self.requests.fail_sent(&why),
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

    /// Sends and answers over one connection until it ends.
    async fn serve(&mut self, mut wire: Wire) -> End {
        let mut silence = Silence::new(self.config.silence());
        let in_flight = self.session.welcome().in_flight.max(1) as usize;
        loop {
            let room = self.send_waiting(&mut wire, in_flight);
            select! {
                progress = wire.progress() => match progress {
                    Ok(Progress::Sent) => {}
                    Ok(Progress::Received) => {
                        silence.broken();
                        if let Err(end) = self.answer(&mut wire) {
                            return end;
                        }
                    }
                    Err(error) => return End::Lost(error),
                },
                taken = self.calls.recv_many(&mut self.batch, room), if room > 0 => {
                    if taken == 0 {
                        return End::Done;
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
                        Heard::Nothing => return End::Lost(io::ErrorKind::TimedOut.into()),
                    }
                }
            }
        }
    }

    /// Queues what waits for the connection, and says how many more requests it has room for.
    fn send_waiting(&mut self, wire: &mut Wire, in_flight: usize) -> usize {
        while self.requests.sent() < in_flight && wire.queued() < OUTBOUND_BYTES {
            let Some((correlation, request)) = self.requests.send_next() else {
                return in_flight - self.requests.sent();
            };
            wire.put(correlation, request);
        }
        0
    }

    /// Gives every reply that has come in to its caller.
    fn answer(&mut self, wire: &mut Wire) -> Result<(), End> {
        loop {
            match wire.received() {
                Ok(Some(frame)) => self.requests.answer(frame),
                Ok(None) => break,
                Err(error) => return Err(End::Malformed(error.to_string())),
            }
        }
        self.backoff.reset();
        Ok(())
    }

    /// Without a connection, waits until somebody asks for something; no more if nobody can.
    async fn wait_for_demand(&mut self) -> bool {
        let taken = self.calls.recv_many(&mut self.batch, 1).await;
        self.requests.wait(self.batch.drain(..));
        taken > 0
    }

    /// Tries to connect until it works, or nobody waits for it any longer.
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

    /// One attempt after a pause, while calls may still arrive and deadlines pass. Nothing if
    /// nobody waits for it any longer, or every client is gone.
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

/// Notices a peer that vanished without a word.
struct Silence {
    bound: Duration,
    since: Instant,
    probed: bool,
}

enum Heard {
    Enough,
    TooLittle,
    Nothing,
}

impl Silence {
    fn new(bound: Duration) -> Self {
        Self { bound, since: Instant::now(), probed: false }
    }

    /// Something came in, or until now there was nothing to wait for.
    fn broken(&mut self) {
        self.since = Instant::now();
        self.probed = false;
    }

    /// Whether the silence is too long: the first time the peer shall be probed, the second time
    /// it is given up.
    fn check(&mut self) -> Heard {
        if self.since.elapsed() < self.bound {
            return Heard::Enough;
        }
        if self.probed {
            return Heard::Nothing;
        }
        self.since = Instant::now();
        self.probed = true;
        Heard::TooLittle
    }
}
