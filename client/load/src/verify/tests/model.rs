//! A naive box office and clients that take their time: a source of histories that are right.

use crate::history::exchange::{
    EventBefore, Exchange, ExchangeOutcome, ExchangePlaces, RefusalClaim, RequestedReservation,
};
use crate::history::packed::ThreadHistory;
use crate::verify::after::{EventAfter, ListedPlaces, ListedReservation, Steadiness};
use boxoffice_client::protocol::event::{
    Counts, Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_client::protocol::id::{EventId, EventName, Seat, SectionName};
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;
use boxoffice_client::protocol::time::Timestamp;
use std::collections::BTreeMap;

pub(super) const MS: u64 = 1_000_000;
pub(super) const HOLD_MS: u64 = 5;
pub(super) const SEATS: u16 = 6;
pub(super) const STANDING: u32 = 5;

/// An [`Exchange`] that owns what it says, to be changed by a test.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) connection: u16,
    pub(super) sent_ns: u64,
    pub(super) done_ns: u64,
    pub(super) version: u64,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Reservation {
        number: u32,
        requested: RequestedReservation,
        effect: Effect,
        status: Status,
        places: Vec<Seat>,
    },
    Standing {
        number: u32,
        requested: RequestedReservation,
        effect: Effect,
        status: Status,
        places: u32,
    },
    Refused {
        code: u16,
        number: u32,
        claim: RefusalClaim,
    },
    Read {
        age_ms: Option<u32>,
        counts: Counts,
    },
    Unknown {
        number: u32,
    },
}

impl Kept {
    fn exchange(&self) -> Exchange<'_> {
        let outcome = match &self.what {
            What::Reservation { number, requested, effect, status, places } => {
                ExchangeOutcome::Reservation {
                    number: *number,
                    requested: *requested,
                    effect: *effect,
                    status: *status,
                    places: ExchangePlaces::Seats(places),
                }
            }
            &What::Standing { number, requested, effect, status, places } => {
                let places = ExchangePlaces::Standing { section: 1, places };
                ExchangeOutcome::Reservation { number, requested, effect, status, places }
            }
            &What::Refused { code, number, claim } => {
                ExchangeOutcome::Refused { code, number: Some(number), claim }
            }
            &What::Read { age_ms, counts } => ExchangeOutcome::Read { age_ms, counts },
            &What::Unknown { number } => ExchangeOutcome::Unknown { number },
        };
        let &Self { connection, sent_ns, done_ns, version, .. } = self;
        Exchange { connection, event: 0, sent_ns, done_ns, version, outcome }
    }
}

/// The histories of two threads that saw these exchanges between them.
pub(super) fn histories(kept: &[Kept], limit: usize) -> Vec<ThreadHistory> {
    let mut histories = vec![ThreadHistory::new(limit), ThreadHistory::new(limit)];
    for exchange in kept {
        histories[usize::from(exchange.connection % 2)].record(&exchange.exchange());
    }
    histories
}

/// An event with one row of seats and room to stand, before anything happened.
pub(super) fn event() -> EventBefore {
    let section = |name, layout| {
        let name = SectionName::parse(name).expect("a word");
        SectionSpec { name, price: 1, layout }
    };
    let sections = Sections::new(vec![
        section("stalls", Layout::grid(1, SEATS)),
        section("floor", Layout::standing(STANDING)),
    ]);
    let free = |free| Counts { free, held: 0, sold: 0, blocked: 0 };
    EventBefore {
        id: EventId::parse("dune-2").expect("a slug"),
        spec: EventSpec {
            name: EventName::parse("Dune").expect("visible"),
            starts_at: Timestamp::from_ms(0).into(),
            currency: Currency::parse("EUR").expect("a code"),
            max_per_customer: None,
            plan: None,
            sections: sections.expect("within the bounds"),
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        },
        version: 1,
        counts: vec![free(SEATS.into()), free(STANDING.into())],
        hold_ms: Some(HOLD_MS),
    }
}

/// What a client does, and when: how long before the decision it was sent, and how long after it
/// the reply was had, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) action: Action,
    pub(super) connection: u16,
    pub(super) pause_us: u64,
    pub(super) before_us: u64,
    pub(super) after_us: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    Hold {
        seat: u16,
        seats: u16,
    },
    Reserve {
        seat: u16,
        seats: u16,
    },
    Stand {
        places: u32,
    },
    HoldStanding {
        places: u32,
    },
    /// Of a reservation that was made before.
    Confirm {
        which: usize,
    },
    Release {
        which: usize,
    },
    Look {
        which: usize,
    },
    Read,
    ReadCached {
        age_ms: u32,
    },
    /// The server settles every due hold.
    Sweep,
}

#[derive(Debug, Clone)]
struct Reservation {
    /// The last change.
    version: u64,
    status: Status,
    expires_ns: u64,
    seats: Vec<Seat>,
    standing: u32,
}

/// The box office: everything in maps, everything looked up.
#[derive(Debug, Default)]
pub(super) struct Model {
    now_ns: u64,
    version: u64,
    reservations: BTreeMap<u32, Reservation>,
    /// Every version, since when, and its counts.
    versions: Vec<(u64, u64, Counts)>,
    pub(super) history: Vec<Kept>,
}

impl Model {
    /// What comes of these steps.
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut model = Self { version: 1, now_ns: 100 * MS, ..Self::default() };
        model.versions.push((1, 0, model.counts()));
        for step in steps {
            model.now_ns += 1 + step.pause_us * 1_000;
            if let Some(what) = model.act(step.action) {
                let version = model.shown(&what);
                model.history.push(Kept {
                    connection: step.connection,
                    sent_ns: model.now_ns - step.before_us * 1_000,
                    done_ns: model.now_ns + step.after_us * 1_000,
                    version,
                    what,
                });
            }
        }
        model
    }

    /// The event after the run.
    pub(super) fn after(&self) -> EventAfter {
        let row = |(&number, reservation): (&u32, &Reservation)| {
            let places = match reservation.standing {
                0 => ListedPlaces::Seats(reservation.seats.clone()),
                places => ListedPlaces::Standing { section: 1, places },
            };
            ListedReservation {
                number: Some(number),
                version: reservation.version,
                status: reservation.status,
                places,
            }
        };
        EventAfter {
            version: self.version,
            counts: self.counts(),
            steadiness: Steadiness::Steady,
            listed_ns: self.now_ns + 1_000 * MS,
            rows: self.reservations.iter().map(row).collect(),
        }
    }

    fn act(&mut self, action: Action) -> Option<What> {
        let held = Status::Held;
        match action {
            Action::Hold { seat, seats } => Some(self.sit(seat, seats, held)),
            Action::Reserve { seat, seats } => Some(self.sit(seat, seats, Status::Confirmed)),
            Action::Stand { places } => Some(self.stand(places, Status::Confirmed)),
            Action::HoldStanding { places } => Some(self.stand(places, held)),
            Action::Confirm { which } => self.change(which, Status::Confirmed),
            Action::Release { which } => self.change(which, Status::Released),
            Action::Look { which } => {
                let number = self.pick(which)?;
                self.settle(Some(number));
                Some(self.tell(number, RequestedReservation::Known, Effect::Unchanged))
            }
            Action::Read => Some(What::Read { age_ms: None, counts: self.counts() }),
            Action::ReadCached { age_ms } => Some(self.view(age_ms)),
            Action::Sweep => {
                self.settle(None);
                None
            }
        }
    }

    fn sit(&mut self, first: u16, seats: u16, status: Status) -> What {
        let number = self.next_number();
        let seats: Vec<_> =
            (first..(first + seats).min(SEATS)).map(|seat| Seat::new(0, 0, seat)).collect();
        self.settle(None);
        let taken = seats.iter().find(|seat| self.live().any(|other| other.seats.contains(seat)));
        if let Some(&seat) = taken {
            return What::Refused { code: 16, number, claim: RefusalClaim::Taken(seat) };
        }
        self.add(number, Reservation { version: 0, status, expires_ns: 0, seats, standing: 0 })
    }

    fn stand(&mut self, places: u32, status: Status) -> What {
        let number = self.next_number();
        self.settle(None);
        let taken: u32 = self.live().map(|other| other.standing).sum();
        if taken + places > STANDING {
            let claim = RefusalClaim::Free(u64::from(STANDING - taken));
            return What::Refused { code: 17, number, claim };
        }
        let seats = vec![];
        self.add(number, Reservation { version: 0, status, expires_ns: 0, seats, standing: places })
    }

    fn add(&mut self, number: u32, mut reservation: Reservation) -> What {
        reservation.expires_ns = self.now_ns + HOLD_MS * MS;
        self.reservations.insert(number, reservation);
        self.changed([number]);
        self.tell(number, RequestedReservation::New, Effect::Applied)
    }

    fn change(&mut self, which: usize, to: Status) -> Option<What> {
        let number = self.pick(which)?;
        self.settle(Some(number));
        let status = self.reservations[&number].status;
        let refused = |code| Some(What::Refused { code, number, claim: RefusalClaim::Nothing });
        match (status, to) {
            (Status::Held, _) => {
                self.reservations.get_mut(&number)?.status = to;
                self.changed([number]);
                Some(self.tell(number, RequestedReservation::Known, Effect::Applied))
            }
            (status, to) if status == to => {
                Some(self.tell(number, RequestedReservation::Known, Effect::Unchanged))
            }
            (Status::Expired, Status::Released) => {
                Some(self.tell(number, RequestedReservation::Known, Effect::Unchanged))
            }
            (Status::Expired, _) => refused(13),
            (Status::Confirmed, _) => refused(14),
            _ => refused(15),
        }
    }

    fn tell(&self, number: u32, requested: RequestedReservation, effect: Effect) -> What {
        let Reservation { status, seats, standing, .. } = self.reservations[&number].clone();
        match standing {
            0 => What::Reservation { number, requested, effect, status, places: seats },
            places => What::Standing { number, requested, effect, status, places },
        }
    }

    /// The view of so long ago.
    fn view(&self, age_ms: u32) -> What {
        let then = self.now_ns.saturating_sub(u64::from(age_ms) * MS);
        let view = self.versions.iter().rfind(|(_, since, _)| *since <= then);
        What::Read { age_ms: Some(age_ms), counts: view.expect("there was a first").2 }
    }

    /// The version that an answer shows.
    fn shown(&self, what: &What) -> u64 {
        let What::Read { age_ms: Some(age_ms), .. } = what else { return self.version };
        let then = self.now_ns.saturating_sub(u64::from(*age_ms) * MS);
        let view = self.versions.iter().rfind(|(_, since, _)| *since <= then);
        view.expect("there was a first").0
    }

    /// Ends holds whose deadline has passed, in one change: this one, or all.
    fn settle(&mut self, only: Option<u32>) {
        let due = |(number, it): &(&u32, &Reservation)| {
            let is_due = it.status == Status::Held && it.expires_ns <= self.now_ns;
            is_due && only.is_none_or(|only| only == **number)
        };
        let due: Vec<_> = self.reservations.iter().filter(due).map(|(&number, _)| number).collect();
        for number in &due {
            if let Some(reservation) = self.reservations.get_mut(number) {
                reservation.status = Status::Expired;
            }
        }
        if !due.is_empty() {
            self.changed(due);
        }
    }

    /// A change of these reservations made a version.
    fn changed(&mut self, numbers: impl IntoIterator<Item = u32>) {
        self.version += 1;
        self.versions.push((self.version, self.now_ns, self.counts()));
        for number in numbers {
            if let Some(reservation) = self.reservations.get_mut(&number) {
                reservation.version = self.version;
            }
        }
    }

    fn live(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.values().filter(|reservation| reservation.status.is_live())
    }

    fn counts(&self) -> Counts {
        let sum = |status| {
            let live = self.live().filter(|reservation| reservation.status == status);
            live.map(|it| it.seats.len() as u64 + u64::from(it.standing)).sum::<u64>()
        };
        let (held, sold) = (sum(Status::Held), sum(Status::Confirmed));
        let capacity = u64::from(SEATS) + u64::from(STANDING);
        Counts { free: capacity - held - sold, held, sold, blocked: 0 }
    }

    fn pick(&self, which: usize) -> Option<u32> {
        let numbers: Vec<_> = self.reservations.keys().copied().collect();
        numbers.get(which % numbers.len().max(1)).copied()
    }

    /// Refused ones have numbers too.
    fn next_number(&self) -> u32 {
        u32::try_from(self.history.len()).expect("a short history")
    }
}
