//! One stream as the body of a response, which ends with the stream.

use super::broadcast::{Broadcast, BroadcastEnd, NextBytes, StreamCursor};
use super::open_streams::{NoStream, OpenStreams, StreamPlace};
use crate::catalog::Event;
use crate::http::caller::HttpCaller;
use crate::http::deadline_stream::Streaming;
use bytes::Bytes;
use hyper::body::{Body, Frame};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// A stream's place among the open ones, which is free again when this is dropped.
///
/// It holds no bytes: whenever its connection has room, it takes the newest from the broadcast.
#[derive(Debug)]
pub(super) struct StreamListener {
    open: Arc<OpenStreams>,
    serial: u64,
    broadcast: Arc<Broadcast>,
    place: StreamPlace,
    cursor: StreamCursor,
    /// The event's version when the stream began.
    since: u64,
}

impl StreamListener {
    pub(super) fn new(
        open: Arc<OpenStreams>,
        (broadcast, place): (Arc<Broadcast>, StreamPlace),
        event: &Event,
        known: Option<u64>,
    ) -> Self {
        let (serial, since) = (event.serial, event.version());
        let cursor = StreamCursor::behind(known);
        Self { open, serial, broadcast, place, cursor, since }
    }

    /// Returns when the broadcast has reached the version at which the stream began.
    pub(super) async fn ready(self) -> Result<Self, NoStream> {
        match self.broadcast.published(self.since).await {
            Ok(()) => Ok(self),
            Err(BroadcastEnd::Deleted(_)) => Err(NoStream::EventGone),
            Err(BroadcastEnd::Cut) => Err(NoStream::Cut),
        }
    }

    /// The body of the response. It ends when the client sends anything more, when the grant ends,
    /// and when another party has its place.
    pub(super) fn body(self, caller: HttpCaller) -> StreamBody {
        let lost = Box::pin(self.place.lost.clone().cancelled_owned());
        let revoked = Box::pin(caller.revoked());
        StreamBody { listener: self, lost, revoked, streaming: caller.stream(), caller }
    }
}

impl Drop for StreamListener {
    fn drop(&mut self) {
        self.broadcast.forget(&mut self.cursor);
        self.open.leave(self.serial, &self.broadcast, &self.place);
    }
}

/// The body of a stream's response.
#[derive(Debug)]
pub(super) struct StreamBody {
    listener: StreamListener,
    lost: Pin<Box<WaitForCancellationFutureOwned>>,
    revoked: Pin<Box<WaitForCancellationFutureOwned>>,
    streaming: Streaming,
    caller: HttpCaller,
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let is_lost = self.lost.as_mut().poll(context).is_ready()
            || self.revoked.as_mut().poll(context).is_ready();
        if is_lost || self.streaming.is_interrupted() || !self.caller.is_valid() {
            return Poll::Ready(None);
        }
        let StreamListener { open, broadcast, cursor, .. } = &mut self.listener;
        let next = ready!(broadcast.next(cursor, context.waker()));
        Poll::Ready(next.map(|NextBytes { bytes, gap }| {
            open.metrics.stream_gaps.add(gap.into());
            Ok(Frame::data(bytes))
        }))
    }
}

impl Drop for StreamBody {
    /// Later views on this connection are no older than what the stream has sent.
    fn drop(&mut self) {
        self.caller.raise_floor();
    }
}
