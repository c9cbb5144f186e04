//! Queues of what waits for an event or for the engine.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A queue for requests in flight and for what they cause: their bound is its bound.
#[expect(
    clippy::disallowed_methods,
    reason = "requests in flight are bounded where they are taken"
)]
pub(crate) fn queue<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    unbounded_channel()
}
