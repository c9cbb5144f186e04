//! TLS handshakes. A client that speaks plain HTTP is told so; other bytes close the connection.

use super::context::Tls;
use crate::metrics::{Closed, Listener};
use crate::sniff::LooksLike;
use crate::sockets::linger;
use rustls::{ServerConfig, ServerConnection};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::{io, mem};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// Enough to recognise a protocol.
const FIRST_BYTES: usize = 16;

/// The answer to a browser that was sent to `http://`.
const USE_HTTPS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 47\r\n\r\n\
    This port speaks TLS only: begin with https://\n";

/// The bound on bytes of records that wait for the network, but for a few that TLS sends by itself.
/// It is small, since the write timeout sees progress only when all of them have left.
const RECORD_BYTES: usize = 32 * 1024;

impl Tls {
    /// Performs the handshake of a connection to `listener`. It is over at the deadline, but for the
    /// moment in which a client that speaks no TLS is told so.
    ///
    /// # Errors
    /// The cause for which the connection counts as closed; the log has details.
    pub(crate) async fn accept(
        &self,
        listener: Listener,
        stream: TcpStream,
        until: Instant,
        stop: &CancellationToken,
    ) -> Result<TlsStream<TcpStream>, Closed> {
        let config = match listener {
            Listener::Tcp => &self.binary,
            Listener::Http => &self.http,
        };
        tokio::select! {
            // Boxed, since most connections outlive their handshake by far, and are many.
            accepted = Box::pin(accept(config, &self.turns, stream, until)) => {
                accepted.ok_or(Closed::Handshake)
            }
            () = stop.cancelled() => Err(Closed::Stopped),
        }
    }
}

async fn accept(
    config: &Arc<ServerConfig>,
    turns: &Semaphore,
    mut stream: TcpStream,
    until: Instant,
) -> Option<TlsStream<TcpStream>> {
    let mut first = [0; FIRST_BYTES];
    let bytes = timeout_at(until, stream.peek(&mut first)).await;
    let guess = LooksLike::of(&first[..bytes.map_or(0, |peeked| peeked.unwrap_or_default())]);
    if guess == LooksLike::Http {
        // A client that does not take these few bytes at once has not waited for them.
        let _ = stream.try_write(USE_HTTPS);
        tracing::debug!(looks_like = guess.name(), "no TLS handshake");
        linger(&mut stream).await;
        return None;
    }
    let acceptor = TlsAcceptor::from(Arc::clone(config));
    let bound = |connection: &mut ServerConnection| {
        connection.set_buffer_limit(Some(RECORD_BYTES));
    };
    let accepting = in_turns(turns, acceptor.accept_with(stream, bound).into_fallible());
    match timeout_at(until, accepting).await {
        Ok(Ok(accepted)) => return Some(accepted),
        Ok(Err((error, mut stream))) => {
            tracing::debug!(%error, looks_like = guess.name(), "no TLS handshake");
            if error.kind() == io::ErrorKind::InvalidData {
                linger(&mut stream).await;
            }
        }
        Err(_) => tracing::debug!("the client did not finish its TLS handshake in time"),
    }
    None
}

/// Performs a handshake in turns: a step takes as long as a hundred requests, and in a rush all
/// clients come at once. No handshake keeps a turn while it waits for the network.
async fn in_turns<F: Future>(turns: &Semaphore, handshake: F) -> F::Output {
    let mut handshake = pin!(handshake);
    loop {
        let turn = turns.acquire().await;
        // The event loop looks at its sockets meanwhile, and established connections have their
        // turn.
        yield_now().await;
        let step = poll_fn(|context| Poll::Ready(handshake.as_mut().poll(context))).await;
        drop(turn);
        match step {
            Poll::Ready(done) => return done,
            Poll::Pending => until_woken().await,
        }
    }
}

/// Returns when the task is woken by the future that it waits for.
async fn until_woken() {
    let mut was_polled = false;
    poll_fn(|_| match mem::replace(&mut was_polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}
