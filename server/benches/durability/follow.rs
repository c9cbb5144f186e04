//! How many changes a second the rows follow.

use crate::figures::{a_second, count};
use crate::restart::only_in_journal;
use crate::section::{Effort, Section};
use crate::server::Server;
use anyhow::ensure;
use boxoffice_benches::cost;
use boxoffice_benches::world::{World, open_rows};
use boxoffice_load::table::Table;
use boxoffice_server::ledger::STATE_FILE;
use std::path::Path;
use std::time::{Duration, Instant};

const RESERVATIONS: u64 = 1_000_000;

/// Changes in one transaction: what a server gathers, where there are so many.
const TRANSACTION: usize = 8_192;

/// How long a server may take to follow.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often it is asked whether it has.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) fn measure(effort: Effort<'_>) -> anyhow::Result<Section> {
    let mut table =
        Table::of_figures(["rows follow", "changes", "a second", "a second of one core's work"]);
    let mixed = mixed(&effort.folder.join(STATE_FILE))?;
    table.row(mixed.row("holds, confirmations, releases, reservations"));
    let server = tempfile::tempdir_in(effort.folder)?;
    let reserved = by_server(server.path())?;
    table.row(reserved.row("reservations, by the server's thread from its journal"));
    let note = format!(
        "{} changes in a transaction. The first writes what is in memory, of one event with a million \
         seats; the second is a start of a server whose rows have nothing yet, until they have all, \
         and reads and decodes the journal too. It is the processor's time of that thread alone.",
        count(TRANSACTION as u64)
    );
    Ok(("How fast the rows follow", table, note))
}

/// Changes that were followed, and what that cost.
struct Followed {
    changes: u64,
    wall: Duration,
    cpu: Duration,
}

impl Followed {
    fn row(&self, name: &str) -> [String; 4] {
        let Self { changes, wall, cpu } = *self;
        [name.to_owned(), count(changes), a_second(changes, wall), a_second(changes, cpu)]
    }
}

fn mixed(path: &Path) -> anyhow::Result<Followed> {
    let mut rows = open_rows(path)?;
    let mut world = World::mixed(RESERVATIONS, 1);
    world.create_all(&mut rows)?;
    let mut followed = Followed { changes: 0, wall: Duration::ZERO, cpu: Duration::ZERO };
    loop {
        let log = world.some(TRANSACTION);
        if log.is_empty() {
            return Ok(followed);
        }
        let (begun, cpu) = (Instant::now(), cost::of_this_thread());
        world.apply(&mut rows, &log)?;
        followed.wall += begun.elapsed();
        followed.cpu += cost::of_this_thread() - cpu;
        followed.changes += log.len() as u64;
    }
}

#[expect(clippy::disallowed_methods, reason = "asking all the time would take a core from it")]
fn by_server(data: &Path) -> anyhow::Result<Followed> {
    only_in_journal(data, RESERVATIONS)?;
    let (server, _) = Server::start(data, &[])?;
    let begun = Instant::now();
    // It has begun before this thread could look.
    let (before, cpu) = (server.figure("changes_behind")?, server.cpu_of_follower()?);
    while server.figure("changes_behind")? > 0 {
        ensure!(begun.elapsed() < PATIENCE, "the rows do not follow");
        std::thread::sleep(LOOK);
    }
    let (wall, cpu) = (begun.elapsed(), server.cpu_of_follower()?.saturating_sub(cpu));
    server.stop()?;
    Ok(Followed { changes: before, wall, cpu })
}
