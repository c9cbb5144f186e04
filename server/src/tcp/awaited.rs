//! Answers that come later, while the connection's other requests are answered: to a backup, and to
//! what a plan has to be checked or looked for.

use boxoffice_protocol::reply::Body;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// An answer that comes later.
type LaterBody = Pin<Box<dyn Future<Output = Body> + Send>>;

/// Requests in flight bound them.
#[derive(Default)]
pub(super) struct Awaited(Vec<(u32, LaterBody)>);

impl Awaited {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Awaits the answer to the request with this correlation id.
    pub(super) fn begin(
        &mut self,
        correlation: u32,
        answer: impl Future<Output = Body> + Send + 'static,
    ) {
        self.0.push((correlation, Box::pin(answer)));
    }

    /// Returns the next answer; never returns where none is awaited. Nothing is lost when the future is
    /// dropped.
    pub(super) async fn ended(&mut self) -> (u32, Body) {
        poll_fn(|context| {
            for at in 0..self.0.len() {
                let (correlation, answer) = &mut self.0[at];
                if let Poll::Ready(body) = answer.as_mut().poll(context) {
                    let ended = (*correlation, body);
                    drop(self.0.swap_remove(at));
                    return Poll::Ready(ended);
                }
            }
            Poll::Pending
        })
        .await
    }
}
