//! The laws hold in every trial, and a trial notices what breaks them.

use super::world::{Figures, live};
use boxoffice_inventory::model::dice::seeds;
use boxoffice_mutants::{Mutant, with};
use std::panic::catch_unwind;

/// Trials that every push lives, always the same.
const SEEDS: u64 = 1_000;

const MUTANTS: [Mutant; 6] = [
    Mutant::ReaderSkipsPredecessor,
    Mutant::UnknownLookedUp,
    Mutant::DecidedTwice,
    Mutant::RefusalNotConfirmed,
    Mutant::SpeculationShown,
    Mutant::OthersTrusted,
];

#[test]
fn servers_over_one_store_keep_the_laws() {
    let (seeds, mut figures) = (seeds(SEEDS), Figures::default());
    let is_all = seeds.end - seeds.start == SEEDS;
    for seed in seeds {
        let lived = catch_unwind(|| live(seed));
        figures += lived.unwrap_or_else(|_| panic!("replay it with BOXOFFICE_SEED={seed}"));
    }
    println!("{figures:?}");
    let everything = figures.all();
    assert!(figures.decided > figures.not_applied + figures.unknown, "hardly anything is decided");
    assert!(!is_all || everything.iter().all(|count| *count > 0), "something never happened");
}

#[test]
fn the_same_seed_is_the_same_trial() {
    for seed in 0..5 {
        assert_eq!(live(seed), live(seed), "seed {seed}");
    }
}

#[test]
fn every_mutant_of_the_shared_way_is_caught() {
    let mut escaped = Vec::new();
    for mutant in MUTANTS {
        let caught = |seed: &u64| catch_unwind(|| with(Some(mutant), || live(*seed))).is_err();
        match (0..SEEDS).find(caught) {
            Some(seed) => println!("{mutant:?}: seed {seed}"),
            None => escaped.push(mutant),
        }
    }
    assert!(escaped.is_empty(), "no trial caught {escaped:?}");
}
