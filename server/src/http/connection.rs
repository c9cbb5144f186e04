//! One connection, from its first request to its end.

use super::asker::Caller;
use super::gate;
use super::limits::MAX_HEAD_BYTES;
use super::line::{Line, Turns};
use crate::Shared;
use crate::metrics::Closed;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// Serves HTTP on a stream until the client or the server ends it, and says why it did. When the
/// server stops, the request under way is answered, and then the connection closes.
///
/// Requests of a connection are answered one after the other; there is no task for any of them.
/// After 16 that arrived together hyper lets others have a turn.
pub(super) async fn serve_connection<I>(
    stream: I,
    address: SocketAddr,
    router: Router,
    shared: &Arc<Shared>,
    stop: &CancellationToken,
) -> Closed
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let turns = Arc::new(Turns::default());
    let caller = Arc::new(Caller::new(address, Arc::clone(&turns)));
    let line = TokioIo::new(Line::new(stream, Arc::clone(&turns), &shared.config));
    let answer = |request: Request<Incoming>| {
        shared.metrics.http_requests.add(1);
        let answering = turns.begin();
        let response = respond(&router, &caller, request);
        async move {
            let response = response.await;
            drop(answering);
            response
        }
    };
    let serving = http1::Builder::new()
        // Whoever has sent its last request may close its half and still gets its answers.
        .half_close(true)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_header_size(MAX_HEAD_BYTES)
        .header_read_timeout(None)
        .serve_connection(line, service_fn(answer));
    let mut serving = std::pin::pin!(serving);
    let (ended, stopped) = tokio::select! {
        biased;
        ended = serving.as_mut() => (ended, false),
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            (serving.await, true)
        }
    };
    match (turns.gave_up(), ended) {
        (Some(cause), _) => cause,
        (None, Err(error)) if error.is_parse() => Closed::Malformed,
        (None, Err(_)) => Closed::Broken,
        (None, Ok(())) if stopped => Closed::Stopped,
        (None, Ok(())) => Closed::ByClient,
    }
}

fn respond(
    router: &Router,
    caller: &Arc<Caller>,
    mut request: Request<Incoming>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    request.extensions_mut().insert(Arc::clone(caller));
    // Boxed where there is one only.
    let body = |body: Incoming| if body.is_end_stream() { Body::empty() } else { Body::new(body) };
    gate::answer(router, request.map(body))
}
