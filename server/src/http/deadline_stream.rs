//! A byte stream with deadlines for a client that sends or reads too little. hyper reads one head
//! or body at a time from it, with the line ends checked.

use super::line_ends::{BodyLength, LineEnds};
use crate::admission::UnsentGauge;
use crate::clock::deadline;
use crate::config::Config;
use crate::deadline_timer::DeadlineTimer;
use crate::metrics::Closed;
use crate::sockets::{LINGER, LINGER_BYTES, OverTcp};
use bytes::{Buf as _, BytesMut};
use std::io::{self, IoSlice};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// In place of the length of a body that comes in chunks. hyper refuses lengths that large.
const CHUNKED: u64 = u64::MAX;

/// The state that a connection's stream and its requests share.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Requests whose head has arrived.
    begun: AtomicU64,
    /// Requests that were answered.
    answered: AtomicU64,
    /// The body of the last one that has begun: its bytes, or that they come in chunks.
    body: AtomicU64,
    /// Bytes that were read and written, counted by the stream only.
    received: AtomicU64,
    sent: AtomicU64,
    /// Whether the current answer is a stream of events.
    streaming: AtomicBool,
    /// Whether the client has sent anything or gone since that stream began.
    interrupted: AtomicBool,
    /// The [`Closed`] for which the connection gave up, as its number plus one.
    gave_up: AtomicU8,
}

impl Turns {
    /// Counts a request whose head has arrived. It is the server's turn until the guard is dropped.
    /// Called before hyper reads on, that is, before the request is first waited for.
    pub(super) fn begin(self: &Arc<Self>, body: BodyLength) -> Answering {
        let body = match body {
            BodyLength::Known(bytes) => bytes,
            BodyLength::Chunked => CHUNKED,
        };
        self.body.store(body, Ordering::Relaxed);
        self.begun.fetch_add(1, Ordering::AcqRel);
        Answering(Arc::clone(self))
    }

    /// Marks the answer as a stream, until the guard is dropped.
    pub(super) fn stream(self: &Arc<Self>) -> Streaming {
        self.interrupted.store(false, Ordering::Release);
        self.streaming.store(true, Ordering::Release);
        Streaming(Arc::clone(self))
    }

    fn is_servers(&self) -> bool {
        self.begun.load(Ordering::Acquire) > self.answered.load(Ordering::Acquire)
    }

    /// Requests that have begun, and the body of the last of them.
    fn begun(&self) -> (u64, BodyLength) {
        let begun = self.begun.load(Ordering::Acquire);
        match self.body.load(Ordering::Relaxed) {
            CHUNKED => (begun, BodyLength::Chunked),
            bytes => (begun, BodyLength::Known(bytes)),
        }
    }

    /// Requests that were answered so far.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Acquire)
    }

    /// Bytes that were read, and bytes that were written.
    pub(super) fn traffic(&self) -> (u64, u64) {
        (self.received.load(Ordering::Acquire), self.sent.load(Ordering::Acquire))
    }

    fn give_up(&self, cause: Closed) -> io::Error {
        self.gave_up.store(cause as u8 + 1, Ordering::Release);
        io::ErrorKind::TimedOut.into()
    }

    /// The cause for which the connection gave up, if it did.
    pub(super) fn gave_up(&self) -> Option<Closed> {
        let causes = [Closed::Handshake, Closed::FrameTimeout, Closed::Idle, Closed::WriteTimeout];
        let stored = self.gave_up.load(Ordering::Acquire);
        causes.into_iter().find(|&cause| cause as u8 + 1 == stored)
    }
}

/// Adds to a counter with one writer.
fn count(bytes: &AtomicU64, more: usize) {
    bytes.store(bytes.load(Ordering::Relaxed) + more as u64, Ordering::Release);
}

/// Held while a request is answered.
pub(super) struct Answering(Arc<Turns>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::AcqRel);
    }
}

/// Held while a stream is sent.
#[derive(Debug)]
pub(super) struct Streaming(Arc<Turns>);

impl Streaming {
    /// Whether the client has sent anything or gone since the stream began. That wakes the
    /// connection's task.
    pub(super) fn is_interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::Acquire)
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.streaming.store(false, Ordering::Release);
    }
}

/// The timeouts of a client.
#[derive(Debug, Clone, Copy)]
struct Timeouts {
    /// Of a request's head, from its first byte.
    head: Duration,
    /// From an answer to the next request's first byte.
    idle: Duration,
    write: Duration,
}

/// A byte stream with deadlines.
pub(super) struct DeadlineStream<I> {
    stream: I,
    turns: Arc<Turns>,
    timeouts: Timeouts,
    /// Requests that were answered when the client's turn began.
    seen: u64,
    /// The next request's first byte has to come by then.
    idle_until: Instant,
    /// The head that has begun to arrive has to be whole by then.
    head_until: Option<Instant>,
    /// The client has to have read something by then.
    write_until: Option<Instant>,
    line_ends: LineEnds,
    /// Requests that had begun when hyper last read.
    begun: u64,
    /// Bytes that hyper may not see yet.
    ahead: BytesMut,
    /// Bytes that may still be discarded after the end of the output, and until when.
    linger: Option<(usize, Instant)>,
    unsent: UnsentGauge,
    timer: DeadlineTimer,
}

impl<I> DeadlineStream<I> {
    pub(super) fn new(stream: I, turns: Arc<Turns>, unsent: UnsentGauge, config: &Config) -> Self {
        let idle_until = deadline(config.handshake_timeout);
        Self {
            stream,
            turns,
            timeouts: Timeouts {
                head: config.frame_timeout,
                idle: config.idle_timeout,
                write: config.write_timeout,
            },
            seen: 0,
            idle_until,
            head_until: None,
            write_until: None,
            line_ends: LineEnds::default(),
            begun: 0,
            ahead: BytesMut::new(),
            linger: None,
            unsent,
            timer: DeadlineTimer::new(idle_until),
        }
    }

    /// Moves the deadlines after a read of `bytes`, or before any.
    fn has_read(&mut self, bytes: usize) {
        let answered = self.turns.answered();
        if answered > self.seen {
            self.seen = answered;
            self.head_until = None;
            self.idle_until = deadline(self.timeouts.idle);
        }
        if bytes > 0 && self.head_until.is_none() {
            self.head_until = Some(deadline(self.timeouts.head));
        }
    }

    /// Fails once the client's turn has lasted too long.
    fn poll_impatient(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.turns.is_servers() {
            // The reader of a body has a deadline of its own.
            return Poll::Pending;
        }
        self.has_read(0);
        ready!(self.timer.poll_past(cx, self.head_until.unwrap_or(self.idle_until)));
        Poll::Ready(self.turns.give_up(match (self.head_until, self.seen) {
            (Some(_), _) => Closed::FrameTimeout,
            (None, 0) => Closed::Handshake,
            (None, _) => Closed::Idle,
        }))
    }

    /// How many of these bytes hyper may read now.
    fn pass(&mut self, bytes: &mut [u8]) -> usize {
        let (begun, body) = self.turns.begun();
        let body = (begun > self.begun).then_some(body);
        self.begun = begun;
        self.line_ends.pass(bytes, body)
    }

    /// Gives on what was read before.
    fn read_ahead(&mut self, buffer: &mut ReadBuf<'_>) {
        let mut ahead = mem::take(&mut self.ahead);
        let fits = ahead.len().min(buffer.remaining());
        let passed = self.pass(&mut ahead[..fits]);
        buffer.put_slice(&ahead[..passed]);
        ahead.advance(passed);
        if !ahead.is_empty() {
            self.ahead = ahead;
        }
        self.has_read(passed);
    }

    /// Takes bytes back, of those that were read behind `from`, that hyper may not see yet.
    fn hold_back(&mut self, buffer: &mut ReadBuf<'_>, from: usize) {
        let passed = self.pass(&mut buffer.filled_mut()[from..]);
        self.ahead.extend_from_slice(&buffer.filled()[from + passed..]);
        buffer.set_filled(from + passed);
    }

    /// The result of a write, or an error once the client has not read for too long.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_until = None;
            return written;
        }
        let timeouts = self.timeouts.write;
        let until = *self.write_until.get_or_insert_with(|| deadline(timeouts));
        ready!(self.timer.poll_past(cx, until));
        Poll::Ready(Err(self.turns.give_up(Closed::WriteTimeout)))
    }
}

impl<I: OverTcp> DeadlineStream<I> {
    /// Counts what was written, or what is left of `all` bytes.
    fn count_sent(&mut self, written: &Poll<io::Result<usize>>, all: usize) {
        match written {
            Poll::Ready(Ok(bytes)) => {
                count(&self.turns.sent, *bytes);
                self.unsent.has_written(*bytes);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.unsent.is_blocked(self.stream.tcp(), all),
        }
    }

    /// Looks at what the client leaves unread when that is due, then and later.
    fn poll_unsent(&mut self, cx: &mut Context<'_>) {
        while let Some(due) = self.unsent.due()
            && self.timer.poll_past(cx, due).is_ready()
        {
            self.unsent.look_if_due(self.stream.tcp());
        }
    }
}

impl<I: AsyncRead + Unpin> DeadlineStream<I> {
    /// Reads from the client while a stream is sent to it. Nothing else does, and a client that has
    /// gone would be noticed only with the next event.
    fn watch(&mut self, cx: &mut Context<'_>) {
        let turns = &self.turns;
        if !turns.streaming.load(Ordering::Acquire) || turns.interrupted.load(Ordering::Acquire) {
            return;
        }
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        if Pin::new(&mut self.stream).poll_read(cx, &mut buffer).is_ready() {
            self.ahead.extend_from_slice(buffer.filled());
            count(&turns.received, buffer.filled().len());
            turns.interrupted.store(true, Ordering::Release);
            cx.waker().wake_by_ref();
        }
    }
}

impl<I: AsyncRead + OverTcp + Unpin> AsyncRead for DeadlineStream<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            self.read_ahead(buffer);
            return Poll::Ready(Ok(()));
        }
        let filled = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buffer) {
            let bytes = buffer.filled().len() - filled;
            count(&self.turns.received, bytes);
            self.has_read(bytes);
            if bytes > 0 {
                self.hold_back(buffer, filled);
            }
            return Poll::Ready(read);
        }
        self.poll_unsent(cx);
        self.poll_impatient(cx).map(Err)
    }
}

impl<I: AsyncRead + AsyncWrite + OverTcp + Unpin> AsyncWrite for DeadlineStream<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count_sent(&written, bytes.len());
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count_sent(&written, slices.iter().map(|slice| slice.len()).sum());
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx);
        self.poll_unsent(cx);
        self.written(cx, flushed)
    }

    /// Ends the output, and discards input for a while: a client that is still writing would
    /// otherwise be reset, and lose the answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.written(cx, shut))?;
            this.unsent.end(this.stream.tcp());
            this.linger = Some((LINGER_BYTES, deadline(LINGER)));
        }
        while let Some((left, until)) = this.linger.filter(|&(left, _)| left > 0) {
            let mut scratch = [0; 4_096];
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    this.linger = Some((left.saturating_sub(buffer.filled().len()), until));
                }
                Poll::Ready(_) => break,
                Poll::Pending => {
                    ready!(this.timer.poll_past(cx, until));
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
