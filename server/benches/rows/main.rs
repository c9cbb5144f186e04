//! How many changes a second the rows follow on one core, what a backup costs them meanwhile, and
//! how fast, and how large, what they hold is loaded again: `cargo bench -p boxoffice-benches --bench
//! rows -- [RESERVATIONS [EVENTS [FILE]]]` (1 million of one event if left out). A file that is
//! named is kept; if it is there, it is only loaded.

use boxoffice_benches::cost;
use boxoffice_benches::world::{World, open_rows};
use boxoffice_server::ledger::rows::{Restored, RowsReader, StillWanted};
use std::path::Path;
use std::time::{Duration, Instant};

/// Changes in one transaction.
const TRANSACTION: usize = 16_384;

/// Transactions before a backup, to compare with those during it.
const WITHOUT_BACKUP: usize = 20;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    let number = |index: usize| arguments.get(index).map_or(Ok(1), |text| text.parse::<u64>());
    let reservations = if arguments.is_empty() { 1_000_000 } else { number(0)? };
    let folder = tempfile::tempdir()?;
    let temporary = folder.path().join("boxoffice.db");
    let path = arguments.get(2).map_or(temporary, Into::into);
    if !path.exists() {
        follow(&path, reservations, number(1)?)?;
    }
    load(&path)
}

fn follow(path: &Path, reservations: u64, events: u64) -> anyhow::Result<()> {
    let mut rows = open_rows(path)?;
    let mut world = World::mixed(reservations, events);
    world.create_all(&mut rows)?;
    let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
    loop {
        let log = world.some(TRANSACTION);
        if log.is_empty() {
            break;
        }
        let (begun, before) = (Instant::now(), cost::of_this_process());
        world.apply(&mut rows, &log)?;
        wall += begun.elapsed();
        cpu += cost::of_this_process() - before;
    }
    let changes = world.changes - events;
    println!("{changes} changes of {events} events, {TRANSACTION} in a transaction");
    println!("  {:>10.0} a second", changes as f64 / wall.as_secs_f64());
    println!("  {:>10.0} a second of one core's work", changes as f64 / cpu.as_secs_f64());
    drop(rows);
    println!("  {:>10} bytes of file a reservation", std::fs::metadata(path)?.len() / reservations);
    back_up(path, &mut world)
}

/// Goes on following while the file is copied.
fn back_up(path: &Path, world: &mut World) -> anyhow::Result<()> {
    let mut rows = open_rows(path)?;
    let to = path.with_extension("backup");
    world.reservations *= 100;
    let mut transaction = || {
        let (log, begun) = (world.some(TRANSACTION), Instant::now());
        world.apply(&mut rows, &log)?;
        anyhow::Ok(begun.elapsed())
    };
    // The first one after opening reads what it goes on from.
    transaction()?;
    let without: Vec<_> = (0..WITHOUT_BACKUP).map(|_| transaction()).collect::<Result<_, _>>()?;
    let mut during = Vec::new();
    let (took, bytes) = std::thread::scope(|scope| {
        let copying = scope.spawn(|| {
            let begun = Instant::now();
            let made = RowsReader::open(path)?.backup_to(&to, || StillWanted::Yes)?;
            anyhow::Ok((begun.elapsed(), made.bytes))
        });
        while !copying.is_finished() {
            during.push(transaction()?);
        }
        copying.join().expect("it does not panic")
    })?;
    let wal = std::fs::metadata(path.with_extension("db-wal"))?.len();
    println!("a backup of {bytes} bytes in {:.2} seconds", took.as_secs_f64());
    for (name, mut times) in [("before it", without), ("during it", during)] {
        times.sort_unstable();
        let [median, most] = [times.len() / 2, times.len() - 1].map(|index| times[index]);
        println!("  {} transactions {name}: {median:.0?}, at most {most:.0?}", times.len());
    }
    println!("  {wal:>10} bytes of WAL at its end");
    std::fs::remove_file(to)?;
    Ok(())
}

fn load(path: &Path) -> anyhow::Result<()> {
    let mut rows = open_rows(path)?;
    let (before, begun, cpu) =
        (cost::resident_bytes("self")?, Instant::now(), cost::of_this_process());
    let Restored { events, .. } = rows.restore(|| 7)?;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = (cost::of_this_process() - cpu).as_secs_f64();
    drop(rows);
    let bytes = cost::resident_bytes("self")?.saturating_sub(before);
    let remembered: usize = events.iter().map(|(event, _)| event.remembered()).sum();
    println!("{remembered} reservations of {} events loaded", events.len());
    println!("  {seconds:>10.2} seconds, {cpu:.2} of one core's work");
    println!("  {:>10.0} bytes each", bytes as f64 / remembered as f64);
    Ok(())
}
