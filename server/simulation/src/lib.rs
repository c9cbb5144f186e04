//! A simulation of the whole server: its own framing, catalog, inventory, views, sweeper, ledger,
//! journal and rows, on a disk that fails, with a clock that stands until it is moved, and with
//! clients who lose their connections and ask again. One thread, and one seed chooses all of it.
//!
//! Only sockets, tokio and threads are replaced, and SQLite is trusted: a server dies between its
//! transactions.
//! - `world`: what happens next, by its `weights`. `machine`: the server and what outlives it.
//!   `client`: a client and its connection. `people`: who they are, and what they may ask.
//!   `requests`: what clients ask for.
//! - `history`: what became durable, which is checked at every start and never changes.
//! - `claims`: what clients were told; no answer goes back in time. `check`: in the end, every
//!   answer has to be what the model of an inventory says at the answer's version.
//! - `trace`: the same seed makes the same world, byte for byte. `figures`: how much happened.
//!
//! A world that breaks a law prints its seed; `BOXOFFICE_SEED=…` runs that one only, and
//! `BOXOFFICE_SIMULATION_SECONDS=…` tries new ones for so long.

#![cfg(test)]

mod check;
mod claims;
mod client;
mod figures;
mod history;
mod machine;
mod mutants;
mod people;
mod requests;
mod trace;
mod weights;
mod world;

use boxoffice_protocol::time::Timestamp;
use boxoffice_server::clock::Clock;
use figures::Figures;
use std::panic::catch_unwind;
use std::time::Duration;
use world::{Outcome, live};

/// Worlds that every push tries, always the same.
const SEEDS: u64 = 120;

/// Lives a world, and says how to see it again where it breaks a law.
fn live_and_tell(seed: u64) -> Outcome {
    catch_unwind(|| live(seed)).unwrap_or_else(|_| panic!("replay it with BOXOFFICE_SEED={seed}"))
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn every_law_holds_in_every_world() {
    let replayed = variable("BOXOFFICE_SEED");
    let seconds = variable("BOXOFFICE_SIMULATION_SECONDS").map(Duration::from_secs);
    let clock = Clock::system(Timestamp::default());
    let until = clock.now().plus(seconds.unwrap_or_default());
    let fresh = seconds.map_or(0, |_| fastrand::u64(..));
    let first = replayed.unwrap_or(fresh);
    let at_least = if replayed.is_some() { 1 } else { SEEDS };
    let (mut figures, mut trace) = (Figures::default(), 0);
    while figures.seeds < at_least || clock.now() < until {
        let outcome = live_and_tell(first.wrapping_add(figures.seeds));
        figures += outcome.figures;
        trace ^= outcome.trace;
    }
    println!("from BOXOFFICE_SEED={first}, trace {trace:016x}: {figures}");
    if replayed.is_none() {
        for (name, count) in figures.all() {
            assert!(count > 0, "no {name}");
        }
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    let traces = |seed| (live_and_tell(seed).trace, live_and_tell(seed).trace);
    let worlds: Vec<_> = (1_000..1_005).map(traces).collect();
    for (one, again) in &worlds {
        assert_eq!(one, again);
    }
    assert!(worlds.windows(2).all(|two| two[0].0 != two[1].0));
}
