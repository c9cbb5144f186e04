//! Who is let in.

use super::connection::serve_connection;
use super::door::Door;
use super::limits::{LINGER, RETRY_AFTER_MS, TURNED_AWAY_AT_ONCE, TURNED_AWAY_HANDSHAKE};
use super::problem::busy;
use crate::clock::{Stopwatch, deadline};
use crate::metrics::Ended;
use crate::sockets::{back_off, configure};
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
    door: Arc<Door>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(door.config.http_max_connections));
    let doorstep = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
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
        if let Err(error) = configure(&stream, door.config.peer_timeout) {
            tracing::debug!(%error, "connection lost before it began");
            continue;
        }
        match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => {
                let (door, stop) = (Arc::clone(&door), stop.clone());
                tasks.spawn(serve(stream, address, door, stop, permit));
            }
            Err(_) => {
                door.metrics.http.busy.add(1);
                match Arc::clone(&doorstep).try_acquire_owned() {
                    Ok(permit) => {
                        let (door, stop) = (Arc::clone(&door), stop.clone());
                        tasks.spawn(turn_away(stream, door, stop, permit));
                    }
                    // Even the doorstep is full: tell it, if that needs no waiting, and go on.
                    Err(_) if door.tls.is_none() => {
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
    door: Arc<Door>,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    let _open = door.metrics.http.admit();
    let began = Stopwatch::start();
    let ended = match &door.tls {
        None => serve_connection(stream, address, &door, &stop).await,
        Some(tls) => {
            let until = deadline(door.config.handshake_timeout);
            match tls.http(stream, until, &stop).await {
                // Boxed, so that connections without TLS are not as large as those with.
                Ok(stream) => Box::pin(serve_connection(stream, address, &door, &stop)).await,
                Err(cause) => Ended::early(cause),
            }
        }
    };
    let Ended { cause, requests, received, sent } = ended;
    let seconds = began.elapsed().as_secs_f64();
    tracing::debug!(
        peer = %address, ?cause, requests, received, sent, seconds,
        "HTTP connection closed"
    );
    door.metrics.http.closed(cause);
    drop(permit);
}

/// Tells a client that there are too many.
async fn turn_away(
    stream: TcpStream,
    door: Arc<Door>,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    match &door.tls {
        None => tell_busy(stream).await,
        Some(tls) => {
            let patience = TURNED_AWAY_HANDSHAKE.min(door.config.handshake_timeout);
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
