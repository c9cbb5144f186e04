//! An event, and what happens to it: decided and applied as the server does.

use boxoffice_inventory::{Command, Decision, EXPIRY_CHUNK, HoldRules, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{Currency, EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::id::{CustomerId, ReservationId, SeatLabel};
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3_600);
const RULES: HoldRules = HoldRules { default: HOUR, min: HOUR, max: HOUR, life: HOUR };

/// Reservations whose ids are of the same millisecond.
const MADE_A_MS: u64 = 500;

/// One event with seats and a floor.
pub(crate) struct Hall {
    pub(crate) inventory: Inventory,
    rows: u16,
    seats: u16,
    /// Reservations that were made.
    made: u64,
}

impl Hall {
    pub(crate) fn new(rows: u16, seats: u16) -> Self {
        let section = |name: &str, layout| SectionSpec {
            name: name.parse().expect("a word"),
            price: 4_500,
            layout,
        };
        let sections = vec![
            section("stalls", Layout::grid(rows, seats)),
            section("floor", Layout::Standing { capacity: 1_000_000_000 }),
        ];
        let spec = EventSpec {
            name: "Dune: Part Two".parse().expect("a name"),
            starts_at: NOW,
            currency: Currency::EUR,
            max_per_customer: None,
            sections: Sections::new(sections).expect("two sections"),
        };
        let change = Change::Created(Box::new(spec));
        let created = Recorded { version: 1, at: NOW, principal: None, change };
        let event = "dune-2".parse().expect("a slug");
        let inventory = Inventory::create(event, 7, &created).expect("a creation");
        Self { inventory, rows, seats, made: 0 }
    }

    /// A place to stand.
    pub(crate) fn standing() -> Selection {
        Selection::Standing { places: PlaceCount::ONE, section: None }
    }

    /// Takes every other pair of seats.
    pub(crate) fn sell_half(&mut self) {
        for row in 0..self.rows {
            let taken = (0..self.seats).filter(|number| number / 2 % 2 == 0);
            let labels: Vec<SeatLabel> =
                taken.map(|number| SeatLabel { section: None, row, number }).collect();
            for some in labels.chunks(100) {
                let labels = SeatLabels::new(some.iter().cloned()).expect("different seats");
                self.reserve(&Selection::Seats(labels));
            }
        }
    }

    /// Reserves for a customer who has nothing yet.
    pub(crate) fn reserve(&mut self, selection: &Selection) {
        let (id, customer) = self.next();
        let command = Command::Reserve {
            id,
            fingerprint: self.made,
            customer: customer.borrowed(),
            selection,
        };
        let change = self.decide(&command);
        self.apply(change);
    }

    /// Reserves, and takes that back.
    pub(crate) fn reserve_and_revert(&mut self, selection: &Selection) {
        let (id, customer) = self.next();
        let command = Command::Reserve {
            id,
            fingerprint: self.made,
            customer: customer.borrowed(),
            selection,
        };
        let change = self.decide(&command);
        let recorded = self.apply(change);
        self.inventory.revert(&recorded);
    }

    /// One with as many holds as are expired at once.
    pub(crate) fn of_due_holds() -> Self {
        let mut hall = Self::new(1, 1);
        for _ in 0..EXPIRY_CHUNK {
            let (id, customer) = hall.next();
            let (fingerprint, selection) = (hall.made, Self::standing());
            let (customer, selection) = (&customer, &selection);
            let command = Command::Hold {
                id,
                fingerprint,
                customer: customer.borrowed(),
                selection,
                ttl: None,
            };
            let change = hall.decide(&command);
            hall.apply(change);
        }
        hall
    }

    pub(crate) fn expire(&mut self) {
        let due = self.inventory.due(NOW.plus(2 * HOUR), EXPIRY_CHUNK);
        assert_eq!(due.len(), EXPIRY_CHUNK, "all are due");
        for change in due {
            self.apply(change);
        }
    }

    fn next(&mut self) -> (ReservationId, CustomerId) {
        self.made += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.made.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let customer = CustomerId::parse(&format!("cust{:08}", self.made)).expect("a name");
        let made_at = NOW.plus(Duration::from_millis(self.made / MADE_A_MS));
        (ReservationId::new(made_at, random), customer)
    }

    fn decide(&self, command: &Command<'_>) -> Change {
        match self.inventory.decide(command, NOW, &RULES) {
            Decision::Answer(Ok(Some(change))) => change,
            other => panic!("a reservation, and not {other:?}"),
        }
    }

    fn apply(&mut self, change: Change) -> Recorded {
        let version = self.inventory.version() + 1;
        let recorded = Recorded { version, at: NOW, principal: None, change };
        self.inventory.apply(&recorded);
        recorded
    }
}
