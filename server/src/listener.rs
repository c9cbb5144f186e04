//! A listener: accepts connections, admits as many as may be open, and turns the others away.

use crate::clock::{Stopwatch, deadline};
use crate::config::Config;
use crate::metrics::{ConnectionSummary, Listener, Metrics};
use crate::sockets::{LINGER, back_off, configure};
use crate::tls::Tls;
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

/// Bound of the TLS handshake of a connection that is turned away.
const TURNED_AWAY_HANDSHAKE: Duration = Duration::from_secs(2);

/// The delay that a client is asked for when it is turned away.
const RETRY_AFTER_MS: u32 = 500;

/// The service behind a listener.
pub(crate) trait Service: Send + Sync + 'static {
    const LISTENER: Listener;

    fn parts(&self) -> Parts<'_>;

    /// The bytes that tell a client of too many connections.
    fn busy(retry_after_ms: u32) -> Vec<u8>;

    /// Serves a connection until it ends.
    fn serve(&self, accepted: Accepted) -> impl Future<Output = ConnectionSummary> + Send;
}

/// The parts of a server that a listener uses.
pub(crate) struct Parts<'a> {
    pub(crate) config: &'a Config,
    pub(crate) metrics: &'a Metrics,
    pub(crate) tls: Option<&'a Tls>,
}

/// A connection whose client has sent nothing yet.
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    /// The end of its TLS handshake at the latest, and of a `Hello`.
    pub(crate) until: Instant,
    /// Cancelled when the server stops.
    pub(crate) stop: CancellationToken,
}

/// Accepts connections until `stop`. Every connection's task is one of `tasks`.
pub(crate) async fn listen<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let Parts { config, metrics, tls } = service.parts();
    let permits = Arc::new(Semaphore::new(match S::LISTENER {
        Listener::Tcp => config.max_connections,
        Listener::Http => config.http_max_connections,
    }));
    let turning_away = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
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
        if let Err(error) = configure(&stream, config.peer_timeout) {
            tracing::debug!(%error, "connection lost before it began");
            continue;
        }
        if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            let until = deadline(config.handshake_timeout);
            let accepted = Accepted { stream, peer, until, stop: stop.clone() };
            tasks.spawn(serve(Arc::clone(&service), accepted, permit));
            continue;
        }
        metrics.connections(S::LISTENER).busy.add(1);
        match Arc::clone(&turning_away).try_acquire_owned() {
            Ok(permit) => {
                tasks.spawn(turn_away(Arc::clone(&service), stream, stop.clone(), permit));
            }
            // Tell it where that needs no waiting, and go on.
            Err(_) if tls.is_none() => drop(stream.try_write(&S::busy(RETRY_AFTER_MS))),
            Err(_) => {}
        }
    }
}

/// Serves a connection. The permit lives as long as this task.
async fn serve<S: Service>(service: Arc<S>, accepted: Accepted, permit: OwnedSemaphorePermit) {
    let connections = service.parts().metrics.connections(S::LISTENER);
    let _open = connections.admit();
    let (peer, began) = (accepted.peer, Stopwatch::start());
    let ConnectionSummary { cause, requests, received, sent } = service.serve(accepted).await;
    let (listener, seconds) = (S::LISTENER.name(), began.elapsed().as_secs_f64());
    tracing::debug!(
        listener, %peer, ?cause, requests, received, sent, seconds,
        "connection closed"
    );
    connections.closed(cause);
    drop(permit);
}

async fn turn_away<S: Service>(
    service: Arc<S>,
    stream: TcpStream,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
    let busy = S::busy(RETRY_AFTER_MS);
    let Parts { config, tls, .. } = service.parts();
    match tls {
        None => tell(stream, &busy).await,
        Some(tls) => {
            let patience = TURNED_AWAY_HANDSHAKE.min(config.handshake_timeout);
            let accepted = tls.accept(S::LISTENER, stream, deadline(patience), &stop).await;
            if let Ok(stream) = accepted {
                tell(stream, &busy).await;
            }
        }
    }
    drop(permit);
}

/// Sends the last bytes of a connection, and waits a moment for the client to read them.
async fn tell(mut stream: impl AsyncRead + AsyncWrite + Unpin, last: &[u8]) {
    let tell = async {
        stream.write_all(last).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 512]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(LINGER, tell).await;
}
