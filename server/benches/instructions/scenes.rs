//! The requests that are counted, each in the hall where it is at home.

use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{
    CustomerId, EventId, LetteredSeat, ReservationId, SeatLabel, SectionName,
};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, IfExpired, Request, ReservationKey};
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use std::ops::Range;
use std::time::Duration;

/// One kind of request, and all that makes it meaningful.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    /// What the table calls it.
    pub(crate) name: &'static str,
    pub(crate) hall: Hall,
    /// How many are rehearsed, and how many counted.
    pub(crate) numbers: u64,
    /// What is asked for before, so that requests with these numbers mean something.
    pub(crate) before: fn(&Maker, Range<u64>) -> Vec<Request>,
    /// The request that counts.
    pub(crate) request: fn(&Maker, u64) -> Request,
    /// What is asked for afterwards, to make it so again.
    pub(crate) after: fn(&Maker, u64) -> Option<Request>,
    /// Whether the answer is the one that belongs to it.
    pub(crate) expects: fn(&Body) -> bool,
}

/// The seats of the event; beside them there is always a floor to stand on.
#[derive(Clone, Copy)]
pub(crate) struct Hall {
    pub(crate) sections: u16,
    pub(crate) rows: u16,
    pub(crate) seats: u16,
}

const CLUB: Hall = Hall { sections: 1, rows: 10, seats: 10 };
const THEATRE: Hall = Hall { sections: 1, rows: 64, seats: 64 };
const ARENA: Hall = Hall { sections: 1, rows: 250, seats: 400 };

/// Requests of a scene that are rehearsed, so that nothing is done for the first time when it
/// counts; then as many are counted.
const MANY: u64 = 1_024;
/// The same where each is long.
pub(crate) const FEW: u64 = 64;

/// Most scenes need nothing before or afterwards.
pub(crate) const PLAIN: Scene = Scene {
    name: "",
    hall: THEATRE,
    numbers: MANY,
    before: |_, _| Vec::new(),
    request: |_, _| Request::Ping,
    after: |_, _| None,
    expects: is_reservation,
};

/// A seat map that no cache has: something changes after each.
const RENDERED: Scene = Scene {
    request: |make, _| Request::Seats { event: make.event(), freshness: Freshness::Fresh },
    after: |make, number| Some(make.reserve(number, standing())),
    expects: |body| matches!(body, Body::Seats(_)),
    ..PLAIN
};

/// A scene that grows one long buffer. Memory of this size the kernel moves; what the C library has
/// itself it copies or not, by what other threads have freed meanwhile.
pub(crate) const LONG_COPIES: &str = "render-100000-seats";

pub(crate) const USUAL: [Scene; 13] = [
    Scene { name: "ping", expects: |body| matches!(body, Body::Pong { .. }), ..PLAIN },
    Scene {
        name: "reserve-seat",
        request: |make, number| make.reserve(number, make.seat(number)),
        ..PLAIN
    },
    Scene {
        name: "reserve-standing",
        request: |make, number| make.reserve(number, standing()),
        ..PLAIN
    },
    Scene {
        name: "hold-seat",
        request: |make, number| make.hold(number, make.seat(number)),
        ..PLAIN
    },
    Scene {
        name: "confirm",
        before: |make, numbers| numbers.map(|n| make.hold(n, make.seat(n))).collect(),
        request: |make, number| Request::Confirm {
            reservation: make.key(number),
            keep: None,
            expired: IfExpired::Refuse,
        },
        ..PLAIN
    },
    Scene {
        name: "release",
        before: |make, numbers| numbers.map(|n| make.hold(n, make.seat(n))).collect(),
        request: |make, number| make.release(number),
        ..PLAIN
    },
    Scene {
        name: "best-4-of-100000",
        hall: ARENA,
        before: |make, _| make.half_an_arena(),
        request: |make, number| make.hold(number, best(4)),
        after: |make, number| Some(make.release(number)),
        ..PLAIN
    },
    Scene {
        name: "get-reservation",
        before: |make, numbers| numbers.map(|n| make.hold(n, make.seat(n))).collect(),
        request: |make, number| Request::GetReservation { reservation: make.key(number) },
        ..PLAIN
    },
    Scene {
        name: "get-event",
        request: |make, _| Request::GetEvent { event: make.event(), freshness: Freshness::Cached },
        expects: |body| matches!(body, Body::Event(_)),
        ..PLAIN
    },
    Scene {
        name: "seats-of-100",
        hall: CLUB,
        request: |make, _| Request::Seats { event: make.event(), freshness: Freshness::Cached },
        expects: |body| matches!(body, Body::Seats(_)),
        ..PLAIN
    },
    Scene { name: "render-100-seats", hall: CLUB, ..RENDERED },
    Scene { name: LONG_COPIES, hall: ARENA, ..RENDERED },
    Scene {
        name: "seats-taken",
        before: |make, _| vec![make.reserve(u64::MAX, make.seat(0))],
        request: |make, number| make.reserve(number, make.seat(0)),
        expects: |body| matches!(body, Body::Refused(Refusal::SeatsTaken { .. })),
        ..PLAIN
    },
];

/// Makes requests. The same number means the same reservation.
pub(crate) struct Maker {
    /// The time in the ids.
    pub(crate) now: Timestamp,
}

impl Maker {
    pub(crate) fn create(&self, hall: &Hall) -> Request {
        let (price, layout) = (4_500, Layout::grid(hall.rows, hall.seats));
        let seated = |index| SectionSpec { name: name(index), price, layout: layout.clone() };
        let mut sections: Vec<SectionSpec> = (0..hall.sections).map(seated).collect();
        let (name, layout) = ("floor".parse().expect("a word"), Layout::standing(1_000_000));
        sections.push(SectionSpec { name, price, layout });
        let spec = EventSpec {
            name: "Dune: Part Two".parse().expect("a name"),
            starts_at: self.now.plus(Duration::from_secs(30 * 86_400)).into(),
            currency: Currency::EUR,
            max_per_customer: None,
            plan: None,
            sections: Sections::new(sections).expect("sections"),
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        };
        Request::CreateEvent { event: self.event(), spec: Box::new(spec) }
    }

    fn event(&self) -> EventId {
        EventId::parse("dune-2").expect("a slug")
    }

    pub(crate) fn key(&self, number: u64) -> ReservationKey {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let customer = CustomerId::parse(&format!("cust{:08}", number % 100_000_000));
        ReservationKey {
            event: self.event(),
            id: ReservationId::new(self.now, random),
            customer: customer.expect("twelve bytes"),
        }
    }

    /// A seat of the theatre, another for every number below 4096.
    fn seat(&self, number: u64) -> Selection {
        let of = |shift: u64| u16::try_from(number / shift % 64).expect("below 64");
        seats([SeatLabel::from(LetteredSeat::new(of(64), of(1)))])
    }

    fn reserve(&self, number: u64, selection: Selection) -> Request {
        let ReservationKey { event, id, customer } = self.key(number);
        Request::Reserve { id, event, customer, selection, order: None }
    }

    pub(crate) fn hold(&self, number: u64, selection: Selection) -> Request {
        let ReservationKey { event, id, customer } = self.key(number);
        Request::Hold { id, event, customer, selection, ttl_ms: Some(1_800_000), order: None }
    }

    pub(crate) fn release(&self, number: u64) -> Request {
        Request::Release { reservation: self.key(number), keep: None }
    }

    /// The name that a seat's label has for its section.
    pub(crate) fn section(&self, hall: Hall, section: u16) -> Option<SectionName> {
        (hall.sections > 1).then(|| name(section))
    }

    /// Takes all seats of a hall with such numbers.
    pub(crate) fn take(&self, hall: Hall, is_taken: fn(u16) -> bool) -> Vec<Request> {
        let rows =
            (0..hall.sections).flat_map(|section| (0..hall.rows).map(move |row| (section, row)));
        let labels = rows.flat_map(|(section, row)| {
            let section = self.section(hall, section);
            let numbers = (0..hall.seats).filter(move |&number| is_taken(number));
            numbers.map(move |number| label(section.as_ref(), row, number))
        });
        let labels: Vec<SeatLabel> = labels.collect();
        let some = (0..).zip(labels.chunks(100));
        some.map(|(index, some)| self.reserve(u64::MAX - index, seats(some.to_vec()))).collect()
    }

    /// Takes about half of the arena's seats, in runs as long as parties are large.
    fn half_an_arena(&self) -> Vec<Request> {
        let mut random = fastrand::Rng::with_seed(1);
        let mut requests = Vec::new();
        for row in 0..ARENA.rows {
            let mut taken = Vec::new();
            let mut number = 0;
            while number < ARENA.seats {
                let end = (number + random.u16(1..=6)).min(ARENA.seats);
                taken.extend(
                    (number..end).map(|number| SeatLabel::from(LetteredSeat::new(row, number))),
                );
                number = end + random.u16(1..=6);
            }
            for some in taken.chunks(100) {
                let number = u64::MAX - requests.len() as u64;
                requests.push(self.reserve(number, seats(some.to_vec())));
            }
        }
        requests
    }
}

/// A section's name, the longest that there is; the first is that of smaller halls.
fn name(section: u16) -> SectionName {
    let name = match section {
        0 => "stalls".to_owned(),
        section => format!("section-{section:03}-of-the-open-air-hall"),
    };
    name.parse().expect("at most 32 bytes")
}

/// The label of a seat, with its section's name if there is one.
pub(crate) fn label(section: Option<&SectionName>, row: u16, number: u16) -> SeatLabel {
    let section = section.map(|name| name.as_str());
    LetteredSeat { section, row, number }.into()
}

pub(crate) fn seats(labels: impl IntoIterator<Item = SeatLabel>) -> Selection {
    Selection::Seats(SeatLabels::new(labels).expect("different seats"))
}

fn standing() -> Selection {
    Selection::Standing { places: PlaceCount::ONE, section: None }
}

pub(crate) fn best(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a few");
    Selection::Best { places, section: None, together: Together::IfPossible }
}

fn is_reservation(body: &Body) -> bool {
    matches!(body, Body::Reservation { .. })
}
