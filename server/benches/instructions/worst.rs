//! The requests that cost most, in the largest events that the limits allow, with every row broken
//! up. The aim is 150,000 instructions at most for each.

use crate::scenes::{FEW, Hall, Maker, PLAIN, Scene, best, label, seats};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{PlaceCount, Selection, Together};
use std::ops::Range;

/// As many sections as an event can have, with as many rows as a request can create: a million seats.
const SECTIONS: Hall = Hall { sections: 254, rows: 196, seats: 20 };
/// As many seats in the longest rows.
const LONG_ROWS: Hall = Hall { sections: 1, rows: 244, seats: 4_096 };
/// Rows whose middle is taken.
const WIDE: Hall = Hall { sections: 1, rows: 500, seats: 2_000 };

const BROKEN: Scene = Scene {
    hall: SECTIONS,
    numbers: FEW,
    before: |make, _| make.take(SECTIONS, is_odd),
    after: |make, number| Some(make.release(number)),
    ..PLAIN
};

const OF_LONG_ROWS: Scene =
    Scene { hall: LONG_ROWS, before: |make, _| make.take(LONG_ROWS, is_odd), ..BROKEN };

const FAR: Scene = Scene {
    hall: WIDE,
    before: |make, _| make.take(WIDE, |number| (105..WIDE.seats - 105).contains(&number)),
    ..BROKEN
};

/// A scene about reservations of a hundred seats that are there before.
const HELD: Scene = Scene {
    before: |make, numbers| {
        let mut before = make.take(SECTIONS, is_odd);
        before.extend(hundreds(make, numbers));
        before
    },
    after: |_, _| None,
    ..BROKEN
};

pub(crate) const WORST: [Scene; 8] = [
    Scene { name: "broken-best-4", request: |make, n| make.hold(n, best(4)), ..BROKEN },
    Scene { name: "broken-best-100", request: |make, n| make.hold(n, best(100)), ..BROKEN },
    Scene {
        name: "not-together",
        request: |make, number| make.hold(number, together(100)),
        after: |_, _| None,
        expects: |body| matches!(body, Body::Refused(Refusal::NotTogether { .. })),
        ..BROKEN
    },
    Scene {
        name: "long-rows-best-100",
        request: |make, number| make.hold(number, best(100)),
        ..OF_LONG_ROWS
    },
    Scene { name: "far-best-50", request: |make, n| make.hold(n, together(50)), ..FAR },
    Scene { name: "hold-100-seats", request: |make, n| make.hold(n, hundred(make, n)), ..BROKEN },
    Scene { name: "release-100-seats", request: |make, n| make.release(n), ..HELD },
    Scene {
        name: "100-seats-taken",
        request: |make, number| make.hold(number, some_seats(make, number, 1)),
        after: |_, _| None,
        expects: |body| matches!(body, Body::Refused(Refusal::SeatsTaken { .. })),
        ..BROKEN
    },
];

const fn is_odd(number: u16) -> bool {
    number % 2 == 1
}

fn together(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a few");
    Selection::Best { places, section: None, together: Together::Required }
}

fn hundreds(make: &Maker, numbers: Range<u64>) -> impl Iterator<Item = Request> {
    numbers.map(|number| make.hold(number, hundred(make, number)))
}

/// A hundred free seats of as many sections, others for every number.
fn hundred(make: &Maker, number: u64) -> Selection {
    some_seats(make, number, 0)
}

fn some_seats(make: &Maker, number: u64, seat: u16) -> Selection {
    let label = |index: u64| {
        let of = |index: u64| u16::try_from(index).expect("below the limits");
        let (section, row) = (of(index % 254), of(index / 254));
        label(make.section(SECTIONS, section).as_ref(), row, seat)
    };
    seats((number * 100..number * 100 + 100).map(label))
}
