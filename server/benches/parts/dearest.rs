//! The dearest decisions, in the largest events that the limits allow: the aim is 100 µs at most.

use crate::hall::Hall;
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection, Together};
use criterion::Criterion;
use std::hint::black_box;

pub(crate) fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide about a hold, a million seats broken up");
    let mut measure = |name: &str, hall: &Hall, selection: &Selection| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(hall.consider(selection)));
        });
    };
    let is_odd = |number| number % 2 == 1;
    let mut hall = Hall::of_sections(254, 196, 20);
    hall.sell(is_odd);
    measure("the best 4 of 254 sections", &hall, &best(4, Together::IfPossible));
    measure("the best 100 of 254 sections", &hall, &best(100, Together::IfPossible));
    measure("100 together of 254 sections", &hall, &best(100, Together::Required));
    measure("100 seats of as many sections", &hall, &hundred(&hall, 0));
    measure("100 taken seats of as many sections", &hall, &hundred(&hall, 1));
    let mut hall = Hall::new(244, 4_096);
    hall.sell(is_odd);
    measure("the best 100 of rows of 4096", &hall, &best(100, Together::IfPossible));
    let mut hall = Hall::new(500, 2_000);
    hall.sell(|number| (105..2_000 - 105).contains(&number));
    measure("50 together, far aside", &hall, &best(50, Together::Required));
}

fn best(places: u32, together: Together) -> Selection {
    let places = PlaceCount::new(places).expect("a few");
    Selection::Best { places, section: None, together }
}

fn hundred(hall: &Hall, number: u16) -> Selection {
    let labels = (0..100).map(|section| hall.label(section, 0, number));
    Selection::Seats(SeatLabels::new(labels).expect("different seats"))
}
