//! What clients see while the rows fall behind as far as they may, and when they go on.

use crate::connection::{Answer, Connection};
use crate::figures::{Latency, a_second, count, milliseconds, seconds};
use crate::section::{Effort, Section};
use crate::server::{RowsLock, Server};
use anyhow::{Context, ensure};
use boxoffice_journal::disk::RealDisk;
use boxoffice_journal::{Batch, JournalError, JournalInspection, Motion};
use boxoffice_load::table::Table;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Request, ReservationKey};
use boxoffice_server::ledger::STATE_FILE;
use boxoffice_server::ledger::rows::RowsReader;
use std::path::Path;
use std::time::{Duration, Instant};

/// How far the rows may be behind.
const BACKLOG: &str = "16";
const BACKLOG_BYTES: u64 = 16 << 20;

/// Connections, and requests that each sends together.
const CONNECTIONS: u64 = 4;
const TOGETHER: usize = 128;

/// How long it goes on at the bound, and after it.
const SPAN: Duration = Duration::from_secs(3);

pub(crate) fn measure(effort: Effort<'_>) -> anyhow::Result<Section> {
    let data = effort.folder.join("data");
    let (server, _) = Server::start(&data, &["--backlog-mb", BACKLOG])?;
    Connection::open(server.address(), 0)?.create_event()?;
    let connect = |number| Connection::open(server.address(), number);
    let connections: Vec<_> = (1..=CONNECTIONS).map(connect).collect::<Result<_, _>>()?;
    let mut desks: Vec<_> = connections.into_iter().map(Desk::new).collect();
    let lock = RowsLock::take(&data)?;
    let begun = Instant::now();
    let filling = together(&mut desks, Desk::fill)?;
    let half = half(&data)?;
    let (below, above): (Vec<_>, Vec<_>) =
        filling.into_iter().partition(|seen| seen.answer.reply.version <= half);
    let halved = below.iter().map(|seen| seen.answer.at).max().context("it was slow at once")?;
    let filled = above.iter().map(|seen| seen.answer.at).max().context("it was never slow")?;
    let at_bound = Instant::now();
    let (refused, released): (Vec<_>, Vec<_>) =
        together(&mut desks, |desk| desk.wish_and_release(at_bound + SPAN))?
            .into_iter()
            .partition(|seen| seen.kind == Kind::New);
    let bound = at_bound.elapsed();
    lock.let_go()?;
    let free = Instant::now();
    let after = together(&mut desks, |desk| desk.wish_until(free + 2 * SPAN))?;
    let resumed = after.iter().filter(|seen| seen.is_done()).map(|seen| seen.answer.at).min();
    let resumed = resumed.context("it never resumed")?;
    let after: Vec<_> = after.into_iter().filter(|seen| seen.answer.at >= resumed).collect();
    let mut table =
        Table::of_figures(["backlog", "for", "done a second", "`Unavailable`", "p50", "p99"]);
    table.row(row("below half: holds", &below, halved - begun));
    table.row(row("half to full, slowed: holds", &above, filled - halved));
    table.row(row("full: new holds", &refused, bound));
    table.row(row("full: releases", &released, bound));
    table.row(row("rows go on: holds", &after, free + 2 * SPAN - resumed));
    server.stop()?;
    let note = format!(
        "`--backlog-mb {BACKLOG}`, {CONNECTIONS} connections that each send {TOGETHER} requests \
         together and wait for their answers, and somebody's shell that holds the write lock of \
         `boxoffice.db`. The first hold was taken {} ms after it was let go.",
        (resumed - free).as_millis()
    );
    Ok(("When the rows cannot follow", table, note))
}

fn row(name: &str, seen: &[Seen], span: Duration) -> Vec<String> {
    let done = seen.iter().filter(|seen| seen.is_done()).count() as u64;
    let latency = Latency::of(seen.iter().map(|seen| seen.answer.micros).collect());
    vec![
        name.to_owned(),
        seconds(span),
        a_second(done, span),
        count(seen.len() as u64 - done),
        milliseconds(latency.p50),
        milliseconds(latency.p99),
    ]
}

/// Has every desk do something at the same time, and gathers what they saw.
fn together(
    desks: &mut [Desk],
    work: impl Fn(&mut Desk) -> anyhow::Result<Vec<Seen>> + Sync,
) -> anyhow::Result<Vec<Seen>> {
    let work = &work;
    std::thread::scope(|scope| {
        let working: Vec<_> =
            desks.iter_mut().map(|desk| scope.spawn(move || work(desk))).collect();
        let mut seen = Vec::new();
        for working in working {
            seen.extend(working.join().expect("it does not panic")?);
        }
        Ok(seen)
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    Release,
}

/// A request that was answered.
struct Seen {
    kind: Kind,
    answer: Answer,
}

impl Seen {
    fn is_done(&self) -> bool {
        matches!(self.answer.reply.body, Body::Reservation { .. })
    }
}

/// A connection, and what it holds.
struct Desk {
    connection: Connection,
    held: Vec<ReservationKey>,
}

impl Desk {
    const fn new(connection: Connection) -> Self {
        Self { connection, held: Vec::new() }
    }

    /// Holds places until that is refused.
    fn fill(&mut self) -> anyhow::Result<Vec<Seen>> {
        let mut seen = Vec::new();
        while seen.last().is_none_or(Seen::is_done) {
            seen.extend(self.exchange(TOGETHER, 0)?);
        }
        seen.retain(Seen::is_done);
        Ok(seen)
    }

    /// Wishes and gives back, half and half.
    fn wish_and_release(&mut self, until: Instant) -> anyhow::Result<Vec<Seen>> {
        let mut seen = Vec::new();
        while Instant::now() < until {
            seen.extend(self.exchange(TOGETHER / 2, TOGETHER / 2)?);
        }
        Ok(seen)
    }

    fn wish_until(&mut self, until: Instant) -> anyhow::Result<Vec<Seen>> {
        let mut seen = Vec::new();
        while Instant::now() < until {
            seen.extend(self.exchange(TOGETHER, 0)?);
        }
        Ok(seen)
    }

    fn exchange(&mut self, new: usize, releases: usize) -> anyhow::Result<Vec<Seen>> {
        let mut requests: Vec<_> = (0..new).map(|_| self.connection.requests.hold()).collect();
        let kept = self.held.len().saturating_sub(releases);
        let release = |reservation| Request::Release { reservation, keep: None };
        requests.extend(self.held.drain(kept..).map(release));
        let answers = self.connection.exchange(&requests)?;
        let mut seen = Vec::with_capacity(answers.len());
        for (request, answer) in requests.into_iter().zip(answers) {
            check(&answer)?;
            let made = matches!(answer.reply.body, Body::Reservation { .. });
            let kind = match request {
                Request::Hold { id, event, customer, .. } => {
                    if made {
                        self.held.push(ReservationKey { event, id, customer });
                    }
                    Kind::New
                }
                _ => Kind::Release,
            };
            seen.push(Seen { kind, answer });
        }
        Ok(seen)
    }
}

/// Sees that a request was done, or refused as it may be.
fn check(answer: &Answer) -> anyhow::Result<()> {
    let body = &answer.reply.body;
    let behind = Refusal::Unavailable { why: UnavailableWhy::Backlog };
    let is_expected = match body {
        Body::Reservation { .. } => true,
        Body::Refused(refusal) => *refusal == behind,
        _ => false,
    };
    ensure!(is_expected, "answered {body:?}");
    Ok(())
}

/// The version of the only event with which the backlog, which is full, was half full. Its versions
/// are the ledger's positions.
fn half(data: &Path) -> anyhow::Result<u64> {
    let from = RowsReader::open(&data.join(STATE_FILE))?.mark()?.batch();
    let journal = JournalInspection::begin(&RealDisk::look(data.join("journal")))?;
    let mut batches = Vec::new();
    journal.context("there is no journal")?.walk(Motion::Moving, from, |batch: Batch<'_>, _| {
        batches.push((batch.mark.position, batch.place.disk_bytes()));
        Ok::<_, JournalError>(())
    })?;
    let mut bytes = 0;
    for (position, of_batch) in batches.into_iter().rev() {
        bytes += of_batch;
        if bytes > BACKLOG_BYTES / 2 {
            return Ok(position);
        }
    }
    anyhow::bail!("the journal has less than half of the backlog")
}
