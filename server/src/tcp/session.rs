//! One connection: bytes in, requests decided, replies out once they are durable.
//!
//! A session is one task. Whatever has arrived together is executed together, its replies are
//! gathered in one buffer, and leave with one write. It takes a bounded share a turn and then
//! lets others have theirs.

use super::answer::{Desk, Turn};
use super::output::Output;
use super::told::Told;
use super::watches::Watches;
use crate::Shared;
use crate::clock::{Stopwatch, deadline, is_past};
use crate::metrics::Closed;
use boxoffice_protocol::frame::ServerCodec;
use boxoffice_protocol::limits::{DEFAULT_IN_FLIGHT, MAX_REQUEST_FRAME_BYTES};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Selection;
use bytes::BytesMut;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::codec::Decoder;
use tokio_util::sync::CancellationToken;

/// Requests that a session executes before it lets others have a turn.
const SHARE: usize = 128;

/// How long a turn may take with requests that may take long.
const TURN: Duration = Duration::from_micros(200);

/// What is read at once. A frame that is longer grows the buffer to its own size.
const READ_BYTES: usize = 16 * 1024;

/// A watcher is sent what has gathered, at most this often.
const PUSH_INTERVAL: Duration = Duration::from_millis(20);

/// How long a closed connection's last bytes are waited for, so that the client can read what it
/// was told before it learns that nobody listens any more.
const LINGER: Duration = Duration::from_millis(500);

/// Bytes that are thrown away while lingering.
const LINGER_BYTES: usize = 256 * 1024;

/// A connection and all that is known of it.
pub(super) struct Session {
    pub(super) stream: TcpStream,
    pub(super) shared: Arc<Shared>,
    stop: CancellationToken,
    pub(super) input: BytesMut,
    pub(super) output: Output,
    told: Told,
    pub(super) watches: Watches,
    /// A request whose turn was interrupted.
    unfinished: Option<(u32, Request)>,
    /// Whether `Hello` was understood; before, nothing else is.
    pub(super) greeted: bool,
    /// Nothing more is read; what was is answered, and then the connection ends.
    closing: Option<Closed>,
    pub(super) in_flight: usize,
    /// Until when the client has to do something.
    pub(super) active_until: Instant,
    /// When the frame that has begun to arrive has to be whole.
    pub(super) frame_until: Option<Instant>,
    /// When the client has to have read something.
    pub(super) write_until: Option<Instant>,
    /// When watched events are to be looked at.
    pub(super) push_at: Option<Instant>,
    /// Before this they are not.
    next_push: Instant,
    /// Rings at the next deadline or before it: most deadlines move on before they are reached,
    /// and a timer that is left alone costs nothing.
    timer: Pin<Box<Sleep>>,
}

/// Why a session stopped executing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// No whole request is left.
    Drained,
    /// There is no room for another reply.
    Full,
    /// It has had its share.
    Shared,
}

impl Session {
    pub(super) fn new(stream: TcpStream, shared: Arc<Shared>, stop: CancellationToken) -> Self {
        let watches = Watches::new(Arc::clone(&shared.metrics));
        let active_until = deadline(shared.config.handshake_timeout);
        Self {
            stream,
            shared,
            stop,
            input: BytesMut::new(),
            output: Output::default(),
            told: Told::default(),
            watches,
            unfinished: None,
            greeted: false,
            closing: None,
            in_flight: DEFAULT_IN_FLIGHT as usize,
            active_until,
            frame_until: None,
            write_until: None,
            push_at: None,
            next_push: deadline(Duration::ZERO),
            timer: Box::pin(sleep_until(active_until)),
        }
    }

    /// Serves the connection until it ends, and says why it did.
    pub(super) async fn run(mut self) -> Closed {
        loop {
            let pace = self.execute();
            let more_news = self.push_news();
            if let Err(closed) = self.write() {
                return closed;
            }
            match (pace, self.closing) {
                (Pace::Drained, Some(cause)) if self.output.is_empty() => {
                    self.linger().await;
                    return cause;
                }
                (Pace::Full, _) if self.has_room() => {}
                (Pace::Shared, _) => {}
                _ if more_news => {}
                _ => match self.wait().await {
                    Ok(()) => continue,
                    Err(closed) => return closed,
                },
            }
            tokio::task::yield_now().await;
        }
    }

    /// Executes requests until there are none, or no room for their replies, or the share is used
    /// up.
    fn execute(&mut self) -> Pace {
        let turn = Stopwatch::start();
        for _ in 0..SHARE {
            if !self.has_room() {
                return Pace::Full;
            }
            let (correlation, request) = match self.unfinished.take() {
                Some(unfinished) => unfinished,
                None => match self.next_request() {
                    Some(next) => next,
                    None if self.has_room() => return Pace::Drained,
                    None => return Pace::Full,
                },
            };
            if self.desk().answer(correlation, &request) == Turn::Again {
                self.unfinished = Some((correlation, request));
                return Pace::Shared;
            }
            if may_take_long(&request) && turn.elapsed() > TURN {
                return Pace::Shared;
            }
        }
        Pace::Shared
    }

    pub(super) fn has_room(&self) -> bool {
        self.output.in_flight() < self.in_flight
            && self.output.len() < self.shared.config.output_bytes
    }

    pub(super) fn wants_input(&self) -> bool {
        self.closing.is_none() && self.has_room()
    }

    fn desk(&mut self) -> Desk<'_> {
        let Self { shared, output, told, watches, .. } = self;
        Desk { shared, output, told, watches }
    }

    /// The next request that is for the [`Desk`]; all others are answered here.
    fn next_request(&mut self) -> Option<(u32, Request)> {
        loop {
            if self.shared.ledger.is_failed() {
                return None;
            }
            let frame = match ServerCodec.decode(&mut self.input) {
                Ok(Some(frame)) => frame,
                Ok(None) => {
                    self.await_rest_of_frame();
                    return None;
                }
                Err(error) => {
                    self.distrust(&error);
                    return None;
                }
            };
            self.frame_until = None;
            match (frame.request, self.greeted) {
                (Ok(Request::Hello(hello)), false) => {
                    self.shake_hands(frame.correlation, &hello);
                }
                (Err(refusal), false) => {
                    self.close_with(frame.correlation, refusal, Closed::Handshake);
                }
                (Ok(_), false) => {
                    let refusal = Refusal::invalid("hello", "must be the first request");
                    self.close_with(frame.correlation, refusal, Closed::Handshake);
                }
                (Ok(request), _) => return Some((frame.correlation, request)),
                (Err(refusal), _) => self.desk().put_refusal(frame.correlation, refusal),
            }
            if !self.has_room() {
                return None;
            }
        }
    }

    fn await_rest_of_frame(&mut self) {
        if self.input.is_empty() {
            self.frame_until = None;
            if self.input.capacity() > READ_BYTES {
                self.input = BytesMut::new();
            }
        } else if self.frame_until.is_none() {
            self.frame_until = Some(deadline(self.shared.config.frame_timeout));
        }
    }

    pub(super) fn close_with(&mut self, correlation: u32, refusal: Refusal, cause: Closed) {
        self.desk().put_refusal(correlation, refusal);
        self.input.clear();
        self.closing = Some(cause);
    }

    /// Sends watchers what has gathered; a connection that ends gets that much and no more. Says
    /// whether there is more to send at once.
    fn push_news(&mut self) -> bool {
        if self.watches.is_empty() {
            return false;
        }
        let ends = self.closing.is_some();
        let due = self.push_at.is_some_and(is_past) || self.watches.take_begun() || ends;
        if !due || !self.has_room() && !ends {
            return false;
        }
        let now = self.shared.clock.now();
        let room = self.shared.config.output_bytes;
        let more = self.watches.pull(&mut self.output, &mut self.told, now, room);
        self.push_at = more.then_some(self.next_push);
        self.next_push = deadline(PUSH_INTERVAL);
        if ends {
            self.watches.clear();
        }
        if self.watches.is_empty() {
            self.active_until = deadline(self.shared.config.idle_timeout);
        }
        more && !ends && self.has_room()
    }

    /// Writes what may leave, as much as the network takes.
    fn write(&mut self) -> Result<(), Closed> {
        if self.shared.ledger.is_failed() {
            self.give_up_unready();
        }
        loop {
            let ready = self.output.ready(self.shared.ledger.durable());
            if ready.is_empty() {
                self.write_until = None;
                return Ok(());
            }
            match self.stream.try_write(ready) {
                Ok(written) => {
                    self.output.sent(written);
                    self.write_until = None;
                    if self.output.is_empty() && self.greeted {
                        self.active_until = deadline(self.shared.config.idle_timeout);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let stalled = || deadline(self.shared.config.write_timeout);
                    self.write_until.get_or_insert_with(stalled);
                    return Ok(());
                }
                Err(_) => return Err(Closed::Broken),
            }
        }
    }

    /// The ledger has failed: what waits for it will never be durable, and nobody can say whether
    /// the next start will find it.
    fn give_up_unready(&mut self) {
        let durable = self.shared.ledger.durable();
        for correlation in self.output.drop_unready(durable) {
            self.desk().put_refusal(correlation, Refusal::OutcomeUnknown);
        }
        self.closing = Some(Closed::LedgerFailed);
        self.unfinished = None;
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) -> Result<(), Closed> {
        let wants_input = self.wants_input();
        if !wants_input {
            // It is not the client's fault that nothing is read.
            self.frame_until = None;
        }
        self.set_timer();
        let ledger = &self.shared.ledger;
        let durable = ledger.durable();
        let has_ready = !self.output.ready(durable).is_empty();
        let unready = self.output.waits_for().filter(|&position| position > durable);
        let awaits_news = !self.watches.is_empty() && self.push_at.is_none();
        let (mut reader, writer) = self.stream.split();
        self.input.reserve(if wants_input { READ_BYTES } else { 0 });
        tokio::select! {
            biased;
            read = reader.read_buf(&mut self.input), if wants_input => {
                let read = read.map_err(|_| Closed::Broken)?;
                self.has_read(read);
            }
            _ = ledger.reached(unready.unwrap_or_default()), if unready.is_some() => {}
            writable = writer.writable(), if has_ready => {
                writable.map_err(|_| Closed::Broken)?;
            }
            () = self.watches.changed(), if awaits_news => {
                self.push_at = Some(self.next_push);
            }
            () = self.stop.cancelled(), if self.closing.is_none() => {
                self.read_rest();
                self.closing.get_or_insert(Closed::Stopped);
            }
            () = self.timer.as_mut() => return self.ring().await,
        }
        Ok(())
    }

    fn set_timer(&mut self) {
        let alarm = self.alarm();
        if alarm < self.timer.deadline() || self.timer.is_elapsed() {
            self.timer.as_mut().reset(alarm);
        }
    }

    fn has_read(&mut self, bytes: usize) {
        if bytes == 0 {
            self.closing = Some(Closed::ByClient);
        } else if self.greeted {
            self.active_until = deadline(self.shared.config.idle_timeout);
        }
    }

    /// Takes what has arrived already, as much as the buffer takes.
    fn read_rest(&mut self) {
        while self.wants_input() && self.input.len() < MAX_REQUEST_FRAME_BYTES + READ_BYTES {
            self.input.reserve(READ_BYTES);
            match self.stream.try_read_buf(&mut self.input) {
                Ok(bytes) => self.has_read(bytes),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.closing = Some(Closed::Broken),
            }
        }
    }

    async fn linger(&mut self) {
        let _ = self.stream.shutdown().await;
        let drain = async {
            let mut scratch = [0; 4096];
            for _ in 0..LINGER_BYTES / scratch.len() {
                if self.stream.readable().await.is_err() {
                    return;
                }
                match self.stream.try_read(&mut scratch) {
                    Ok(0) => return,
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                    _ => {}
                }
            }
        };
        let _ = tokio::time::timeout(LINGER, drain).await;
    }
}

/// Whether a request may take so long that the share of its connection is worth measuring.
fn may_take_long(request: &Request) -> bool {
    match request {
        Request::Hold { selection, .. } | Request::Reserve { selection, .. } => {
            matches!(selection, Selection::Best { .. })
        }
        Request::ListEvents { .. }
        | Request::ListReservations { .. }
        | Request::Seats { .. }
        | Request::CreateEvent { .. }
        | Request::UpdateEvent { .. }
        | Request::DeleteEvent { .. }
        | Request::Watch { .. } => true,
        _ => false,
    }
}
