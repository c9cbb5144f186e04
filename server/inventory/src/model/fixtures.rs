//! Events, ids and times that tests share.

use super::dice::Dice;
use crate::command::HoldRules;
use crate::secrets::{CodeKey, EventSecrets};
use boxoffice_plan::{Hall, IndexedPlan, PlanFormat, SourcePlan, plan_digest, read_plan};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, TicketOffer,
    TicketPrice, Tickets,
};
use boxoffice_protocol::id::{CustomerId, EventName, ReservationId, TicketType};
use boxoffice_protocol::request::IfExpired;
use boxoffice_protocol::reservation::PlaceCount;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::sync::Arc;

/// When every test begins.
pub const BEGIN: Timestamp = Timestamp::from_ms(1_800_000_000_000);

pub const SECRETS: EventSecrets = EventSecrets { seed: 7, codes: CodeKey::FOR_TESTS };

pub const RULES: HoldRules = HoldRules {
    default: Duration::from_secs(120),
    min: Duration::from_secs(1),
    max: Duration::from_secs(1_800),
    life: Duration::from_secs(7_200),
    assured_places: None,
    one_seat_a_text: false,
    window: false,
    sees_drafts: true,
};

/// What a confirm may ask.
pub const LATE: [IfExpired; 2] = [IfExpired::Refuse, IfExpired::Reinstate];

/// The longest hold of an agent.
pub const LONG_MS: u64 = 40 * 24 * HOUR;

/// The rules of agents.
pub const AGENTS: HoldRules = HoldRules {
    max: Duration::from_millis(LONG_MS),
    life: Duration::from_millis(60 * 24 * HOUR),
    ..RULES
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
        starts_at: BEGIN.plus(Duration::from_secs(365 * 86_400)).into(),
        currency: Currency::EUR,
        max_per_customer: None,
        plan: None,
        sections: Sections::new(sections.collect()).expect("sections"),
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    }
}

/// The same event with tickets like `adult child`, and prices like `stalls/child=2000 floor/child=-`.
pub fn ticketed(spec: EventSpec, types: &str, prices: &str) -> EventSpec {
    let types = types.split_whitespace().map(ticket_type).collect();
    let prices = prices.split_whitespace().map(ticket_price).collect();
    EventSpec { tickets: Tickets::new(types, prices).expect("tickets"), ..spec }
}

pub fn ticket_type(name: &str) -> TicketType {
    name.parse().expect("a name")
}

/// A price like `stalls/child=2000`, or `stalls/child=-` for what is not sold.
pub fn ticket_price(text: &str) -> TicketPrice {
    let (name, price) = text.split_once('=').expect("category/type=price");
    let (category, name) = name.split_once('/').expect("category/type");
    let offer = price.parse().map_or(TicketOffer::NotSold, TicketOffer::Price);
    let category = category.parse().expect("a name");
    TicketPrice { category, ticket_type: ticket_type(name), offer }
}

pub fn limited(sections: &str, limit: u32) -> EventSpec {
    EventSpec { max_per_customer: NonZeroU32::new(limit), ..event(sections) }
}

pub fn layout(size: &str) -> Layout {
    match size.split_once('x') {
        Some((rows, seats)) => {
            Layout::grid(rows.parse().expect("rows"), seats.parse().expect("seats"))
        }
        None => Layout::standing(size.parse().expect("a capacity")),
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

/// An event in the hall of a plan whose sections are like `stalls=1..4|5..7,A B` (rows, of which each
/// has the notation of a plan) and `floor=10`. A row like `1..4!` is taken as a whole; in `1..4@1@2>1`
/// seat 1 is accessible and seat 2 its companion's.
pub fn planned(sections: &str) -> (EventSpec, Hall) {
    let mut plan = String::from("name = \"Some hall\"\n");
    let mut simple = Vec::new();
    for section in sections.split(';') {
        let (name, places) = section.split_once('=').expect("name=places");
        write!(plan, "[[section]]\nname = \"{name}\"\n").expect("text");
        if let Ok(capacity) = places.parse::<u32>() {
            writeln!(plan, "capacity = {capacity}").expect("text");
            simple.push(format!("{name}={capacity}"));
            continue;
        }
        let mut marks = String::new();
        for (row, label) in places.split(',').zip(b'A'..) {
            let label = char::from(label);
            let mut parts = row.split('@');
            let seats = parts.next().expect("a first part");
            let (seats, whole) = seats.strip_suffix('!').map_or((seats, false), |of| (of, true));
            write!(
                plan,
                "[[section.row]]\nlabel = \"{label}\"\nseats = \"{seats}\"\nwhole = {whole}\n"
            )
            .expect("text");
            for mark in parts {
                let (seat, is) = mark.split_once('>').map_or_else(
                    || (mark, "accessible = true".to_owned()),
                    |(seat, of)| (seat, format!("companion = \"{label}{of}\"")),
                );
                write!(marks, "[[section.seat]]\nseats = \"{label}{seat}\"\n{is}\n").expect("text");
            }
        }
        plan.push_str(&marks);
        simple.push(format!("{name}=1x1"));
    }
    let SourcePlan { file, plan, .. } = read_plan(&plan, PlanFormat::Toml).expect("a plan");
    let mut spec = event(&simple.join(" "));
    spec.plan = Some(plan_digest(&file.canonical()));
    let sections = spec.sections.as_slice().iter().zip(&plan.sections);
    let sections =
        sections.map(|(section, of)| SectionSpec { layout: of.layout(), ..section.clone() });
    spec.sections = Sections::new(sections.collect()).expect("sections");
    (spec, Hall::planned(Arc::new(IndexedPlan::new(Arc::new(plan)))))
}

/// An event in a hall, with a plan or without, with types of tickets or without.
pub fn some_hall(dice: &mut Dice) -> (EventSpec, Hall) {
    let (spec, hall) = some_untyped_hall(dice);
    if dice.once_in(2) {
        return (spec, hall);
    }
    let types = *dice.pick(&["adult", "adult child", "adult child dog"]);
    let mut prices = Vec::new();
    for section in spec.sections.as_slice() {
        for of in types.split(' ') {
            let price = *dice.pick(&["", "", "", "", "=0", "=500", "=700", "=-"]);
            if !price.is_empty() {
                prices.push(format!("{}/{of}{price}", section.name));
            }
        }
    }
    (ticketed(spec, types, &prices.join(" ")), hall)
}

fn some_untyped_hall(dice: &mut Dice) -> (EventSpec, Hall) {
    if dice.once_in(2) {
        return planned(dice.pick::<&str>(&[
            "stalls=1..5 | 6..9,1..4,1..2 | 3..4 | 5..6",
            "stalls=1..7/2 | 2..8/2,1..6;floor=8",
            "left=1 | 2 | 3,1..2;right=1..3 | 4..5;floor=4",
            "stalls=1..63 | 64..70",
            "stalls=1..2!,1..9@1@2>1@9,1..6 | 7..8@7;floor=4",
            "stalls=1..5@3,1..5;tables=1..2!,1..3!,1 | 2..3!",
            "a=1..70 | 71..130 | 131..140",
        ]));
    }
    (some_event(dice), Hall::default())
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
