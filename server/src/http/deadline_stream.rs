//! A connection's bytes, with the deadlines of a client that says or reads too little.

use crate::clock::deadline;
use crate::config::Config;
use crate::deadline_timer::DeadlineTimer;
use crate::metrics::Closed;
use crate::sockets::{LINGER, LINGER_BYTES};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// What a connection's this and its requests know of each other.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Requests whose head has arrived.
    begun: AtomicU64,
    /// Requests that were answered.
    answered: AtomicU64,
    /// Bytes that were read and written; only the this counts them.
    received: AtomicU64,
    sent: AtomicU64,
    /// Whether the answer under way is a stream.
    streaming: AtomicBool,
    /// Whether the client said anything, or went, since the stream began.
    interrupted: AtomicBool,
    /// Why the this gave up, as a [`Closed`]'s number plus one.
    gave_up: AtomicU8,
}

impl Turns {
    /// A request's head has arrived. It is the server's turn until what this returns is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Answering {
        self.begun.fetch_add(1, Ordering::AcqRel);
        Answering(Arc::clone(self))
    }

    /// The answer is a stream, until what this returns is dropped.
    pub(super) fn stream(self: &Arc<Self>) -> Streaming {
        self.interrupted.store(false, Ordering::Release);
        self.streaming.store(true, Ordering::Release);
        Streaming(Arc::clone(self))
    }

    fn is_servers(&self) -> bool {
        self.begun.load(Ordering::Acquire) > self.answered.load(Ordering::Acquire)
    }

    /// Requests that were answered so far.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Acquire)
    }

    /// Bytes that were read, and that were written.
    pub(super) fn traffic(&self) -> (u64, u64) {
        (self.received.load(Ordering::Acquire), self.sent.load(Ordering::Acquire))
    }

    fn give_up(&self, cause: Closed) -> io::Error {
        self.gave_up.store(cause as u8 + 1, Ordering::Release);
        io::ErrorKind::TimedOut.into()
    }

    /// Why the this gave up, if it did.
    pub(super) fn gave_up(&self) -> Option<Closed> {
        let causes = [Closed::Handshake, Closed::FrameTimeout, Closed::Idle, Closed::WriteTimeout];
        let stored = self.gave_up.load(Ordering::Acquire);
        causes.into_iter().find(|&cause| cause as u8 + 1 == stored)
    }
}

/// Adds to a count that nobody else adds to.
fn count(bytes: &AtomicU64, more: usize) {
    bytes.store(bytes.load(Ordering::Relaxed) + more as u64, Ordering::Release);
}

/// A request that is being answered.
pub(super) struct Answering(Arc<Turns>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::AcqRel);
    }
}

/// A stream that is being sent.
#[derive(Debug)]
pub(super) struct Streaming(Arc<Turns>);

impl Streaming {
    /// Whether the client said anything, or went, since it began. The connection's task is woken
    /// when that happens.
    pub(super) fn is_interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::Acquire)
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.streaming.store(false, Ordering::Release);
    }
}

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
struct Timeouts {
    /// For a request's whole head, from its first byte.
    head: Duration,
    /// Between an answer and the next request's first byte.
    idle: Duration,
    write: Duration,
}

/// A stream with deadlines.
pub(super) struct DeadlineStream<I> {
    stream: I,
    turns: Arc<Turns>,
    timeouts: Timeouts,
    /// Answers that were there when it became the client's turn.
    seen: u64,
    /// Until when the next request's first byte has to come.
    idle_until: Instant,
    /// Until when the head that has begun to arrive has to be whole.
    head_until: Option<Instant>,
    /// Until when the client has to have read something.
    write_until: Option<Instant>,
    /// What the client said while a stream was sent to it.
    ahead: Option<u8>,
    /// Bytes that may still be thrown away, once the server has said its last.
    linger: Option<(usize, Instant)>,
    timer: DeadlineTimer,
}

impl<I> DeadlineStream<I> {
    pub(super) fn new(stream: I, turns: Arc<Turns>, config: &Config) -> Self {
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
            ahead: None,
            linger: None,
            timer: DeadlineTimer::new(idle_until),
        }
    }

    /// The client has said `bytes`, or nothing yet.
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

    /// Fails once it was the client's turn for too long.
    fn poll_impatient(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.turns.is_servers() {
            // A body's deadline is its reader's.
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

    fn count_sent(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(bytes)) = written {
            count(&self.turns.sent, *bytes);
        }
    }

    /// What a write led to, unless the client has not read for too long.
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

impl<I: AsyncRead + Unpin> DeadlineStream<I> {
    /// Watches for the client while a stream is sent to it: nobody reads then, and who has gone
    /// would be noticed only when there is something to tell.
    fn watch(&mut self, cx: &mut Context<'_>) {
        let turns = &self.turns;
        if !turns.streaming.load(Ordering::Acquire) || turns.interrupted.load(Ordering::Acquire) {
            return;
        }
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        if Pin::new(&mut self.stream).poll_read(cx, &mut buffer).is_ready() {
            self.ahead = buffer.filled().first().copied();
            count(&turns.received, buffer.filled().len());
            turns.interrupted.store(true, Ordering::Release);
            cx.waker().wake_by_ref();
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for DeadlineStream<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(byte) = self.ahead.take() {
            buffer.put_slice(&[byte]);
            self.has_read(1);
            return Poll::Ready(Ok(()));
        }
        let filled = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buffer) {
            let bytes = buffer.filled().len() - filled;
            count(&self.turns.received, bytes);
            self.has_read(bytes);
            return Poll::Ready(read);
        }
        self.poll_impatient(cx).map(Err)
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncWrite for DeadlineStream<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count_sent(&written);
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count_sent(&written);
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx);
        self.written(cx, flushed)
    }

    /// Says that there is nothing more to come, and lingers: a client that is still writing would
    /// otherwise be reset, and lose the answer that it has not read.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.written(cx, shut))?;
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
