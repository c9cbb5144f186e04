//! What many reservations cost: `cargo bench -p boxoffice-benches --bench scale -- [SECTION
//! [RESERVATIONS]]`, of `seats`, `standing` or `both` (the default), of `ended` or of `due` ones; ten
//! million if left out, and a hundred thousand that are due.
//!
//! [`ended`] and [`due`] say what these print. The others make that many confirmed single-place
//! reservations, each of a customer of its own with a name of twelve bytes, and print for every power
//! of ten what one costs (decide and apply, without a ledger), the longest of all, and how much
//! memory is resident. Costs are times of the processor, and where the kernel ran something else in the middle of one it is not the longest,
//! so that other programs disturb little. Each event has a million seats, as many as it may.

mod due;
mod ended;
mod hold;

use boxoffice_benches::cost;
use boxoffice_benches::world::{BEGIN as NOW, SEATS, SIDE, place, spec};
use boxoffice_inventory::{Command, Decision, EventSecrets, Hall, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{CustomerId, EventId, LetteredSeat, ReservationId, SeatLabel};
use boxoffice_protocol::reservation::{SeatLabels, Selection};
use hold::{RULES, standing};
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Reservations that are timed together.
const ROUND: u64 = 1_000;

/// A reservation that takes longer is noticed by those who wait behind it.
const STALL: Duration = Duration::from_millis(1);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|text| text != "--bench");
    let section = arguments.next().unwrap_or_else(|| "both".to_owned());
    let most = if section == "due" { 100_000 } else { 10_000_000 };
    let reservations = arguments.next().map_or(Ok(most), |text| text.parse::<u64>())?;
    if matches!(section.as_str(), "standing" | "both") {
        println!("standing places of one event");
        Scale::new(1)?.run(reservations, |_, _| standing())?;
    }
    if matches!(section.as_str(), "seats" | "both") {
        println!("seats of events with {SEATS}");
        Scale::new(reservations.div_ceil(SEATS))?.run(reservations, seat)?;
    }
    match section.as_str() {
        "due" => due::run(reservations),
        "ended" => ended::run(reservations),
        _ => Ok(()),
    }
}

fn seat(number: u64, events: u64) -> Selection {
    let (_, number) = place(number, events);
    let of = |shift: u64| u16::try_from(number / shift % u64::from(SIDE)).expect("below the side");
    let label = SeatLabel::from(LetteredSeat::new(of(SIDE.into()), of(1)));
    Selection::Seats(SeatLabels::new([label]).expect("one seat"))
}

/// Events that fill up.
struct Scale {
    events: Vec<Inventory>,
    random: fastrand::Rng,
    resident_before: u64,
    longest: Duration,
    stalls: u64,
    /// How often the kernel had taken the processor away when it was looked at last.
    preempted: u64,
}

impl Scale {
    fn new(events: u64) -> anyhow::Result<Self> {
        let created = Change::Created(Box::new(spec(SIDE)));
        let created = Recorded { version: 1, at: NOW, principal: None, change: created };
        let event = |number| {
            let slug = EventId::parse(&format!("event-{number}")).expect("a slug");
            let secrets = EventSecrets::of_tables(number + 7);
            Inventory::create(slug, secrets, &created, Hall::default()).expect("a creation")
        };
        let events = (0..events).map(event).collect();
        let random = fastrand::Rng::with_seed(7);
        let resident_before = cost::resident_bytes("self")?;
        let (longest, preempted) = (Duration::ZERO, cost::preemptions()?);
        Ok(Self { events, random, resident_before, longest, stalls: 0, preempted })
    }

    fn run(&mut self, all: u64, select: fn(u64, u64) -> Selection) -> anyhow::Result<()> {
        println!(
            "{:>12} {:>8} {:>8} {:>11} {:>7} {:>7}",
            "live", "ns each", "median", "longest", "> 1 ms", "bytes"
        );
        let mut rounds = Vec::new();
        let mut live = 0;
        let mut milestone = ROUND;
        while live < all {
            rounds.push(self.round(live, select)?);
            live += ROUND;
            if live == milestone || live >= all {
                self.report(live, &mut rounds)?;
                milestone *= 10;
            }
        }
        Ok(())
    }

    /// Makes a thousand reservations, and returns what one costs on average.
    fn round(&mut self, first: u64, select: fn(u64, u64) -> Selection) -> anyhow::Result<Duration> {
        let events = self.events.len() as u64;
        let wishes: Vec<(usize, ReservationId, CustomerId, Selection)> = (first..first + ROUND)
            .map(|number| {
                let event = usize::try_from(place(number, events).0).expect("few events");
                let random = std::array::from_fn(|_| self.random.u8(..));
                let customer = CustomerId::parse(&format!("cust{number:08}")).expect("12 bytes");
                (event, ReservationId::new(NOW, random), customer, select(number, events))
            })
            .collect();
        let begun = cost::of_this_thread();
        let mut before = Instant::now();
        for (event, id, customer, selection) in &wishes {
            reserve(&mut self.events[*event], *id, customer, selection);
            let after = Instant::now();
            if after - before > self.longest.min(STALL) {
                self.noticed(after - before)?;
                before = Instant::now();
            } else {
                before = after;
            }
        }
        Ok((cost::of_this_thread() - begun) / u32::try_from(ROUND)?)
    }

    /// A reservation took long; or it was none of its own, and the kernel did something else.
    fn noticed(&mut self, took: Duration) -> anyhow::Result<()> {
        let preempted = cost::preemptions()?;
        if preempted == self.preempted {
            self.stalls += u64::from(took > STALL);
            self.longest = self.longest.max(took);
        }
        self.preempted = preempted;
        Ok(())
    }

    fn report(&mut self, live: u64, rounds: &mut Vec<Duration>) -> anyhow::Result<()> {
        let sum: Duration = rounds.iter().sum();
        let mean = sum.as_nanos() as f64 / rounds.len() as f64;
        // The last rounds only: what it costs with so many live, not on the way there.
        let tail = rounds.len().saturating_sub(100);
        let last = &mut rounds[tail..];
        last.sort_unstable();
        let median = last[last.len() / 2].as_nanos();
        let bytes =
            cost::resident_bytes("self")?.saturating_sub(self.resident_before) as f64 / live as f64;
        let Self { longest, stalls, .. } = self;
        println!("{live:>12} {mean:>8.0} {median:>8} {longest:>11?} {stalls:>7} {bytes:>7.1}");
        std::io::stdout().flush()?;
        rounds.clear();
        Ok(())
    }
}

fn reserve(event: &mut Inventory, id: ReservationId, customer: &CustomerId, selection: &Selection) {
    let command = Command::Reserve {
        id,
        fingerprint: 1,
        customer: customer.borrowed(),
        selection,
        order: None,
    };
    match event.decide(&command, NOW, &RULES) {
        Decision::Answer(Ok(Some(change))) => {
            let version = event.version() + 1;
            event.apply(&Recorded { version, at: NOW, principal: None, change });
        }
        other => panic!("not reserved but {other:?}"),
    }
}
