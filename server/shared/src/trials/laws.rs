//! The laws hold in every trial, and a trial notices what breaks them.

use super::asynchronous::ASYNCHRONOUS_SEEDS;
use super::engine::Standby;
use super::figures::{Counted, Figures};
use super::world::live;
use boxoffice_inventory::model::dice::seeds;
use boxoffice_mutants::{Mutant, with};
use std::panic::catch_unwind;

/// Trials that every push lives, always the same.
const SEEDS: u64 = 1_000;

const MUTANTS: [Mutant; 11] = [
    Mutant::ReaderSkipsPredecessor,
    Mutant::UnknownLookedUp,
    Mutant::DecidedTwice,
    Mutant::RefusalNotConfirmed,
    Mutant::SpeculationShown,
    Mutant::OthersTrusted,
    Mutant::DoubtShown,
    Mutant::SnapshotWithoutEnded,
    Mutant::SnapshotWithoutUsedIds,
    Mutant::TrimNotTold,
    Mutant::UnloadedTooEarly,
];

#[test]
fn servers_over_one_store_keep_the_laws() {
    let (seeds, mut figures) = (seeds(SEEDS), Figures::default());
    let is_all = seeds.end - seeds.start == SEEDS;
    for seed in seeds {
        let lived = catch_unwind(|| live(seed, Standby::Synchronous));
        figures += lived.unwrap_or_else(|_| panic!("replay it with BOXOFFICE_SEED={seed}"));
    }
    println!("{figures:?}");
    let others = figures.of(Counted::NotApplied) + figures.of(Counted::Unknown);
    assert!(figures.of(Counted::Decided) > others, "hardly anything is decided");
    assert!(!is_all || figures.is_whole(), "something never happened");
}

#[test]
fn the_same_seed_is_the_same_trial() {
    for seed in 0..5 {
        assert_eq!(
            live(seed, Standby::Synchronous),
            live(seed, Standby::Synchronous),
            "seed {seed}"
        );
    }
}

#[test]
fn every_mutant_of_the_shared_way_is_caught() {
    let mut escaped = Vec::new();
    for mutant in MUTANTS {
        let is_caught = |(seed, standby): &(u64, Standby)| {
            catch_unwind(|| with(Some(mutant), || live(*seed, *standby))).is_err()
        };
        // Some are noticed where more gets lost.
        let asynchronous = (0..ASYNCHRONOUS_SEEDS).map(|seed| (seed, Standby::Asynchronous));
        let synchronous = (0..SEEDS).map(|seed| (seed, Standby::Synchronous));
        match asynchronous.chain(synchronous).find(is_caught) {
            Some(trial) => println!("{mutant:?}: {trial:?}"),
            None => escaped.push(mutant),
        }
    }
    assert!(escaped.is_empty(), "no trial caught {escaped:?}");
}
