//! A session: one task that serves one connection.
//!
//! Requests that arrived together are executed together, and their replies leave with one write. A
//! session takes a bounded share a turn and then yields.

use super::conversation::{Conversation, PushWhen, Pushed, TurnEnd};
use super::deferred::Deferred;
use super::socket::Socket;
use crate::admission::{ConnectionSeat, UnsentGauge};
use crate::auth::Grant;
use crate::clock::{deadline, is_past, moment};
use crate::cluster::Settled;
use crate::deadline_timer::DeadlineTimer;
use crate::metrics::{Closed, ConnectionSummary};
use boxoffice_protocol::limits::MAX_REQUEST_FRAME_BYTES;
use bytes::BytesMut;
use socket2::SockRef;
use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Bytes that are read at once. A longer frame grows the buffer to its own size.
const READ_BYTES: usize = 16 * 1024;

/// The shortest interval between two pushes to a watcher.
const PUSH_INTERVAL: Duration = Duration::from_millis(20);

/// A connection, its conversation and its deadlines.
pub(super) struct TcpSession {
    socket: Socket,
    conversation: Conversation,
    stop: CancellationToken,
    /// The client has to do something by then.
    active_until: Instant,
    /// The frame that has begun to arrive has to be whole by then.
    frame_until: Option<Instant>,
    received: u64,
    /// The client has to have read something by then.
    write_until: Option<Instant>,
    /// When changes of watched events are pushed next.
    push_at: Option<Instant>,
    /// The earliest time of the next push.
    next_push: Instant,
    unsent: UnsentGauge,
    timer: DeadlineTimer,
}

impl TcpSession {
    /// A session whose client has to send its `Hello` by `active_until`. Its party takes the seat
    /// with it.
    pub(super) fn new(
        socket: Socket,
        mut conversation: Conversation,
        seat: Arc<ConnectionSeat>,
        stop: CancellationToken,
        active_until: Instant,
    ) -> Self {
        conversation.seat = Some(Arc::clone(&seat));
        Self {
            socket,
            conversation,
            stop,
            active_until,
            frame_until: None,
            received: 0,
            write_until: None,
            push_at: None,
            next_push: deadline(Duration::ZERO),
            unsent: UnsentGauge::new(seat),
            timer: DeadlineTimer::new(active_until),
        }
    }

    /// Serves the connection until it ends.
    pub(super) async fn run(mut self) -> ConnectionSummary {
        let cause = self.serve().await;
        let (requests, sent) = (self.conversation.frames, self.conversation.output.total_sent());
        ConnectionSummary { cause, requests, received: self.received, sent }
    }

    async fn serve(&mut self) -> Closed {
        loop {
            let now = self.conversation.taker.turn().await;
            let pace = self.execute(now);
            let more_news = self.push_news();
            if let Err(closed) = self.write() {
                return closed;
            }
            match (pace, self.conversation.closing) {
                (TurnEnd::Drained, Some(cause)) if self.owes_nothing() => {
                    self.unsent.end(self.socket.tcp());
                    self.socket.linger().await;
                    return cause;
                }
                (TurnEnd::Full, _) if self.conversation.has_room() => {}
                (TurnEnd::ShareUsed, _) => {}
                _ if more_news => {}
                _ => match self.wait().await {
                    Ok(()) => continue,
                    Err(closed) => return closed,
                },
            }
            tokio::task::yield_now().await;
        }
    }

    /// Whether all replies have left and none is still to come.
    fn owes_nothing(&self) -> bool {
        self.conversation.owes_nothing() && !self.socket.has_unsent()
    }

    /// Executes a share of what has arrived, and moves the deadlines that depend on it.
    fn execute(&mut self, now: Instant) -> TurnEnd {
        let conversation = &mut self.conversation;
        let taker = Arc::clone(&conversation.taker);
        let (frames, greeted) = (conversation.frames, conversation.is_greeted());
        let pace = conversation.execute(now, || taker.is_turn_over(moment()));
        if conversation.is_greeted() && !greeted {
            self.active_until = deadline(conversation.shared.config.idle_timeout);
        }
        if conversation.frames > frames {
            self.frame_until = None;
        }
        if pace == TurnEnd::Drained {
            self.await_rest_of_frame();
        }
        pace
    }

    fn await_rest_of_frame(&mut self) {
        let Conversation { input, shared, .. } = &mut self.conversation;
        if input.is_empty() {
            self.frame_until = None;
            if input.capacity() > READ_BYTES {
                *input = BytesMut::new();
            }
        } else if self.frame_until.is_none() {
            self.frame_until = Some(deadline(shared.config.frame_timeout));
        }
    }

    /// Pushes changes to the watcher. Says whether there is more to push at once.
    fn push_news(&mut self) -> bool {
        let is_due = self.push_at.is_some_and(is_past);
        let pushed =
            self.conversation.push_news(if is_due { PushWhen::Due } else { PushWhen::OnlyNew });
        if pushed == Pushed::Nothing {
            return false;
        }
        let more = pushed == Pushed::Some;
        self.push_at = more.then_some(self.next_push);
        self.next_push = deadline(PUSH_INTERVAL);
        if !self.conversation.is_watching() {
            self.active_until = deadline(self.conversation.shared.config.idle_timeout);
        }
        more && self.conversation.has_room()
    }

    /// Writes the replies that may leave, as far as the network takes them.
    fn write(&mut self) -> Result<(), Closed> {
        self.conversation.give_up_if_failed();
        self.unsent.look_if_due(self.socket.tcp());
        loop {
            let ready = self.conversation.ready();
            if ready.is_empty() && !self.socket.has_unsent() {
                self.write_until = None;
                return Ok(());
            }
            match self.socket.try_write(ready) {
                Ok(written) => {
                    let now = moment();
                    self.conversation.sent(written, now);
                    self.unsent.has_written(written);
                    self.write_until = None;
                    if self.conversation.is_silent() && self.conversation.is_greeted() {
                        self.active_until = now + self.conversation.shared.config.idle_timeout;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let stalled = || deadline(self.conversation.shared.config.write_timeout);
                    self.write_until.get_or_insert_with(stalled);
                    let waiting = self.conversation.waiting_bytes();
                    self.unsent.is_blocked(self.socket.tcp(), waiting);
                    return Ok(());
                }
                Err(_) => return Err(Closed::Broken),
            }
        }
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) -> Result<(), Closed> {
        let wants_input = self.conversation.wants_input();
        if !wants_input {
            // The server stopped reading, so the client's frame has no deadline.
            self.frame_until = None;
        }
        let next_deadline = self.next_deadline();
        let ledger = &self.conversation.shared.ledger;
        let durable = ledger.durable();
        let has_ready =
            !self.conversation.output.ready(durable).is_empty() || self.socket.has_unsent();
        let unready = self.conversation.output.waits_for().filter(|&position| position > durable);
        let is_watching = self.conversation.is_watching();
        let awaits_news = is_watching && self.push_at.is_none();
        let has_deferred = self.conversation.has_deferred();
        let awaits = self.conversation.awaited.count() > 0;
        let (mut reader, writer) = self.socket.split();
        self.conversation.input.reserve(if wants_input { READ_BYTES } else { 0 });
        tokio::select! {
            biased;
            ended = self.conversation.awaited.ended(), if awaits => {
                self.conversation.put_awaited(ended);
            }
            settled = settled(&mut self.conversation.deferred), if has_deferred => {
                self.conversation.settle(settled);
            }
            read = reader.read_buf(&mut self.conversation.input), if wants_input => {
                let read = read.map_err(|_| Closed::Broken)?;
                self.has_read(read);
            }
            _ = ledger.reached(unready.unwrap_or_default()), if unready.is_some() => {}
            writable = writer.writable(), if has_ready => {
                writable.map_err(|_| Closed::Broken)?;
            }
            () = self.conversation.watches.changed(), if awaits_news => {
                self.push_at = Some(self.next_push);
            }
            // The next push finds out and ends the connection.
            () = revoked(self.conversation.grant.as_ref()), if is_watching => {}
            () = self.stop.cancelled(), if self.conversation.closing.is_none() => {
                self.read_rest();
                self.conversation.closing.get_or_insert(Closed::Stopped);
            }
            () = self.timer.past(next_deadline) => return self.act_on_deadlines().await,
        }
        Ok(())
    }

    fn has_read(&mut self, bytes: usize) {
        self.received += bytes as u64;
        if bytes == 0 {
            self.conversation.closing = Some(Closed::ByClient);
        } else if self.conversation.is_greeted() {
            self.active_until = deadline(self.conversation.shared.config.idle_timeout);
        }
    }

    /// Reads what has arrived already, as far as the buffer takes it.
    fn read_rest(&mut self) {
        while self.conversation.wants_input()
            && self.conversation.input.len() < MAX_REQUEST_FRAME_BYTES + READ_BYTES
        {
            self.conversation.input.reserve(READ_BYTES);
            match self.socket.try_read_buf(&mut self.conversation.input) {
                Ok(bytes) => self.has_read(bytes),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.conversation.closing = Some(Closed::Broken),
            }
        }
    }

    fn next_deadline(&self) -> Instant {
        let idle = (!self.conversation.is_watching()).then_some(self.active_until);
        let push = self.push_at.filter(|_| self.conversation.has_room());
        let deadlines = [idle, self.frame_until, self.write_until, push, self.unsent.due()];
        let far = || deadline(Duration::from_secs(3_600));
        deadlines.into_iter().flatten().min().unwrap_or_else(far)
    }

    /// Acts on deadlines that have passed. Input that arrived before them counts, even if the
    /// process was suspended and the runtime has not noticed it yet.
    async fn act_on_deadlines(&mut self) -> Result<(), Closed> {
        if self.conversation.wants_input() && self.has_unread() {
            // The runtime looks at its sockets meanwhile.
            tokio::task::yield_now().await;
            return Ok(());
        }
        let past = |deadline: Option<Instant>| deadline.is_some_and(is_past);
        let idle = is_past(self.active_until);
        if past(self.write_until) {
            return Err(Closed::WriteTimeout);
        }
        if idle && !self.conversation.is_greeted() {
            return Err(Closed::Handshake);
        }
        if past(self.frame_until) {
            return Err(Closed::FrameTimeout);
        }
        if idle && self.owes_nothing() && !self.conversation.is_watching() {
            return Err(Closed::Idle);
        }
        if idle {
            // The client waits for the server here.
            self.active_until = deadline(self.conversation.shared.config.idle_timeout);
        }
        Ok(())
    }

    /// Whether the kernel has bytes that the runtime may not know of yet.
    fn has_unread(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        matches!(SockRef::from(self.socket.tcp()).peek(&mut byte), Ok(1..))
    }
}

/// Resolves when a request's event has answered.
async fn settled(deferred: &mut Option<Box<Deferred>>) -> Settled {
    match deferred {
        Some(deferred) => deferred.settled().await,
        None => std::future::pending().await,
    }
}

/// Resolves when the grant is revoked.
async fn revoked(grant: Option<&Grant>) {
    match grant {
        Some(grant) => grant.revoked().await,
        None => std::future::pending().await,
    }
}
