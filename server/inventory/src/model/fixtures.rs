//! Events, ids and times that tests share.

use super::dice::Dice;
use crate::command::HoldRules;
use boxoffice_protocol::event::{Currency, EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::id::{CustomerId, EventName, ReservationId};
use boxoffice_protocol::reservation::PlaceCount;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::num::NonZeroU32;

/// When every test begins.
pub const BEGIN: Timestamp = Timestamp::from_ms(1_800_000_000_000);

pub const RULES: HoldRules = HoldRules {
    default: Duration::from_secs(120),
    min: Duration::from_secs(1),
    max: Duration::from_secs(1_800),
    life: Duration::from_secs(7_200),
    assured_places: None,
};

pub const HOUR: u64 = 3_600_000;

/// An event with sections like `stalls=3x5` (rows by seats) and `floor=10` (standing places). A
/// place costs 1000 in the first section, 2000 in the second, and so on.
pub fn event(sections: &str) -> EventSpec {
    let sections = sections.split(' ').zip(1..).map(|(section, price)| {
        let (name, size) = section.split_once('=').expect("name=size");
        SectionSpec {
            name: name.parse().expect("a name"),
            price: price * 1_000,
            layout: layout(size),
        }
    });
    EventSpec {
        name: EventName::parse("Dune: Part Two").expect("a name"),
        starts_at: BEGIN.plus(Duration::from_secs(86_400)),
        currency: Currency::EUR,
        max_per_customer: None,
        sections: Sections::new(sections.collect()).expect("sections"),
    }
}

pub fn limited(sections: &str, limit: u32) -> EventSpec {
    EventSpec { max_per_customer: NonZeroU32::new(limit), ..event(sections) }
}

pub fn layout(size: &str) -> Layout {
    match size.split_once('x') {
        Some((rows, seats)) => {
            Layout::grid(rows.parse().expect("rows"), seats.parse().expect("seats"))
        }
        None => Layout::Standing { capacity: size.parse().expect("a capacity") },
    }
}

pub fn id_at(time: Timestamp, number: u64) -> ReservationId {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&(number << 8).to_le_bytes());
    ReservationId::new(time, bytes)
}

pub fn customer(name: &str) -> CustomerId {
    CustomerId::parse(name).expect("a name")
}

pub fn count(places: u32) -> PlaceCount {
    PlaceCount::new(places).expect("1 to 100")
}

pub fn some_event(dice: &mut Dice) -> EventSpec {
    let sections = *dice.pick(&[
        "stalls=3x5",
        "stalls=5x7 floor=8",
        "stalls=2x6 balcony=3x3 floor=5",
        "floor=6",
        "floor=6 pit=4 stalls=1x4",
        "stalls=1x68",
        "a=1x3 b=1x2 c=1x3 d=2x2",
        "stalls=5x2",
    ]);
    if dice.once_in(2) { event(sections) } else { limited(sections, dice.of(3..12)) }
}
