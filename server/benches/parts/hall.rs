//! An event, and what happens to it: decided and applied as the server does.

use boxoffice_inventory::{Command, Decision, EXPIRY_CHUNK, EventSecrets, HoldRules, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{CustomerId, LetteredSeat, ReservationId, SeatLabel, SectionName};
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3_600);
const RULES: HoldRules = HoldRules {
    default: HOUR,
    min: HOUR,
    max: HOUR,
    life: HOUR,
    assured_places: None,
    one_seat_a_text: false,
    window: false,
    sees_drafts: true,
};

/// Reservations whose ids are of the same millisecond.
const MADE_A_MS: u64 = 500;

/// One event with seats and a floor.
pub(crate) struct Hall {
    pub(crate) inventory: Inventory,
    sections: u16,
    rows: u16,
    seats: u16,
    /// Reservations that were made.
    made: u64,
}

impl Hall {
    pub(crate) fn new(rows: u16, seats: u16) -> Self {
        Self::of_sections(1, rows, seats)
    }

    /// The same with several sections, all alike.
    pub(crate) fn of_sections(sections: u16, rows: u16, seats: u16) -> Self {
        let section = |name, layout| SectionSpec { name, price: 4_500, layout };
        let seated = (0..sections).map(|index| section(name(index), Layout::grid(rows, seats)));
        let floor = Layout::standing(1_000_000_000);
        let floor = section("floor".parse().expect("a word"), floor);
        let all: Vec<SectionSpec> = seated.chain([floor]).collect();
        let spec = EventSpec {
            name: "Dune: Part Two".parse().expect("a name"),
            starts_at: NOW.plus(720 * HOUR).into(),
            currency: Currency::EUR,
            max_per_customer: None,
            plan: None,
            sections: Sections::new(all).expect("sections"),
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        };
        let change = Change::Created(Box::new(spec));
        let created = Recorded { version: 1, at: NOW, principal: None, change };
        let event = "dune-2".parse().expect("a slug");
        let secrets = EventSecrets::of_tables(7);
        let inventory =
            Inventory::create(event, secrets, &created, boxoffice_inventory::Hall::default())
                .expect("a creation");
        Self { inventory, sections, rows, seats, made: 0 }
    }

    /// A place to stand.
    pub(crate) fn standing() -> Selection {
        Selection::Standing { places: PlaceCount::ONE, section: None }
    }

    /// Takes every other pair of seats.
    pub(crate) fn sell_half(&mut self) {
        self.sell(|number| number / 2 % 2 == 0);
    }

    /// Takes all seats with such numbers.
    pub(crate) fn sell(&mut self, is_taken: impl Fn(u16) -> bool) {
        let (sections, rows) = (self.sections, self.rows);
        let all = (0..sections).flat_map(|section| (0..rows).map(move |row| (section, row)));
        for (section, row) in all {
            let taken = (0..self.seats).filter(|&number| is_taken(number));
            let labels: Vec<SeatLabel> =
                taken.map(|number| self.label(section, row, number)).collect();
            for some in labels.chunks(100) {
                let labels = SeatLabels::new(some.iter().cloned()).expect("different seats");
                self.reserve(&Selection::Seats(labels));
            }
        }
    }

    /// What a seat is called.
    pub(crate) fn label(&self, section: u16, row: u16, number: u16) -> SeatLabel {
        let section = (self.sections > 1).then(|| name(section));
        let section = section.as_ref().map(|name: &SectionName| name.as_str());
        LetteredSeat { section, row, number }.into()
    }

    /// Decides about a hold, without holding anything.
    pub(crate) fn consider(&self, selection: &Selection) -> Decision {
        let ann = CustomerId::parse("ann").expect("a name");
        let (id, customer) = (ReservationId::new(NOW, [7; 10]), ann.borrowed());
        let command =
            Command::Hold { id, fingerprint: 0, customer, selection, ttl: None, order: None };
        self.inventory.decide(&command, NOW, &RULES)
    }

    /// Reserves for a customer who has nothing yet.
    pub(crate) fn reserve(&mut self, selection: &Selection) {
        let (id, customer) = self.next();
        let command = Command::Reserve {
            id,
            fingerprint: self.made,
            customer: customer.borrowed(),
            selection,
            order: None,
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
            order: None,
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
                order: None,
            };
            let change = hall.decide(&command);
            hall.apply(change);
        }
        hall
    }

    pub(crate) fn expire(&mut self) {
        let due = self.inventory.due_chunk(NOW.plus(2 * HOUR)).expect("all are due");
        self.apply(due);
        assert_eq!(self.inventory.live(), 0, "all are expired at once");
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

/// A section's name, the longest that there is.
fn name(section: u16) -> SectionName {
    format!("section-{section:03}-of-the-open-air-hall").parse().expect("32 bytes")
}
