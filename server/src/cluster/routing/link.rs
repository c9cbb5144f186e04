//! A connection to another server, over which requests are forwarded.

use super::forwarded;
use super::handshake::{Side, begin};
use super::links::Forward;
use super::pending::PendingRequests;
use super::sealed::{PeerError, SealedStream};
use super::secret::ClusterSecret;
use crate::clock::{deadline, is_past};
use crate::cluster::cluster_state::ClusterState;
use crate::cluster::members::Member;
use crate::cluster::ticks::every;
use boxoffice_protocol::frame::decode;
use boxoffice_protocol::reply::Reply;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// The pauses before it is tried again.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often the other server is asked for a sign of life while it owes answers, and how long it may give
/// none before the connection counts as broken. What the engine takes is no silence.
const ASK: Duration = Duration::from_millis(200);
const SILENCE: Duration = Duration::from_secs(2);

/// Bytes that wait to be sent; requests beyond them count as unsent.
const OUTBOUND_BYTES: usize = 64 << 10;

/// Keeps connections to all other servers that take requests. One to a server that is gone ends when nothing
/// is on its way.
pub(in crate::cluster) fn keep_all(cluster: &Arc<ClusterState>, secret: &Arc<ClusterSecret>) {
    for Member { server, notice } in cluster.links.unkept(cluster.members.others()) {
        let Some(address) = notice.address else { continue };
        let (there, secret) = (Arc::downgrade(cluster), Arc::clone(secret));
        let task = tokio::spawn(keep(there, secret, server.clone(), address));
        cluster.links.keeps(server, task);
    }
}

/// Keeps a connection to a server.
#[expect(clippy::disallowed_methods, reason = "a server that does not answer is not pressed")]
async fn keep(
    cluster: Weak<ClusterState>,
    secret: Arc<ClusterSecret>,
    server: String,
    address: String,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(there) = cluster.upgrade() else { return };
        let connected = connect(&there, &secret, &address).await;
        let why = match connected {
            Ok(stream) => {
                tracing::info!(server, address, "requests are forwarded to this server");
                pause = FIRST_PAUSE;
                ServerLink::serve(&there, &server, stream).await
            }
            Err(why) => why,
        };
        tracing::info!(server, address, %why, "no requests are forwarded to this server");
        if !there.members.has(&server) {
            return;
        }
        drop(there);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn connect(
    cluster: &ClusterState,
    secret: &ClusterSecret,
    address: &str,
) -> Result<SealedStream, PeerError> {
    let connected = timeout(CONNECT, TcpStream::connect(address)).await;
    let stream = connected.map_err(|_| PeerError::Silent)??;
    begin(stream, Side::Forwards, secret, cluster.randomness).await
}

/// An open connection. When it is dropped, also in the midst of its work, all that it has is settled.
struct ServerLink<'a> {
    cluster: &'a Arc<ClusterState>,
    server: &'a str,
    number: u64,
    waiting: UnboundedReceiver<Forward>,
    pending: PendingRequests,
}

impl<'a> ServerLink<'a> {
    /// Forwards requests until the connection breaks; returns why.
    async fn serve(
        cluster: &'a Arc<ClusterState>,
        server: &'a str,
        mut stream: SealedStream,
    ) -> PeerError {
        let (number, waiting) = cluster.links.open(server);
        let mut link =
            Self { cluster, server, number, waiting, pending: PendingRequests::default() };
        loop {
            if let Err(why) = link.go_on(&mut stream).await {
                return why;
            }
        }
    }

    /// Sends and receives for as long as the other server gives signs of life.
    async fn go_on(&mut self, stream: &mut SealedStream) -> Result<(), PeerError> {
        let mut ticks = every(ASK);
        let mut silent_from = deadline(SILENCE);
        loop {
            let has_room = stream.outbound.len() < OUTBOUND_BYTES;
            tokio::select! {
                progressed = stream.progress() => progressed?,
                Some(forward) = self.waiting.recv(), if has_room => self.send(forward, stream),
                _ = ticks.tick() => {
                    let unknown = self.pending.expire(self.cluster.clock.now());
                    self.cluster.links.unknown.add(unknown);
                    if self.pending.is_empty() && !self.cluster.members.has(self.server) {
                        return Err(PeerError::Gone);
                    } else if self.pending.is_empty() {
                        silent_from = deadline(SILENCE);
                    } else if is_past(silent_from) {
                        return Err(PeerError::Silent);
                    } else if stream.outbound.is_empty() {
                        stream.put(0, |_| {});
                    }
                }
            }
            while stream.outbound.len() < OUTBOUND_BYTES
                && let Ok(forward) = self.waiting.try_recv()
            {
                self.send(forward, stream);
            }
            while let Some(answer) = stream.received(read)? {
                silent_from = deadline(SILENCE);
                if let Some((correlation, reply)) = answer {
                    self.pending.answer(correlation, reply, self.cluster);
                }
            }
        }
    }

    fn send(&mut self, mut forward: Forward, stream: &mut SealedStream) {
        self.cluster.links.forwarded.add(1);
        let correlation = self.pending.send(&mut forward);
        stream.put(correlation, |out| forwarded::write(&forward.request, out));
    }
}

/// A reply; none of a sign of life.
fn read(correlation: u32, message: &[u8]) -> Result<Option<(u32, Reply)>, PeerError> {
    if correlation == 0 {
        return Ok(None);
    }
    let reply = decode::<Reply>(message);
    let reply = reply.map_err(|malformed| PeerError::Message(malformed.to_string()))?;
    Ok(Some((correlation, reply)))
}

impl Drop for ServerLink<'_> {
    /// What was sent has an unknown outcome. What was not is decided here, unless it follows one of its
    /// connection that may have been sent: it may be a repeat of that.
    fn drop(&mut self) {
        self.cluster.links.close(self.server, self.number);
        let mut unknown = std::mem::take(&mut self.pending).leave_open();
        while let Ok(forward) = self.waiting.try_recv() {
            unknown += u64::from(forward.is_behind);
            // Where the server itself is at its end, nothing is decided.
            if Handle::try_current().is_ok() {
                self.cluster.decide_unsent(forward);
            }
        }
        self.cluster.links.unknown.add(unknown);
    }
}
