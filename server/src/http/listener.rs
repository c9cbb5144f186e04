//! Who is let in.

use super::connection::serve_connection;
use super::limits::{LINGER, RETRY_AFTER_MS, TURNED_AWAY_AT_ONCE, TURNED_AWAY_HANDSHAKE};
use super::problem::busy;
use super::router::router;
use super::stream::Streams;
use crate::Shared;
use crate::clock::deadline;
use crate::sockets::{back_off, configure};
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Accepts connections until it is told to stop. Every connection's task is `tasks`'.
pub(crate) async fn listen(
    listener: TcpListener,
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(shared.config.http_max_connections));
    let doorstep = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
    let router = router(Arc::clone(&shared), Streams::new(&shared, &stop));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
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
                let (router, shared, stop) = (router.clone(), Arc::clone(&shared), stop.clone());
                tasks.spawn(serve(stream, address, router, shared, stop, permit));
            }
            Err(_) => {
                shared.metrics.http_connections_busy.add(1);
                match Arc::clone(&doorstep).try_acquire_owned() {
                    Ok(permit) => {
                        let (shared, stop) = (Arc::clone(&shared), stop.clone());
                        tasks.spawn(turn_away(stream, shared, stop, permit));
                    }
                    // Even the doorstep is full: tell it, if that needs no waiting, and go on.
                    Err(_) if shared.tls.is_none() => {
                        drop(stream.try_write(&busy(RETRY_AFTER_MS)));
                    }
                    Err(_) => {}
                }
            }
        }
    }
}

/// Serves a connection. The permit lives as long as this task.
async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    shared: Arc<Shared>,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    let _open = Open::new(&shared);
    let cause = match &shared.tls {
        None => serve_connection(stream, address, router, &shared, &stop).await,
        Some(tls) => {
            let until = deadline(shared.config.handshake_timeout);
            match tls.http(stream, until, &stop).await {
                // Boxed, so that connections without TLS are not as large as those with.
                Ok(stream) => {
                    Box::pin(serve_connection(stream, address, router, &shared, &stop)).await
                }
                Err(cause) => cause,
            }
        }
    };
    tracing::debug!(?cause, "HTTP connection closed");
    shared.metrics.closed(cause);
    drop(permit);
}

/// Counts a connection as open until it is dropped.
struct Open<'a>(&'a Shared);

impl<'a> Open<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.metrics.http_connections.add(1);
        shared.metrics.http_connections_admitted.add(1);
        Self(shared)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.metrics.http_connections.subtract(1);
    }
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
            if let Ok(stream) = tls.http(stream, deadline(patience), &stop).await {
                tell_busy(stream).await;
            }
        }
    }
    drop(permit);
}

/// Says so, and waits a moment for the client to read it.
async fn tell_busy(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let tell = async {
        stream.write_all(&busy(RETRY_AFTER_MS)).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 512]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(LINGER, tell).await;
}
