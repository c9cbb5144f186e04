//! One timer for all deadlines of a connection.
//!
//! It rings at the next deadline or before it: most deadlines move on before they are reached, and a
//! timer that is left alone costs nothing.

use crate::clock::is_past;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::time::{Instant, Sleep, sleep_until};

pub(crate) struct DeadlineTimer(Pin<Box<Sleep>>);

impl DeadlineTimer {
    pub(crate) fn new(until: Instant) -> Self {
        Self(Box::pin(sleep_until(until)))
    }

    /// Ready once `until` has passed. The runtime has by then looked for input that came before it.
    pub(crate) fn poll_past(&mut self, context: &mut Context<'_>, until: Instant) -> Poll<()> {
        loop {
            if until < self.0.deadline() || self.0.is_elapsed() && !is_past(until) {
                self.0.as_mut().reset(until);
            }
            ready!(self.0.as_mut().poll(context));
            if is_past(until) {
                return Poll::Ready(());
            }
        }
    }

    /// Returns once `until` has passed.
    pub(crate) async fn past(&mut self, until: Instant) {
        poll_fn(|context| self.poll_past(context, until)).await;
    }
}
