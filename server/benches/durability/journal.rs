//! What a change costs in the journal.

use crate::figures::count;
use crate::section::{Effort, Section};
use anyhow::Context;
use boxoffice_benches::cost;
use boxoffice_benches::world::World;
use boxoffice_journal::disk::{Caching, RealDisk};
use boxoffice_journal::{Batch, BatchMark, Draft, Journal, JournalError, JournalOptions};
use boxoffice_load::table::Table;
use boxoffice_protocol::frame::encode;
use boxoffice_protocol::time::Timestamp;
use bytes::{BufMut, BytesMut};
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Changes in a batch.
const BATCHES: [usize; 4] = [1, 16, 256, 4_096];

/// How long each size is measured.
const SPAN: Duration = Duration::from_secs(3);

/// Different changes that take turns.
const CHANGES: usize = 65_536;

pub(crate) fn measure(effort: Effort<'_>) -> anyhow::Result<Section> {
    let records = records()?;
    let disk = RealDisk::open(effort.folder.join("journal"), Caching::Direct)?;
    let options = JournalOptions::new(7);
    let nobody = |_: Batch<'_>| Ok::<_, JournalError>(());
    let (mut journal, _) = Journal::open(disk, options, BatchMark::default(), nobody)?;
    let mut table = Table::of_figures([
        "changes in a batch",
        "batches a second",
        "changes a second",
        "µs a change",
        "µs of CPU a change",
        "bytes a change",
    ]);
    for size in BATCHES {
        table.row(fill(&mut journal, &records, size)?.row(size));
    }
    let note = "Encoded, checksummed, written past the page cache (`O_DIRECT`) and synced \
                (`fdatasync`), one batch after the other, on one thread. A batch takes whole blocks of \
                4 KiB.";
    Ok(("A change in the journal", table, note.to_owned()))
}

/// What was appended, and what it cost.
#[derive(Default)]
struct Appended {
    batches: u64,
    changes: u64,
    bytes: u64,
    wall: Duration,
    cpu: Duration,
}

impl Appended {
    fn row(&self, size: usize) -> Vec<String> {
        let Self { batches, changes, bytes, wall, cpu } = self;
        let each = |total: f64| total / *changes as f64;
        vec![
            count(size as u64),
            format!("{:.0}", *batches as f64 / wall.as_secs_f64()),
            format!("{:.0}", *changes as f64 / wall.as_secs_f64()),
            format!("{:.2}", each(wall.as_secs_f64() * 1e6)),
            format!("{:.2}", each(cpu.as_secs_f64() * 1e6)),
            format!("{:.0}", each(*bytes as f64)),
        ]
    }
}

/// Appends batches of this size for a while. Segments are prepared on another thread's time, and
/// removed, as a server does it.
fn fill(journal: &mut Journal<RealDisk>, log: &[Record], size: usize) -> anyhow::Result<Appended> {
    let (mut draft, mut scratch, mut done) = (Draft::new(), BytesMut::new(), Appended::default());
    let mut records = log.iter().cycle();
    while done.wall < SPAN {
        if let Some(preparation) = journal.preparation() {
            journal.accept(preparation.run()?);
        }
        if let Some(removal) = journal.forget_through(journal.durable()) {
            removal.run()?;
        }
        let (begun, cpu) = (Instant::now(), cost::of_this_thread());
        draft.clear();
        for record in records.by_ref().take(size) {
            write(&mut draft, &mut scratch, record)?;
        }
        let appended = journal.append(&mut draft, Timestamp::from_ms(1))?;
        done.wall += begun.elapsed();
        done.cpu += cost::of_this_thread() - cpu;
        done.batches += 1;
        done.changes += size as u64;
        done.bytes += appended.place.disk_bytes();
    }
    Ok(done)
}

type Record = (boxoffice_protocol::id::EventId, boxoffice_protocol::change::Recorded);

fn records() -> anyhow::Result<Vec<Record>> {
    let log = World::mixed(CHANGES as u64, 1).some(CHANGES);
    (log.len() == CHANGES).then_some(log).context("the world ended early")
}

/// As a server writes it: its length, then the event and the change.
fn write(draft: &mut Draft, scratch: &mut BytesMut, record: &Record) -> anyhow::Result<()> {
    scratch.clear();
    scratch.put_u32_le(0);
    encode(record, scratch);
    let length = u32::try_from(scratch.len() - size_of::<u32>())?;
    scratch[..size_of::<u32>()].copy_from_slice(&length.to_le_bytes());
    draft.write_all(scratch)?;
    draft.count_record();
    Ok(())
}
