//! What a start takes: from rows, and from the journal.

use crate::connection::Connection;
use crate::figures::{count, megabytes, seconds};
use crate::section::{Effort, Large, Section};
use crate::server::{RowsLock, Server, Start};
use anyhow::ensure;
use boxoffice_benches::world::{World, open_rows};
use boxoffice_load::table::Table;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_server::ledger::STATE_FILE;
use std::path::Path;

const MILLION: u64 = 1_000_000;

/// Changes in one transaction, when rows are made.
const TRANSACTION: usize = 16_384;

/// Connections that push changes, and requests that each sends together.
const CONNECTIONS: u64 = 4;
const TOGETHER: u64 = 500;

pub(crate) fn measure(effort: Effort<'_>) -> anyhow::Result<Section> {
    let mut table =
        Table::of_figures(["start with", "time", "CPU", "resident", "peak", "bytes a reservation"]);
    let empty = within(effort.folder, |data| {
        Server::start(data, &[])?.0.stop()?;
        start(data, 0)
    })?;
    table.row(row("nothing".to_owned(), empty, 0, empty));
    let ten = (effort.large == Large::Yes).then_some(10 * MILLION);
    for reservations in [MILLION].into_iter().chain(ten) {
        let found = within(effort.folder, |data| from_rows(data, reservations))?;
        table.row(row(format!("{} in rows", count(reservations)), found, reservations, empty));
    }
    let found = within(effort.folder, |data| {
        only_in_journal(data, MILLION)?;
        start(data, MILLION)
    })?;
    let name = format!("{} in the journal only, after a crash", count(MILLION));
    table.row(row(name, found, MILLION, empty));
    let note = "From the start of the process to `listening on`; the files were in the page cache. \
                Reservations are live, each of one place and of a customer of its own with 12 bytes of \
                name; those in rows have a seat each. Bytes are resident ones beyond those with nothing.";
    Ok(("Restart", table, note.to_owned()))
}

fn row(name: String, start: Start, reservations: u64, empty: Start) -> Vec<String> {
    let Start { wall, cpu, resident, peak } = start;
    let beyond = resident.saturating_sub(empty.resident);
    let each = beyond.checked_div(reservations).map_or_else(String::new, count);
    vec![name, seconds(wall), seconds(cpu), megabytes(resident), megabytes(peak), each]
}

/// Gives a folder that is gone afterwards.
fn within<T>(below: &Path, measure: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let folder = tempfile::tempdir_in(below)?;
    measure(folder.path())
}

/// Starts a server that has so many reservations.
fn start(data: &Path, reservations: u64) -> anyhow::Result<Start> {
    let (server, start) = Server::start(data, &[])?;
    let live = server.figure("reservations_live")?;
    ensure!(live == reservations, "the server has {live} reservations of {reservations}");
    server.stop()?;
    Ok(start)
}

fn from_rows(data: &Path, reservations: u64) -> anyhow::Result<Start> {
    let mut world = World::kept(reservations);
    let mut rows = open_rows(&data.join(STATE_FILE))?;
    world.create_all(&mut rows)?;
    loop {
        let log = world.some(TRANSACTION);
        if log.is_empty() {
            break;
        }
        world.apply(&mut rows, &log)?;
    }
    drop(rows);
    // The first start makes the journal; what is measured is one after a clean stop.
    Server::start(data, &[])?.0.stop()?;
    start(data, reservations)
}

/// Makes a folder that has so many reservations in the journal, and none of them in rows, as it is
/// when a server is killed that was kept from writing them.
pub(crate) fn only_in_journal(data: &Path, reservations: u64) -> anyhow::Result<()> {
    let (server, _) = Server::start(data, &[])?;
    Connection::open(server.address(), 0)?.create_event()?;
    let lock = RowsLock::take(data)?;
    std::thread::scope(|scope| {
        let push = |number| {
            let address = server.address();
            scope.spawn(move || {
                push(&mut Connection::open(address, number)?, reservations / CONNECTIONS)
            })
        };
        let pushing: Vec<_> = (1..=CONNECTIONS).map(push).collect();
        pushing.into_iter().try_for_each(|pushing| pushing.join().expect("it does not panic"))
    })?;
    drop(server);
    lock.let_go()
}

fn push(connection: &mut Connection, reservations: u64) -> anyhow::Result<()> {
    for _ in 0..reservations / TOGETHER {
        let requests: Vec<_> = (0..TOGETHER).map(|_| connection.requests.reserve()).collect();
        for answer in connection.exchange(&requests)? {
            let body = &answer.reply.body;
            let made = matches!(body, Body::Reservation { effect: Effect::Applied, .. });
            ensure!(made, "not reserved: {body:?}");
        }
    }
    Ok(())
}
