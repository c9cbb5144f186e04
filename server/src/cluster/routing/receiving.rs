//! Requests that other servers forward to this one.

use super::forwarded;
use super::handshake::{Side, begin};
use super::party_queues::PartyQueues;
use super::sealed::{PeerError, SealedStream};
use super::secret::ClusterSecret;
use crate::catalog::Answer;
use crate::cluster::cluster_state::ClusterState;
use crate::cluster::queue::queue;
use crate::cluster::settled::{ReplyTo, Settled, Settlement};
use crate::fairness::Turns;
use crate::sockets::back_off;
use boxoffice_protocol::frame::encode;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use std::sync::{Arc, Weak};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at once, those included that have shown nothing yet.
const CONNECTIONS: usize = 256;

/// Requests of one connection without an answer; beyond them no more are read.
const UNANSWERED: usize = 1 << 16;

/// Bytes of replies that wait to be sent; beyond them no more requests are read.
const OUTBOUND_BYTES: usize = 1 << 20;

/// Accepts connections of other servers, for as long as the cluster lasts.
pub(in crate::cluster) async fn receive(
    cluster: Weak<ClusterState>,
    listener: TcpListener,
    secret: Arc<ClusterSecret>,
    turns: Arc<Turns>,
) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // It is never closed.
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                back_off(&error).await;
                continue;
            }
        };
        let Some(cluster) = cluster.upgrade() else { return };
        let (secret, turns) = (Arc::clone(&secret), Arc::clone(&turns));
        tokio::spawn(async move {
            let why = serve(cluster, stream, &secret, turns).await;
            tracing::debug!(?why, "a server forwards no longer");
            drop(permit);
        });
    }
}

/// Decides what comes on a connection until it ends.
async fn serve(
    cluster: Arc<ClusterState>,
    stream: TcpStream,
    secret: &ClusterSecret,
    turns: Arc<Turns>,
) -> Result<(), PeerError> {
    let from = stream.peer_addr()?;
    let begun = begin(stream, Side::Decides, secret, cluster.randomness).await;
    let mut stream = begun.inspect_err(|why| {
        tracing::warn!(%from, %why, "a connection between servers was refused");
    })?;
    let (to, mut settled) = queue();
    let mut queues = PartyQueues::new(Arc::clone(&cluster), turns);
    loop {
        tokio::select! {
            progressed = stream.progress() => progressed?,
            Some(settled) = settled.recv() => put(&mut stream, &mut queues, settled),
        }
        while let Ok(settled) = settled.try_recv() {
            put(&mut stream, &mut queues, settled);
        }
        while queues.unanswered() < UNANSWERED && stream.outbound.len() < OUTBOUND_BYTES {
            let read = |correlation, message: &[u8]| {
                let ticket = u64::from(correlation);
                let reply = ReplyTo { to: to.clone(), ticket };
                match correlation {
                    0 => Ok((ticket, None)),
                    _ => Ok((ticket, Some(forwarded::read(message, &cluster, reply)?))),
                }
            };
            match stream.received(read)? {
                None => break,
                // A sign of life is wanted.
                Some((_, None)) => stream.put(0, |_| {}),
                Some((ticket, Some((event, request)))) => {
                    cluster.received.add(1);
                    queues.put(ticket, event, request);
                }
            }
        }
    }
}

fn put(stream: &mut SealedStream, queues: &mut PartyQueues, settled: Settled) {
    let Settled { ticket, settlement } = settled;
    queues.answered(ticket);
    let answer = match settlement {
        Settlement::Answer(answer) => answer,
        // A decision has an answer always.
        Settlement::Confirmed(_) | Settlement::Unconfirmed => {
            Answer::plain(Body::Refused(Refusal::OutcomeUnknown))
        }
    };
    let reply = Reply { version: answer.version, age_ms: 0, body: answer.body };
    let correlation = u32::try_from(ticket).expect("it was one");
    stream.put(correlation, |out| encode(&reply, out));
}
