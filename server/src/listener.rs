//! A listener: accepts connections, admits as many as may be open, and turns the others away.

use crate::admission::{ConnectionPool, ConnectionSeat};
use crate::clock::{Stopwatch, deadline};
use crate::config::Config;
use crate::fairness::{Class, Party, Principal};
use crate::metrics::{Closed, ConnectionSummary, Listener, Metrics};
use crate::sockets::{LINGER, back_off, configure};
use crate::tls::Tls;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections that are accepted before those are heard that came before: fewer than there may be
/// of unknown clients, so that none gives way before its first bytes were looked at.
const ACCEPTED_AT_ONCE: u64 = 8;

/// Connections that are told `Busy` at the same time; any more are just closed.
const TURNED_AWAY_AT_ONCE: usize = 256;

/// Bound of the TLS handshake of a connection that is turned away.
const TURNED_AWAY_HANDSHAKE: Duration = Duration::from_secs(2);

/// How long a connection may take to end when its seat is another's.
const LOSING: Duration = Duration::from_secs(1);

/// The delay that a client is asked for when it is turned away.
pub(crate) const RETRY_AFTER_MS: u32 = 500;

/// The service behind a listener.
pub(crate) trait Service: Send + Sync + 'static {
    const LISTENER: Listener;

    fn parts(&self) -> Parts<'_>;

    /// The bytes that tell a client at this address of too many connections, if it has no chance
    /// whatever it says. Others are heard first.
    fn turn_away(&self, from: IpAddr) -> Option<Vec<u8>>;

    /// Serves a connection until it ends.
    fn serve(&self, accepted: Accepted) -> impl Future<Output = ConnectionSummary> + Send;
}

/// The parts of a server that a listener uses.
pub(crate) struct Parts<'a> {
    pub(crate) config: &'a Config,
    pub(crate) metrics: &'a Metrics,
    pub(crate) tls: Option<&'a Tls>,
    pub(crate) pool: &'a Arc<ConnectionPool>,
}

/// A connection whose client has sent nothing yet.
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    /// The end of its TLS handshake at the latest, and of a `Hello`.
    pub(crate) until: Instant,
    /// Cancelled when the server stops, or the connection has to end.
    pub(crate) stop: CancellationToken,
    pub(crate) seat: Arc<ConnectionSeat>,
}

/// Accepts connections until `stop`. Every connection's task is one of `tasks`.
pub(crate) async fn listen<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let Parts { config, metrics, tls, pool } = service.parts();
    let turning_away = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
    for number in 1u64.. {
        if number.is_multiple_of(ACCEPTED_AT_ONCE) {
            tokio::task::yield_now().await;
        }
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
        let Some(busy) = service.turn_away(peer.ip()) else {
            let until = deadline(config.handshake_timeout);
            let seat = Arc::new(enter(pool, peer.ip(), config));
            let accepted = Accepted { stream, peer, until, stop: stop.child_token(), seat };
            tasks.spawn(serve(Arc::clone(&service), accepted));
            continue;
        };
        metrics.connections(S::LISTENER).busy.add(1);
        match Arc::clone(&turning_away).try_acquire_owned() {
            Ok(permit) => {
                tasks.spawn(turn_away(Arc::clone(&service), (stream, busy), stop.clone(), permit));
            }
            // Tell it where that needs no waiting, and go on.
            Err(_) if tls.is_none() => drop(stream.try_write(&busy)),
            Err(_) => {}
        }
    }
}

/// The seat of a new connection. One from a proxy is the proxy's, whichever client asks through it.
fn enter(pool: &Arc<ConnectionPool>, from: IpAddr, config: &Config) -> ConnectionSeat {
    let seat = pool.enter(from);
    if config.is_trusted_proxy(from) {
        let proxy = Party { class: Class::Tokens, principal: Principal::at(from) };
        // Where it has no room, it is one of those that have said nothing.
        let _ = seat.identify(&proxy);
    }
    seat
}

/// Serves a connection, whose seat is free when this ends.
async fn serve<S: Service>(service: Arc<S>, accepted: Accepted) {
    let connections = service.parts().metrics.connections(S::LISTENER);
    let _open = connections.admit();
    let (peer, began) = (accepted.peer, Stopwatch::start());
    let (seat, stop) = (Arc::clone(&accepted.seat), accepted.stop.clone());
    let served = while_seated(service.serve(accepted), &seat, &stop).await;
    let ConnectionSummary { cause, requests, received, sent } = served;
    let (listener, seconds) = (S::LISTENER.name(), began.elapsed().as_secs_f64());
    tracing::debug!(
        listener, %peer, ?cause, requests, received, sent, seconds,
        "connection closed"
    );
    connections.closed(cause);
}

/// Serves until the connection ends by itself or has to. One that gives way to another party's gets
/// the answers to what it has sent, within a moment; one that reads too little ends at once.
async fn while_seated(
    serving: impl Future<Output = ConnectionSummary>,
    seat: &ConnectionSeat,
    stop: &CancellationToken,
) -> ConnectionSummary {
    let mut serving = std::pin::pin!(serving);
    let cause = tokio::select! {
        biased;
        summary = serving.as_mut() => return summary,
        cause = seat.lost() => cause,
    };
    let mut summary = ConnectionSummary::early(cause);
    if cause == Closed::GaveWay && seat.is_known() {
        stop.cancel();
        if let Ok(ended) = timeout(LOSING, serving).await {
            summary = ConnectionSummary { cause, ..ended };
        }
    }
    summary
}

async fn turn_away<S: Service>(
    service: Arc<S>,
    (stream, busy): (TcpStream, Vec<u8>),
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
) {
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
