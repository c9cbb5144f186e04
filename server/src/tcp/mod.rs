//! The binary protocol over TCP: who is let in ([`listen`]), and what a connection does. That is a
//! `session`, with a `socket` and `deadlines`, around a `conversation`, which begins with a
//! `handshake` and has its `output`, its `watches` and the `backup` it waits for.

mod answer;
mod backup;
mod conversation;
mod deadlines;
mod foresight;
mod handshake;
mod output;
#[cfg(feature = "simulation")]
mod rehearsal;
mod session;
mod socket;
mod watches;

pub use conversation::{Conversation, News, Pace, Pushed};

use crate::clock::{Stopwatch, deadline};
use crate::metrics::{Closed, Ended};
use crate::shared::Shared;
use crate::sockets::{back_off, configure};
use boxoffice_protocol::frame::put_reply;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use bytes::BytesMut;
#[cfg(feature = "simulation")]
pub use rehearsal::Rehearsal;
use session::Session;
use socket::Socket;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections that are told `Busy` at the same time; any more are just closed.
const TURNED_AWAY_AT_ONCE: usize = 256;

/// How long one that was turned away may take to read why.
const TURNED_AWAY_LINGER: Duration = Duration::from_millis(500);

/// How long its TLS handshake may take before that.
const TURNED_AWAY_HANDSHAKE: Duration = Duration::from_secs(2);

/// What a client that was turned away is asked to wait.
const RETRY_AFTER_MS: u32 = 500;

/// Accepts connections until it is told to stop. Every connection's task is `tasks`'.
pub(crate) async fn listen(
    listener: TcpListener,
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(shared.config.max_connections));
    let doorstep = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                back_off(&error).await;
                continue;
            }
        };
        if let Err(error) = configure(&stream, shared.config.peer_timeout) {
            tracing::debug!(%error, "connection lost before it began");
            continue;
        }
        match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => {
                let until = deadline(shared.config.handshake_timeout);
                let guest = Guest { stream, peer, shared: Arc::clone(&shared), until };
                tasks.spawn(serve(guest, stop.clone(), permit));
            }
            Err(_) => {
                shared.metrics.tcp.busy.add(1);
                match Arc::clone(&doorstep).try_acquire_owned() {
                    Ok(permit) => {
                        let (shared, stop) = (Arc::clone(&shared), stop.clone());
                        tasks.spawn(turn_away(stream, shared, stop, permit));
                    }
                    // Even the doorstep is full: tell it, if that needs no waiting, and go on.
                    Err(_) if shared.tls.is_none() => drop(stream.try_write(&busy())),
                    Err(_) => {}
                }
            }
        }
    }
}

/// Who was let in, and has until then to say hello.
struct Guest {
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    until: Instant,
}

/// Runs a session. The permit lives as long as this task.
async fn serve(guest: Guest, stop: CancellationToken, permit: OwnedSemaphorePermit) {
    let Guest { stream, peer, shared, until } = guest;
    let _open = shared.metrics.tcp.admit();
    let began = Stopwatch::start();
    let ended = match socket(stream, &shared, until, &stop).await {
        Ok(socket) => {
            let shared = Arc::clone(&shared);
            Session::new(socket, peer.ip(), shared, stop, until).run().await
        }
        Err(cause) => Ended::early(cause),
    };
    let Ended { cause, requests, received, sent } = ended;
    let seconds = began.elapsed().as_secs_f64();
    tracing::debug!(%peer, ?cause, requests, received, sent, seconds, "connection closed");
    shared.metrics.tcp.closed(cause);
    drop(permit);
}

/// What a session goes over, once that is agreed on.
async fn socket(
    stream: TcpStream,
    shared: &Shared,
    until: Instant,
    stop: &CancellationToken,
) -> Result<Socket, Closed> {
    let Some(tls) = &shared.tls else { return Ok(Socket::Plain(stream)) };
    let accepted = tls.binary(stream, until, stop).await?;
    Ok(Socket::Tls(Box::new(accepted.into())))
}

/// Tells a client that there are too many.
async fn turn_away(
    stream: TcpStream,
    shared: Arc<Shared>,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    match &shared.tls {
        None => tell_busy(stream).await,
        Some(tls) => {
            let patience = TURNED_AWAY_HANDSHAKE.min(shared.config.handshake_timeout);
            if let Ok(stream) = tls.binary(stream, deadline(patience), &stop).await {
                tell_busy(stream).await;
            }
        }
    }
    drop(permit);
}

/// Says so, and waits a moment for the client to read it.
async fn tell_busy(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let tell = async {
        stream.write_all(&busy()).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 512]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(TURNED_AWAY_LINGER, tell).await;
}

fn busy() -> BytesMut {
    let body = Body::Refused(Refusal::Busy { retry_after_ms: RETRY_AFTER_MS });
    let mut bytes = BytesMut::new();
    put_reply(&mut bytes, 0, &Reply { version: 0, age_ms: 0, body });
    bytes
}
