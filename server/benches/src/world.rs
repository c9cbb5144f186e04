//! Events and a long history of their reservations, as the ledger records it.

use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{EventId, Principal, ReservationId, Seat};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::ledger::rows::{Identity, Rows, RowsError, RowsMark};
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

/// When the history begins.
pub const BEGIN: Timestamp = Timestamp::from_ms(1_800_000_000_000);

/// From the beginning until an event starts: its sales are open meanwhile.
const A_MONTH: Duration = Duration::from_secs(30 * 86_400);

/// Seats of a large event: a thousand rows of a thousand, as many as it may have.
pub const SIDE: u16 = 1_000;
pub const SEATS: u64 = SIDE as u64 * SIDE as u64;

/// A small event's rows and seats in a row.
const SMALL_SIDE: u16 = 10;

/// Reservations made in one millisecond, and how old their ids are by then, at most.
const EACH_MS: u64 = 300;
const AGE_MS: u64 = 100;

/// Reservations between one's beginning and its confirmation.
const BETWEEN: u64 = 100_000;

/// Some changes, in order.
pub type Log = Vec<(EventId, Recorded)>;

/// What becomes of reservations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lives {
    /// Half of them are made in one step; the others are held, and a while later nine of ten are
    /// confirmed and one is released.
    Mixed,
    /// All are made in one step and stay, each with a seat of its own.
    Kept,
}

/// Goes on recording until there are so many reservations.
pub struct World {
    pub reservations: u64,
    /// How many changes were recorded.
    pub changes: u64,
    lives: Lives,
    slugs: Vec<EventId>,
    versions: Vec<u64>,
    /// Seats of each event that are given out; where there are no more, places to stand.
    seats: u64,
    next: u64,
    transactions: u64,
    random: fastrand::Rng,
    /// What was held and goes on later.
    held: VecDeque<(u64, usize, ReservationId)>,
}

/// The state file of a benchmark.
///
/// # Errors
/// As [`Rows::open`].
pub fn open_rows(path: &Path) -> Result<Rows, RowsError> {
    Rows::open(path, &Identity { folder: 1, fingerprint_key: [1; 16] })
}

impl World {
    /// Reservations of one large event or of many small ones.
    pub fn mixed(reservations: u64, events: u64) -> Self {
        let seats = if events == 1 { SEATS } else { 0 };
        Self::new(reservations, events, Lives::Mixed, seats)
    }

    /// Reservations that all stay, of as many large events as they need.
    pub fn kept(reservations: u64) -> Self {
        Self::new(reservations, reservations.div_ceil(SEATS), Lives::Kept, SEATS)
    }

    fn new(reservations: u64, events: u64, lives: Lives, seats: u64) -> Self {
        let slugs = (0..events).map(|event| format!("event-{event}").parse());
        let slugs: Vec<EventId> = slugs.collect::<Result<_, _>>().expect("slugs");
        let versions = vec![0; slugs.len()];
        let random = fastrand::Rng::with_seed(7);
        let (changes, next, transactions, held) = (0, 0, 0, VecDeque::new());
        Self {
            reservations,
            changes,
            lives,
            slugs,
            versions,
            seats,
            next,
            transactions,
            random,
            held,
        }
    }

    /// Creates the events.
    ///
    /// # Errors
    /// As [`Rows::apply`].
    pub fn create_all(&mut self, rows: &mut Rows) -> Result<(), RowsError> {
        let spec = spec(if self.seats == 0 { SMALL_SIDE } else { SIDE });
        let slugs = 0..self.slugs.len();
        let create = |event| self.recorded(event, Change::Created(Box::new(spec.clone())));
        let log: Log = slugs.map(create).collect();
        self.apply(rows, &log)
    }

    /// Writes changes in one transaction.
    ///
    /// # Errors
    /// As [`Rows::apply`].
    pub fn apply(&mut self, rows: &mut Rows, log: &Log) -> Result<(), RowsError> {
        self.changes += log.len() as u64;
        self.transactions += 1;
        let (position, sequence, at) = (self.changes, self.transactions, self.now());
        let mark = RowsMark { position, sequence, at, checksum: 0 };
        rows.apply(log.iter().map(|(event, recorded)| (event, recorded)), mark)
    }

    /// The next changes, at most so many; none at the end.
    pub fn some(&mut self, most: usize) -> Log {
        let mut log = Log::new();
        while log.len() < most {
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
        let (event, seat) = self.place(number);
        let id_time = self.now().as_ms() - self.random.u64(..AGE_MS);
        let random = std::array::from_fn(|_| self.random.u8(..));
        let id = ReservationId::new(Timestamp::from_ms(id_time), random);
        let side = u64::from(SIDE);
        let places = if seat < self.seats {
            let of = |number: u64| u16::try_from(number % side).expect("below the side");
            TakenPlaces::Seats([Seat::new(0, of(seat / side), of(seat))].into_iter().collect())
        } else {
            TakenPlaces::Standing { section: 1, places: 1 }
        };
        let new = NewReservation {
            id,
            fingerprint: self.random.u64(..),
            customer: format!("cust{number:08}").parse().expect("12 bytes"),
            places,
            expires_at: self.now().plus(Duration::from_secs(120)),
            order: None,
        };
        if self.lives == Lives::Kept || number.is_multiple_of(2) {
            return self.recorded(event, Change::Reserved(new));
        }
        self.held.push_back((number, event, id));
        self.recorded(event, Change::Held(new))
    }

    /// The event that a reservation is of, and its number there.
    fn place(&mut self, number: u64) -> (usize, u64) {
        match self.lives {
            Lives::Mixed => (self.random.usize(..self.slugs.len()), number),
            Lives::Kept => {
                let (event, number) = place(number, self.slugs.len() as u64);
                (usize::try_from(event).expect("few events"), number)
            }
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_ms(BEGIN.as_ms() + self.next / EACH_MS)
    }

    fn recorded(&mut self, event: usize, change: Change) -> (EventId, Recorded) {
        self.versions[event] += 1;
        let principal: Option<Principal> = None;
        let recorded =
            Recorded { version: self.versions[event], at: self.now(), principal, change };
        (self.slugs[event].clone(), recorded)
    }
}

/// The event that a reservation is of, and its number there, among `events` that fill up alike.
pub fn place(number: u64, events: u64) -> (u64, u64) {
    (number % events, number / events)
}

/// An event with `side` rows of `side` seats, and room for a thousand million to stand.
pub fn spec(side: u16) -> EventSpec {
    let section = |name: &str, layout| SectionSpec {
        name: name.parse().expect("a word"),
        price: 4_500,
        layout,
    };
    let sections = vec![
        section("stalls", Layout::grid(side, side)),
        section("floor", Layout::standing(1_000_000_000)),
    ];
    EventSpec {
        name: "Dune: Part Two".parse().expect("a name"),
        starts_at: BEGIN.plus(A_MONTH).into(),
        currency: Currency::EUR,
        max_per_customer: None,
        plan: None,
        sections: Sections::new(sections).expect("sections"),
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    }
}
