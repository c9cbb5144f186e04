//! One stream, as the body of a response that ends when there is nothing more to tell.

use super::broadcast::{Broadcast, Cursor, End, Next};
use super::{NoStream, Streams};
use crate::catalog::Event;
use crate::http::asker::Asker;
use crate::http::line::Streaming;
use bytes::Bytes;
use hyper::body::{Body, Frame};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// One who listens to an event. Its place is free again when it is dropped.
///
/// It holds no bytes: each time that its connection has room, it takes what was told since.
#[derive(Debug)]
pub(super) struct Listener {
    streams: Arc<Streams>,
    /// Of the event.
    serial: u64,
    broadcast: Arc<Broadcast>,
    cursor: Cursor,
    /// The version that the event had when it came.
    since: u64,
}

impl Listener {
    pub(super) fn new(
        streams: Arc<Streams>,
        broadcast: Arc<Broadcast>,
        event: &Event,
        known: Option<u64>,
    ) -> Self {
        let (serial, since) = (event.serial, event.version());
        Self { streams, serial, broadcast, cursor: Cursor::behind(known), since }
    }

    /// Returns when what there is to tell is no older than the event was when the listener came.
    pub(super) async fn ready(self) -> Result<Self, NoStream> {
        match self.broadcast.told(self.since).await {
            Ok(()) => Ok(self),
            Err(End::Deleted(_)) => Err(NoStream::Gone),
            Err(End::Cut) => Err(NoStream::Cut),
        }
    }

    /// The body of its response, which ends when its client says anything more, and when its token
    /// has ended, too.
    pub(super) fn body(self, asker: Asker) -> ListenerBody {
        ListenerBody { listener: self, streaming: asker.stream(), asker }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.broadcast.forget(&mut self.cursor);
        self.streams.leave(self.serial, &self.broadcast);
    }
}

/// A listener on its connection.
#[derive(Debug)]
pub(super) struct ListenerBody {
    listener: Listener,
    streaming: Streaming,
    asker: Asker,
}

impl Body for ListenerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.streaming.is_interrupted() || !self.asker.is_let_in() {
            return Poll::Ready(None);
        }
        let Listener { streams, broadcast, cursor, .. } = &mut self.listener;
        let next = ready!(broadcast.next(cursor, context.waker()));
        Poll::Ready(next.map(|Next { bytes, gap }| {
            streams.metrics.stream_gaps.add(gap.into());
            Ok(Frame::data(bytes))
        }))
    }
}

impl Drop for ListenerBody {
    /// No view that the connection asks for later is older than what it was told here.
    fn drop(&mut self) {
        self.asker.heard_much();
    }
}
