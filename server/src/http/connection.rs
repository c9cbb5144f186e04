//! One HTTP connection, from its first request to its end.

use super::caller::ConnectionContext;
use super::deadline_stream::{DeadlineStream, Turns};
use super::front::Front;
use super::limits::MAX_HEAD_BYTES;
use super::line_ends::BodyLength;
use super::request_checks;
use crate::admission::{ConnectionSeat, UnsentGauge};
use crate::clock::Stopwatch;
use crate::fairness::TurnTaker;
use crate::metrics::{Closed, ConnectionSummary};
use crate::sockets::OverTcp;
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

/// Serves HTTP on a stream until the client or the server ends it. When the server stops, the
/// current request is answered, and then the connection closes.
///
/// The requests of a connection are answered one after the other, without a task for each. hyper
/// yields after 16 that arrived together.
pub(super) async fn serve_connection<I>(
    stream: I,
    (address, seat, taker): (SocketAddr, Arc<ConnectionSeat>, Arc<TurnTaker>),
    front: &Front,
    stop: &CancellationToken,
) -> ConnectionSummary
where
    I: AsyncRead + AsyncWrite + OverTcp + Unpin,
{
    let (turns, unsent) = (Arc::new(Turns::default()), UnsentGauge::new(Arc::clone(&seat)));
    let context = Arc::new(ConnectionContext::new(address.ip(), (seat, taker), Arc::clone(&turns)));
    let stream = DeadlineStream::new(stream, Arc::clone(&turns), unsent, &front.config);
    let stream = TokioIo::new(stream);
    let answer = |request: Request<Incoming>| {
        front.metrics.http_requests.add(1);
        let length = request.body().size_hint().exact();
        let body = length.map_or(BodyLength::Chunked, BodyLength::Known);
        let (answering, began) = (turns.begin(body), Stopwatch::start());
        let response = respond(front, &context, request);
        let context = &context;
        async move {
            let response = response.await;
            let status = response.as_ref().map_or(0, |response| response.status().as_u16());
            let took = began.elapsed();
            front.metrics.here().count_http_answer(context.take_kind(), status, took);
            drop(answering);
            response
        }
    };
    let serving = http1::Builder::new()
        // A client that has sent its last request may close its half, and still gets the answers.
        .half_close(true)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_header_size(MAX_HEAD_BYTES)
        .header_read_timeout(None)
        .serve_connection(stream, service_fn(answer));
    let mut serving = std::pin::pin!(serving);
    let (ended, stopped) = tokio::select! {
        biased;
        ended = serving.as_mut() => (ended, false),
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            (serving.await, true)
        }
    };
    let cause = match (turns.gave_up(), ended) {
        (Some(cause), _) => cause,
        (None, Err(error)) if error.is_parse() => Closed::Malformed,
        (None, Err(_)) => Closed::Broken,
        (None, Ok(())) if stopped => Closed::Stopped,
        (None, Ok(())) => Closed::ByClient,
    };
    let (received, sent) = turns.traffic();
    ConnectionSummary { cause, requests: turns.answered(), received, sent }
}

fn respond(
    front: &Front,
    context: &Arc<ConnectionContext>,
    mut request: Request<Incoming>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    request.extensions_mut().insert(Arc::clone(context));
    // Bodies are boxed, and most requests have none.
    let body = |body: Incoming| if body.is_end_stream() { Body::empty() } else { Body::new(body) };
    request_checks::answer(front, request.map(body))
}
