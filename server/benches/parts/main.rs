//! What the parts of the server take, each by itself, in time instead of instructions (Criterion):
//! `cargo bench -p boxoffice-benches --bench parts [-- FILTER]`. Memory that is
//! far away shows here and not in `instructions`, so sizes matter: a hundred seats and a hundred
//! thousand, an event that is new and one with a million reservations.

mod dearest;
mod hall;
mod wire;

use boxoffice_inventory::Inventory;
use boxoffice_protocol::reservation::{PlaceCount, Selection, Together};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use hall::Hall;
use std::hint::black_box;

/// Rows and seats of a row: a club, a theatre, an arena.
const SIZES: [(u16, u16); 3] = [(10, 10), (64, 64), (250, 400)];

fn standing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reserve one standing place");
    for reservations in [0, 1_000, 1_000_000] {
        let mut hall = Hall::new(1, 1);
        (0..reservations).for_each(|_| hall.reserve(&Hall::standing()));
        group.bench_function(BenchmarkId::from_parameter(reservations), |bencher| {
            bencher.iter(|| hall.reserve(&Hall::standing()));
        });
    }
}

fn best(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("best seats of a half sold hall, and back");
    for (rows, seats) in SIZES {
        let mut hall = Hall::new(rows, seats);
        hall.sell_half();
        for places in [1, 4] {
            let selection = Selection::Best {
                places: PlaceCount::new(places).expect("a few"),
                section: None,
                together: Together::IfPossible,
            };
            let size = u32::from(rows) * u32::from(seats);
            group.bench_function(BenchmarkId::new(format!("{places}"), size), |bencher| {
                bencher.iter(|| hall.reserve_and_revert(&selection));
            });
        }
    }
}

fn views(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render a seat map");
    for (rows, seats) in SIZES {
        let mut hall = Hall::new(rows, seats);
        hall.sell_half();
        let size = u32::from(rows) * u32::from(seats);
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| black_box(Inventory::seat_map(&hall.inventory)));
        });
    }
}

fn expiry(criterion: &mut Criterion) {
    criterion.bench_function("expire a chunk of due holds", |bencher| {
        bencher.iter_batched_ref(Hall::of_due_holds, Hall::expire, BatchSize::LargeInput);
    });
}

criterion_group!(parts, wire::messages, standing, best, dearest::decisions, views, expiry);
criterion_main!(parts);
