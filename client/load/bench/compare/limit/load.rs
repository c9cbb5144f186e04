//! The load generator of the limit: one thread, closed loop. Each connection sends a batch of frames
//! after the answer to the previous one.

use super::connection::{EchoConnection, FRAME_BYTES, OtherEnd, frame};
use crate::compare::figure::Figure;
use anyhow::{Context, bail, ensure};
use boxoffice_load::statistics::percentile;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// The time before it measures.
const WARM_UP: Duration = Duration::from_millis(300);

/// The longest time without an answer on any connection.
const STALL: Duration = Duration::from_secs(10);

/// The arguments of the load generator.
#[derive(Debug, clap::Args)]
pub(crate) struct LimitLoad {
    #[arg(long)]
    port: u16,
    #[arg(long)]
    connections: usize,
    /// Frames in flight on each connection
    #[arg(long)]
    depth: u32,
    #[arg(long)]
    seconds: u32,
}

/// Sends frames and measures their return. Latency is that of a batch.
///
/// # Errors
/// The server was not reached, ended, stalled, or returned other bytes.
pub(crate) fn load(load: &LimitLoad) -> anyhow::Result<Figure> {
    let mut poll = Poll::new()?;
    let mut clients = Vec::with_capacity(load.connections);
    for index in 0..load.connections {
        let mut client = EchoClient::connect(load.port)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(client.connection.stream(), Token(index), interest)?;
        clients.push(client);
    }
    for client in &mut clients {
        client.send_batch(load.depth)?;
    }
    run(&mut poll, &mut clients, load.depth, WARM_UP)?;
    let begin = Instant::now();
    let mut latencies_ns =
        run(&mut poll, &mut clients, load.depth, Duration::from_secs(load.seconds.into()))?;
    let seconds = begin.elapsed().as_secs_f64();
    latencies_ns.sort_unstable();
    let latency_us = |share| f64::from(percentile(&latencies_ns, share)) / 1_000.0;
    Ok(Figure {
        per_second: latencies_ns.len() as f64 * f64::from(load.depth) / seconds,
        p50_us: Some(latency_us(0.5)),
        p99_us: Some(latency_us(0.99)),
    })
}

/// Keeps every client busy; returns the latency of each batch, in nanoseconds.
fn run(
    poll: &mut Poll,
    clients: &mut [EchoClient],
    depth: u32,
    duration: Duration,
) -> anyhow::Result<Vec<u32>> {
    let mut events = Events::with_capacity(1024);
    let mut latencies_ns = Vec::with_capacity(1024 * 1024);
    let begin = Instant::now();
    while begin.elapsed() < duration {
        poll.poll(&mut events, Some(STALL))?;
        ensure!(!events.is_empty(), "no answer for {STALL:?}");
        for event in &events {
            let client = &mut clients[event.token().0];
            if event.is_readable() && client.receive()? == BatchState::Answered {
                let latency = client.begun.elapsed().as_nanos();
                latencies_ns.push(u32::try_from(latency).unwrap_or(u32::MAX));
                client.send_batch(depth)?;
            } else if event.is_writable() {
                client.connection.send()?;
            }
        }
    }
    Ok(latencies_ns)
}

#[derive(Debug, PartialEq, Eq)]
enum BatchState {
    Answered,
    InFlight,
}

struct EchoClient {
    connection: EchoConnection,
    begun: Instant,
    /// The number of the next frame to send.
    next: u64,
    /// The number of the next frame to come back.
    expected: u64,
}

impl EchoClient {
    fn connect(port: u16) -> anyhow::Result<Self> {
        let stream = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nonblocking(true)?;
        let connection = EchoConnection::new(TcpStream::from_std(stream))?;
        Ok(Self { connection, begun: Instant::now(), next: 0, expected: 0 })
    }

    fn send_batch(&mut self, depth: u32) -> anyhow::Result<()> {
        for _ in 0..depth {
            self.connection.push(&frame(self.next));
            self.next += 1;
        }
        self.begun = Instant::now();
        Ok(self.connection.send()?)
    }

    fn receive(&mut self) -> anyhow::Result<BatchState> {
        let (expected, mut echoed) = (&mut self.expected, true);
        let peer = self.connection.receive(|frames| {
            for bytes in frames.chunks_exact(FRAME_BYTES) {
                echoed &= bytes == frame(*expected);
                *expected += 1;
            }
        });
        if peer.context("an answer")? == OtherEnd::Gone {
            bail!("the server closed the connection");
        }
        ensure!(echoed, "an answer is not what was sent");
        Ok(if self.expected == self.next { BatchState::Answered } else { BatchState::InFlight })
    }
}
