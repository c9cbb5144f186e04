//! How many changes a second the rows follow on one core, what a backup costs them meanwhile, and
//! how fast, and how large, what they hold is loaded again: `cargo bench -p boxoffice-server --bench rows -- [RESERVATIONS [EVENTS
//! [FILE]]]` (1 million of one event if left out). A file that is named is kept; if it is there,
//! it is only loaded.

use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::event::{Currency, EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::id::{EventId, Principal, ReservationId, Seat};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::ledger::rows::{Identity, Restored, Rows, RowsMark, RowsReader, Wanted};
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

const BEGIN: u64 = 1_800_000_000_000;

/// Changes in one transaction.
const TRANSACTION: usize = 16_384;

/// Reservations made in one millisecond, and how old their ids are by then, at most.
const EACH_MS: u64 = 300;
const AGE_MS: u64 = 100;

/// Reservations between one's beginning and its confirmation.
const BETWEEN: u64 = 100_000;

/// Seats of one event: more reservations are of standing places.
const SEATS: u64 = 1_000_000;

/// Transactions before a backup, to compare with those during it.
const WITHOUT_BACKUP: usize = 20;

type Log = Vec<(EventId, Recorded)>;

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
    let mut rows = Rows::open(path, &Identity { folder: 1, fingerprint_key: [1; 16] })?;
    let mut world = World::new(reservations, events);
    world.create_all(&mut rows)?;
    let (mut wall, mut cpu) = (Duration::ZERO, 0.0);
    loop {
        let log = world.some();
        if log.is_empty() {
            break;
        }
        let (begun, before) = (Instant::now(), cpu_seconds()?);
        world.apply(&mut rows, &log)?;
        wall += begun.elapsed();
        cpu += cpu_seconds()? - before;
    }
    let changes = world.changes - events;
    println!("{changes} changes of {events} events, {TRANSACTION} in a transaction");
    println!("  {:>10.0} a second", changes as f64 / wall.as_secs_f64());
    println!("  {:>10.0} a second of one core's work", changes as f64 / cpu);
    drop(rows);
    println!("  {:>10} bytes of file a reservation", std::fs::metadata(path)?.len() / reservations);
    back_up(path, &mut world)
}

/// Goes on following while the file is copied.
fn back_up(path: &Path, world: &mut World) -> anyhow::Result<()> {
    let mut rows = Rows::open(path, &Identity { folder: 1, fingerprint_key: [1; 16] })?;
    let to = path.with_extension("backup");
    world.reservations *= 100;
    let mut transaction = || {
        let (log, begun) = (world.some(), Instant::now());
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
            let made = RowsReader::open(path)?.backup_to(&to, || Wanted::Yes)?;
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
    let mut rows = Rows::open(path, &Identity { folder: 1, fingerprint_key: [1; 16] })?;
    let (before, begun, cpu) = (resident_bytes()?, Instant::now(), cpu_seconds()?);
    let Restored { events, .. } = rows.restore(|| 7)?;
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    drop(rows);
    let bytes = resident_bytes()?.saturating_sub(before);
    let remembered: usize = events.iter().map(|(event, _)| event.remembered()).sum();
    println!("{remembered} reservations of {} events loaded", events.len());
    println!("  {seconds:>10.2} seconds, {cpu:.2} of one core's work");
    println!("  {:>10.0} bytes each", bytes as f64 / remembered as f64);
    Ok(())
}

/// Every reservation is held; a while later nine of ten are confirmed and one is released. Half of
/// them were made in one step.
struct World {
    reservations: u64,
    slugs: Vec<EventId>,
    versions: Vec<u64>,
    changes: u64,
    next: u64,
    random: fastrand::Rng,
    /// What was held and goes on later.
    held: VecDeque<(u64, usize, ReservationId)>,
}

impl World {
    fn new(reservations: u64, events: u64) -> Self {
        let slugs = (0..events).map(|event| format!("event-{event}").parse());
        let slugs: Vec<EventId> = slugs.collect::<Result<_, _>>().expect("slugs");
        let versions = vec![0; slugs.len()];
        let random = fastrand::Rng::with_seed(7);
        Self { reservations, slugs, versions, changes: 0, next: 0, random, held: VecDeque::new() }
    }

    fn create_all(&mut self, rows: &mut Rows) -> anyhow::Result<()> {
        let spec = spec(self.slugs.len());
        let slugs = 0..self.slugs.len();
        let create = |event| self.recorded(event, Change::Created(Box::new(spec.clone())));
        let log: Log = slugs.map(create).collect();
        self.apply(rows, &log)
    }

    fn apply(&mut self, rows: &mut Rows, log: &Log) -> anyhow::Result<()> {
        self.changes += log.len() as u64;
        let mark = RowsMark { position: self.changes, ..RowsMark::default() };
        Ok(rows.apply(log.iter().map(|(event, recorded)| (event, recorded)), mark)?)
    }

    fn some(&mut self) -> Log {
        let mut log = Log::new();
        while log.len() < TRANSACTION {
            if let Some((_, event, id)) =
                self.held.pop_front_if(|(made, ..)| *made + BETWEEN < self.next)
            {
                let change = match id.as_bytes()[15] % 10 {
                    0 => Change::Released { id, let_go: None },
                    _ => Change::Confirmed { id, let_go: None },
                };
                log.push(self.recorded(event, change));
            } else if self.next < self.reservations {
                log.push(self.begin());
            } else if let Some(last) = self.held.front_mut() {
                last.0 = 0;
                self.next += BETWEEN + 1;
            } else {
                break;
            }
        }
        log
    }

    fn begin(&mut self) -> (EventId, Recorded) {
        let number = self.next;
        self.next += 1;
        let event = self.random.usize(..self.slugs.len());
        let id_time = self.now().as_ms() - self.random.u64(..AGE_MS);
        let random = std::array::from_fn(|_| self.random.u8(..));
        let id = ReservationId::new(Timestamp::from_ms(id_time), random);
        let places = if number < SEATS && self.slugs.len() == 1 {
            let of = |shift: u64, below: u64| u16::try_from(number / shift % below).expect("small");
            TakenPlaces::Seats([Seat::new(0, of(1_000, 1_000), of(1, 1_000))].into_iter().collect())
        } else {
            TakenPlaces::Standing { section: 1, places: 1 }
        };
        let new = NewReservation {
            id,
            fingerprint: self.random.u64(..),
            customer: format!("cust{number:08}").parse().expect("12 bytes"),
            places,
            expires_at: self.now().plus(Duration::from_secs(120)),
        };
        if number.is_multiple_of(2) {
            return self.recorded(event, Change::Reserved(new));
        }
        self.held.push_back((number, event, id));
        self.recorded(event, Change::Held(new))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_ms(BEGIN + self.next / EACH_MS)
    }

    fn recorded(&mut self, event: usize, change: Change) -> (EventId, Recorded) {
        self.versions[event] += 1;
        let principal: Option<Principal> = None;
        let recorded =
            Recorded { version: self.versions[event], at: self.now(), principal, change };
        (self.slugs[event].clone(), recorded)
    }
}

/// One event of a million seats, or many of a hundred.
fn spec(events: usize) -> EventSpec {
    let side = if events == 1 { 1_000 } else { 10 };
    let section = |name: &str, layout| SectionSpec {
        name: name.parse().expect("a word"),
        price: 4_500,
        layout,
    };
    let sections = vec![
        section("stalls", Layout::grid(side, side)),
        section("floor", Layout::Standing { capacity: 1_000_000_000 }),
    ];
    EventSpec {
        name: "Dune: Part Two".parse().expect("a name"),
        starts_at: Timestamp::from_ms(BEGIN),
        currency: Currency::EUR,
        max_per_customer: None,
        sections: Sections::new(sections).expect("sections"),
    }
}

/// User and system time of this process.
fn cpu_seconds() -> anyhow::Result<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = kilobytes.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(kilobytes.unwrap_or_default() * 1_024)
}
