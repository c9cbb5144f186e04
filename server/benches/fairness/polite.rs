//! A polite client: 100 reservations a second, each sent when it is due, whatever the answers do.

use crate::wire::Wire;
use anyhow::ensure;
use boxoffice_load::statistics::percentile;
use boxoffice_protocol::frame::ClientCodec;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_testing::{new_id, reserve, standing};
use bytes::BytesMut;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use rustix::time::{ClockId, clock_gettime};
use std::io::IoSliceMut;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd as _;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use tokio_util::codec::Decoder as _;

/// The polite client's own event.
pub(crate) const EVENT: &str = "concert";

/// From one request to the next.
const EVERY: Duration = Duration::from_millis(10);

/// Requests that may wait for their replies; none is sent beyond.
const WAITING: usize = 4_096;

/// How long the answers took, in microseconds, ascending.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    /// From when a request was due to when its answer was read.
    pub(crate) seen: Vec<u32>,
    /// From when the request could be read by the server to when its answer, which is durable by
    /// then, was in the client's socket, by the kernel's clock.
    pub(crate) at_server: Vec<u32>,
    /// The first refusal, if there was one.
    pub(crate) refusal: Option<Refusal>,
}

impl Latencies {
    pub(crate) fn p50(of: &[u32]) -> f64 {
        f64::from(percentile(of, 0.5)) / 1_000.0
    }

    pub(crate) fn p99(of: &[u32]) -> f64 {
        f64::from(percentile(of, 0.99)) / 1_000.0
    }
}

/// When a request was due and when it was written, the latter by the wall clock.
type Sent = (Instant, Duration);

pub(crate) struct Polite {
    wire: Wire,
}

impl Polite {
    pub(crate) fn enter(address: SocketAddr, token: &Token) -> anyhow::Result<Self> {
        let wire = Wire::enter(address, token)?;
        setsockopt(&wire.stream, sockopt::ReceiveTimestampns, &true)?;
        Ok(Self { wire })
    }

    /// Asks for this long.
    #[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
    pub(crate) fn ask(&mut self, span: Duration) -> anyhow::Result<Latencies> {
        let stream = self.wire.stream.try_clone()?;
        let (queue, sent) = sync_channel::<Sent>(WAITING);
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || read(&stream, &sent));
            let begun = Instant::now();
            let mut due = begun;
            while due.duration_since(begun) < span {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let request = reserve(new_id(self.wire.now()), EVENT, "ann", standing(1));
                if queue.send((due, wall_clock())).is_err() {
                    // The reader says why it has ended.
                    break;
                }
                self.wire.send(&[request])?;
                due += EVERY;
            }
            drop(queue);
            reading.join().expect("it does not panic")
        })
    }
}

pub(crate) fn wall_clock() -> Duration {
    let now = clock_gettime(ClockId::Realtime);
    let (seconds, nanoseconds) = (now.tv_sec, now.tv_nsec);
    Duration::new(seconds.cast_unsigned(), u32::try_from(nanoseconds).unwrap_or_default())
}

fn read(stream: &TcpStream, sent: &Receiver<Sent>) -> anyhow::Result<Latencies> {
    let mut latencies = Latencies::default();
    let mut input = BytesMut::new();
    let mut arrived = Duration::ZERO;
    for (due, written) in sent {
        let frame = loop {
            if let Some(frame) = ClientCodec.decode(&mut input)? {
                break frame;
            }
            arrived = receive(stream, &mut input)?;
        };
        match frame.reply.body {
            Body::Reservation { .. } => {}
            Body::Refused(refusal) => _ = latencies.refusal.get_or_insert(refusal),
            other => anyhow::bail!("not reserved: {other:?}"),
        }
        latencies.seen.push(micros(due.elapsed()));
        latencies.at_server.push(micros(arrived.saturating_sub(written)));
    }
    latencies.seen.sort_unstable();
    latencies.at_server.sort_unstable();
    Ok(latencies)
}

/// Receives some bytes, and returns when the last of them arrived. The kernel takes a moment until
/// it tells this; before, it is when they were received.
fn receive(stream: &TcpStream, input: &mut BytesMut) -> anyhow::Result<Duration> {
    let mut buffer = [0; 4_096];
    let mut slices = [IoSliceMut::new(&mut buffer)];
    let mut space = nix::cmsg_space!(TimeSpec);
    let fd = stream.as_raw_fd();
    let message = recvmsg::<()>(fd, &mut slices, Some(&mut space), MsgFlags::empty())?;
    let arrived = message.cmsgs()?.find_map(|control| match control {
        ControlMessageOwned::ScmTimestampns(at) => Some(Duration::from(at)),
        _ => None,
    });
    let bytes = message.bytes;
    ensure!(bytes > 0, "the server closed the connection");
    input.extend_from_slice(&buffer[..bytes]);
    Ok(arrived.unwrap_or_else(wall_clock))
}

fn micros(span: Duration) -> u32 {
    u32::try_from(span.as_micros()).unwrap_or(u32::MAX)
}
