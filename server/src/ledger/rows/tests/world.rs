//! Some events to which random things happen, as the server would let them happen.

use boxoffice_inventory::{
    Command, Decision, EventSecrets, Exchange, Hall, HoldRules, Inventory, Transfer,
};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{
    Currency, CustomerLimit, Edit, EventSpec, EventUpdate, Layout, LayoutUpdate, Presentation,
    Publication, Sales, SalesTime, SectionSpec, SectionUpdate, Sections, TicketOffer, TicketPrice,
    Tickets,
};
use boxoffice_protocol::id::{
    CustomerId, EventId, OrderNumber, Principal, ReservationId, SectionName, TicketType,
};
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{
    PlaceCount, RequestedTypes, SeatLabels, Selection, Together,
};
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

const BEGIN: Timestamp = Timestamp::from_ms(1_800_000_000_000);

const RULES: HoldRules = HoldRules {
    default: Duration::from_secs(120),
    min: Duration::from_secs(1),
    max: Duration::from_secs(1_800),
    life: Duration::from_secs(7_200),
    assured_places: None,
    one_seat_a_text: false,
    window: false,
    sees_drafts: true,
};

const SLUGS: [&str; 3] = ["dune-2", "opera", "x"];

/// The events by their slug, deleted ones included.
pub(super) type Inventories = BTreeMap<EventId, Inventory>;

/// Every change, in the order in which they were made.
pub(super) type Log = Vec<(EventId, Recorded)>;

pub(super) struct World {
    pub(super) inventories: Inventories,
    pub(super) log: Log,
    pub(super) now: Timestamp,
    pub(super) random: fastrand::Rng,
    ids: Vec<(EventId, ReservationId, CustomerId)>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        println!("BOXOFFICE_SEED={seed}");
        Self {
            inventories: Inventories::new(),
            log: Log::new(),
            now: BEGIN,
            random: fastrand::Rng::with_seed(seed),
            ids: Vec::new(),
        }
    }

    /// Lets things happen until there are so many changes or a few more.
    pub(super) fn live_until(&mut self, changes: usize) {
        while self.log.len() < changes {
            self.live();
        }
    }

    fn live(&mut self) {
        let pause = match self.random.u32(..100) {
            0 => 30 * 3_600_000,
            1..5 => 3_600_000,
            5..40 => 0,
            _ => 7_000,
        };
        self.now = self.now.plus(Duration::from_millis(self.random.u64(..=pause)));
        let event = slug(SLUGS[self.random.usize(..SLUGS.len())]);
        let is_there = self.inventories.get(&event).is_some_and(|event| !event.is_deleted());
        match self.random.u32(..200) {
            _ if !is_there => self.create(&event),
            0 => self.ask(&event, &Command::Delete { force: Force::Yes }),
            1..20 => self.update(&event),
            20..110 => self.begin(&event),
            110..115 => self.sweep(&event),
            _ => self.go_on(),
        }
    }

    fn create(&mut self, event: &EventId) {
        let sections: &[(&str, Layout)] = match self.random.u32(..3) {
            0 => &[("stalls", Layout::grid(3, 9))],
            1 => &[("floor", Layout::standing(40))],
            _ => &[
                ("stalls", Layout::grid(2, 12)),
                ("floor", Layout::standing(20)),
                ("balcony", Layout::grid(30, 3)),
            ],
        };
        let random = &mut self.random;
        let sections = sections.iter().map(|(name, layout)| SectionSpec {
            name: name.parse().expect("a word"),
            price: random.u64(..5) * 1_000,
            layout: layout.clone(),
        });
        let sections = Sections::new(sections.collect()).expect("sections");
        let spec = EventSpec {
            name: "Dune: Part Two ✨".parse().expect("a name"),
            starts_at: self.now.plus(Duration::from_secs(1)).into(),
            currency: Currency::EUR,
            max_per_customer: NonZeroU32::new(self.random.u32(..2) * 12),
            plan: None,
            tickets: self.tickets(&sections),
            sections,
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
        };
        self.make(event, Change::Created(Box::new(spec)));
    }

    /// Tickets without types, or for adults and children.
    fn tickets(&mut self, sections: &Sections) -> Tickets {
        if self.random.bool() {
            return Tickets::default();
        }
        let types = ["adult", "child"].map(ticket_type).to_vec();
        let sections = sections.as_slice().iter();
        let prices = sections.filter_map(|section| self.ticket_price(section.name.clone()));
        Tickets::new(types, prices.collect()).expect("each section once")
    }

    fn ticket_price(&mut self, category: SectionName) -> Option<TicketPrice> {
        let offer = match self.random.u32(..4) {
            0 => return None,
            1 => TicketOffer::NotSold,
            price => TicketOffer::Price(u64::from(price - 2) * 500),
        };
        Some(TicketPrice { category, ticket_type: ticket_type("child"), offer })
    }

    fn update(&mut self, event: &EventId) {
        let sizes = [(2, 12), (3, 9), (4, 12), (5, 70)];
        let names = ["stalls", "floor", "balcony", "pit"];
        let name = names[self.random.usize(..names.len())];
        let layout = match name {
            "floor" => LayoutUpdate::Standing {
                capacity: self.random.bool().then(|| self.random.u32(10..60)),
                blocked: self.random.bool().then(|| self.random.u32(..8)),
            },
            _ => {
                let (rows, seats) = sizes[self.random.usize(..sizes.len())];
                Layout::grid(rows, seats).into()
            }
        };
        let section = SectionUpdate {
            name: name.parse().expect("a word"),
            price: Some(self.random.u64(..5) * 1_000),
            layout: self.random.bool().then_some(layout),
        };
        let mut update = EventUpdate::default();
        match self.random.u32(..8) {
            7 => {
                let is_set = self.random.bool();
                update.venue = Some(some(is_set, "Staatsoper ✨"));
                update.description = Some(some(is_set, "An evening.\n\n\\N 'Doors'\\ at 19:00."));
                update.link = Some(some(self.random.bool(), "https://example.org/?a='b'"));
            }
            6 => update.prices = self.ticket_price(section.name).into_iter().collect(),
            0 => update.sales = Some(Sales::Closed),
            1 => update.name = Some("Dune".parse().expect("a name")),
            2 => update.max_per_customer = Some(CustomerLimit::Unlimited),
            3 => update.block = self.some_labels(),
            4 => update.unblock = self.some_labels(),
            _ => update.sections = vec![section],
        }
        if update.sales.is_none() {
            update.sales = Some(Sales::Open);
        }
        if self.random.u32(..3) == 0 {
            let from = self.now.plus(Duration::from_millis(self.random.u64(1..4_000)));
            let until = from.plus(Duration::from_millis(self.random.u64(1..4_000)));
            update.sales_from = Some(SalesTime::At(from.into()));
            update.sales_until = Some(match self.random.bool() {
                true => SalesTime::At(until.into()),
                false => SalesTime::Default,
            });
        }
        self.ask(event, &Command::Update { if_version: None, update: &update });
    }

    fn begin(&mut self, event: &EventId) {
        let age = self.random.u64(..3_600_000) * u64::from(self.random.u32(..5) == 0);
        let time = Timestamp::from_ms(self.now.as_ms() - age);
        let id = ReservationId::new(time, std::array::from_fn(|_| self.random.u8(..)));
        let customer: CustomerId = match self.random.u32(..20) {
            0 => "Zoë Ångström, who has a name that takes more room".to_owned(),
            other => format!("customer {}", other % 6),
        }
        .parse()
        .expect("a name");
        let places = PlaceCount::new(self.random.u32(1..6)).expect("some");
        let selection = match self.random.u32(..3) {
            0 => Selection::Standing { places, section: None },
            1 => Selection::Best { places, section: None, together: Together::IfPossible },
            _ => match SeatLabels::new(self.some_labels()) {
                Ok(labels) => Selection::Seats(labels),
                Err(_) => return,
            },
        };
        let asked = match &selection {
            Selection::Seats(labels) => u32::try_from(labels.as_slice().len()).unwrap_or_default(),
            _ => places.as_u32(),
        };
        let types = if self.random.bool() { self.counts(asked) } else { None };
        let selection = match types {
            Some(types) => selection.typed(RequestedTypes::Counts(types)),
            None => selection,
        };
        let (customer_ref, selection, fingerprint) = (&customer, &selection, self.random.u64(..));
        let order = self.random.bool().then(|| self.order());
        let order = order.as_ref().map(OrderNumber::borrowed);
        let command = if self.random.bool() {
            Command::Reserve {
                id,
                fingerprint,
                customer: customer_ref.borrowed(),
                selection,
                order,
            }
        } else {
            Command::Hold {
                id,
                fingerprint,
                customer: customer_ref.borrowed(),
                selection,
                ttl: None,
                order,
            }
        };
        self.ask(event, &command);
        self.ids.push((event.clone(), id, customer));
    }

    fn go_on(&mut self) {
        let recent = self.ids.len().saturating_sub(30);
        if recent == self.ids.len() {
            return;
        }
        let (event, id, customer) = self.ids[self.random.usize(recent..self.ids.len())].clone();
        let shown = self.inventories.get(&event).and_then(|event| event.reservation(&id, self.now));
        let shown_revision = shown.as_ref().map(|of| of.revision);
        let shown_order = shown.as_ref().and_then(|of| of.order.clone());
        let keep = shown.filter(|_| self.random.bool()).and_then(|of| self.part_of(&of));
        let until = self.now.plus(Duration::from_secs(self.random.u64(..600)));
        let to = self.ids[self.random.usize(recent..self.ids.len())].2.clone();
        let order = shown_order.unwrap_or_else(|| self.order());
        let revision = shown_revision.unwrap_or(0);
        let (wanted, with_types) = (self.some_labels(), self.random.bool());
        let wanted = self.exchanged(keep.as_ref(), wanted, with_types);
        let (keep, customer) = (keep.as_ref(), &customer);
        let command = match self.random.u32(..10) {
            8 | 9 => {
                let customer = customer.borrowed();
                Command::Exchange(Exchange { id, customer, if_revision: revision, to: &wanted })
            }
            7 => Command::ConfirmOrder { order: order.borrowed() },
            6 => Command::SetOrder { id, customer: customer.borrowed(), order: order.borrowed() },
            5 => {
                let (from, to) = (customer.borrowed(), to.borrowed());
                Command::Transfer(Transfer { id, from, if_revision: 0, to })
            }
            0 => Command::Extend { id, customer: customer.borrowed(), until },
            1 => Command::Release { id, customer: customer.borrowed(), keep },
            2 => Command::Cancel { id, customer: customer.borrowed(), keep },
            _ => Command::Confirm {
                id,
                customer: customer.borrowed(),
                keep,
                expired: IfExpired::Refuse,
            },
        };
        self.ask(&event, &command);
    }

    fn sweep(&mut self, event: &EventId) {
        while let Some(expiry) = self.inventories[event].due_chunk(self.now) {
            self.make(event, expiry);
        }
    }

    fn ask(&mut self, event: &EventId, command: &Command<'_>) {
        loop {
            let Some(inventory) = self.inventories.get(event) else { return };
            match inventory.decide(command, self.now, &RULES) {
                Decision::Answer(Ok(Some(change))) => return self.make(event, change),
                Decision::Answer(_) => return,
                Decision::ExpireFirst(expiry) => self.make(event, expiry),
            }
        }
    }

    fn make(&mut self, event: &EventId, change: Change) {
        let version = self.inventories.get(event).map_or(0, Inventory::version) + 1;
        let principal = self.random.bool().then(|| Principal::parse("till 3").expect("a name"));
        let recorded = Recorded { version, at: self.now, principal, change };
        follow(&mut self.inventories, event, &recorded);
        self.log.push((event.clone(), recorded));
    }
}

/// What the server does with a change.
pub(super) fn follow(inventories: &mut Inventories, event: &EventId, recorded: &Recorded) {
    let secrets = EventSecrets::of_tables(7);
    match Inventory::create(event.clone(), secrets, recorded, Hall::default()) {
        Some(created) => {
            let before = inventories.remove(event).and_then(|before| before.used_ids());
            let created = created.after(Arc::new(before.unwrap_or_default()), recorded.at);
            inventories.insert(event.clone(), created);
        }
        None => inventories.get_mut(event).expect("it is there").apply(recorded),
    }
}

/// The events after these changes.
pub(super) fn replay(log: &[(EventId, Recorded)]) -> Inventories {
    let mut inventories = Inventories::new();
    for (event, recorded) in log {
        follow(&mut inventories, event, recorded);
    }
    inventories
}

pub(super) fn slug(text: &str) -> EventId {
    EventId::parse(text).expect("a slug")
}

/// The seeds to run: the one in `BOXOFFICE_SEED`, or the first so many.
pub(super) fn seeds(count: u64) -> std::ops::Range<u64> {
    match std::env::var("BOXOFFICE_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().expect("BOXOFFICE_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..count,
    }
}

pub(super) fn ticket_type(name: &str) -> TicketType {
    name.parse().expect("a name")
}

/// A text that a field gets, or none.
fn some<T: FromStr<Err: Debug>>(is_set: bool, text: &str) -> Edit<T> {
    if is_set { Edit::Set(text.parse().expect("a text")) } else { Edit::Clear }
}
