//! How long answers take at a steady rate, while the rows follow and while they cannot.

use crate::connection::{Connection, Replies, Requests};
use crate::figures::{Latency, micros, milliseconds};
use crate::section::{Effort, Section};
use crate::server::{RowsLock, Server};
use anyhow::{Context, ensure};
use boxoffice_load::statistics::Spread;
use boxoffice_load::table::Table;
use boxoffice_protocol::reply::Body;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Requests a second, of all connections.
const RATE: u32 = 20_000;

/// Connections: each sends what is due once in a while.
const CONNECTIONS: u32 = 4;
const TICK: Duration = Duration::from_millis(1);
const EACH_TICK: u32 = RATE / 1_000 / CONNECTIONS;

/// How long the rows follow, and how long they cannot, in turns.
const WINDOW: Duration = Duration::from_secs(3);
const PAIRS: usize = 6;

/// Ticks that may wait for their replies: more than a connection has in flight.
const WAITING: usize = 65_536;

pub(crate) fn measure(effort: Effort<'_>) -> anyhow::Result<Section> {
    let data = effort.folder.join("data");
    let (server, _) = Server::start(&data, &[])?;
    Connection::open(server.address(), 0)?.create_event()?;
    let stop = AtomicBool::new(false);
    let (samples, windows) = std::thread::scope(|scope| {
        let load = |number| {
            let (stop, address) = (&stop, server.address());
            scope.spawn(move || load(Connection::open(address, number)?, stop))
        };
        let loads: Vec<_> = (1..=CONNECTIONS.into()).map(load).collect();
        let windows = take_turns(|| RowsLock::take(&data));
        stop.store(true, Ordering::Relaxed);
        let mut samples = Vec::new();
        for load in loads {
            samples.extend(load.join().expect("it does not panic")?);
        }
        anyhow::Ok((samples, windows?))
    })?;
    server.stop()?;
    let latencies = |rows| -> Vec<Latency> {
        let windows = windows.iter().filter(|window| window.rows == rows);
        windows.map(|window| Latency::of(window.micros(&samples))).collect()
    };
    let (follow, held) = (latencies(Rows::Follow), latencies(Rows::AreHeld));
    let mut table = Table::of_figures(["while rows", "p50", "p99", "p99 of windows"]);
    let follow = row("follow", &follow, &mut table)?;
    let held = row("cannot follow", &held, &mut table)?;
    let note = format!(
        "{RATE} reservations a second over {CONNECTIONS} connections, timed from when each was due; \
         medians of {PAIRS} windows of {} s each, in turns: the rows follow what came meanwhile, too. \
         p99 is {:.2} times what it is while they cannot.",
        WINDOW.as_secs(),
        follow / held
    );
    Ok(("Answers while the rows follow", table, note))
}

/// Adds a row; returns the median p99.
fn row(name: &str, latencies: &[Latency], table: &mut Table) -> anyhow::Result<f64> {
    let spread = |of: fn(&Latency) -> f64| {
        Spread::of(latencies.iter().map(of).collect()).context("there was no window")
    };
    let (p50, p99) = (spread(|latency| latency.p50)?, spread(|latency| latency.p99)?);
    table.row([
        name.to_owned(),
        milliseconds(p50.median),
        milliseconds(p99.median),
        format!("{} to {}", milliseconds(p99.low), milliseconds(p99.high)),
    ]);
    Ok(p99.median)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Follow,
    AreHeld,
}

/// A time in which the rows did one of both.
struct Window {
    rows: Rows,
    begin: Instant,
    end: Instant,
}

impl Window {
    fn micros(&self, samples: &[Sample]) -> Vec<u32> {
        let within = samples.iter().filter(|(due, _)| (self.begin..self.end).contains(due));
        within.map(|(_, micros)| *micros).collect()
    }
}

/// When a request was due, and how many microseconds later it was answered.
type Sample = (Instant, u32);

/// Lets the rows follow and keeps them from it, in turns. The first turn is not counted.
#[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
fn take_turns(
    mut hold_rows: impl FnMut() -> anyhow::Result<RowsLock>,
) -> anyhow::Result<Vec<Window>> {
    let wait = |rows| {
        let begin = Instant::now();
        std::thread::sleep(WINDOW);
        Window { rows, begin, end: Instant::now() }
    };
    wait(Rows::Follow);
    let mut windows = Vec::new();
    for _ in 0..PAIRS {
        let lock = hold_rows()?;
        windows.push(wait(Rows::AreHeld));
        lock.let_go()?;
        windows.push(wait(Rows::Follow));
    }
    Ok(windows)
}

/// Sends at its rate, whatever comes back and when.
fn load(connection: Connection, stop: &AtomicBool) -> anyhow::Result<Vec<Sample>> {
    let Connection { mut requests, replies } = connection;
    let (due, sent) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read(replies, &sent));
        let sending = send(&mut requests, stop, &due);
        drop(due);
        let samples = reading.join().expect("it does not panic")?;
        sending?;
        Ok(samples)
    })
}

#[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
fn send(
    requests: &mut Requests,
    stop: &AtomicBool,
    due: &SyncSender<Instant>,
) -> anyhow::Result<()> {
    let mut tick = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..EACH_TICK {
            let request = requests.reserve();
            requests.put(&request)?;
        }
        due.send(tick).context("nobody reads the replies")?;
        requests.send()?;
        tick += TICK;
        std::thread::sleep(tick.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

fn read(mut replies: Replies, sent: &Receiver<Instant>) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for due in sent {
        for _ in 0..EACH_TICK {
            let body = replies.next()?.reply.body;
            ensure!(matches!(body, Body::Reservation { .. }), "not reserved: {body:?}");
            samples.push((due, micros(due.elapsed())));
        }
    }
    Ok(samples)
}
