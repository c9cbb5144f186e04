//! A standby that lags behind its primary: a failover takes back what was acknowledged.
//!
//! What it breaks is law 2 (an answer was given, and is lost) and of law 6 the order in real time (a
//! later answer has an earlier version). Everything else holds: no seat is sold twice in any state
//! that the log ever has, an id has one effect in it, versions have no gaps, and servers and watchers
//! come to the log that is left, by a gap and a snapshot.

use super::asking::TrialWish;
use super::check::replay;
use super::engine::Standby;
use super::figures::{Counted, Figures};
use super::promises::{Promise, Promises};
use super::world::live;
use boxoffice_inventory::model::dice::seeds;
use boxoffice_inventory::{Command, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::ReservationId;
use std::collections::BTreeSet;
use std::panic::catch_unwind;

/// Trials that every push lives.
pub(super) const ASYNCHRONOUS_SEEDS: u64 = 200;

/// Checks what holds whatever a failover takes back, and counts the reservations that were
/// acknowledged and are gone.
pub(super) fn losses(history: &[Recorded], promises: &Promises) -> u64 {
    let (mut inventory, mut made): (Option<Inventory>, _) = (None, BTreeSet::new());
    for change in history {
        let after = replay(inventory.take(), change);
        after.invariants();
        inventory = Some(after);
        if let Change::Held(new) | Change::Reserved(new) = &change.change {
            assert!(made.insert(new.id), "{} has two effects", new.id);
        }
    }
    let is_lost = |promise: &&Promise| {
        acknowledged(promise).is_some_and(|(id, version)| {
            let change = usize::try_from(version - 1).ok().and_then(|at| history.get(at));
            !matches!(
                change.map(|change| &change.change),
                Some(Change::Held(new) | Change::Reserved(new)) if new.id == id
            )
        })
    };
    promises.0.iter().filter(is_lost).count() as u64
}

/// The reservation that a request was told to have made, and the version.
fn acknowledged(promise: &Promise) -> Option<(ReservationId, u64)> {
    let TrialWish::Command(random) = &promise.wish else { return None };
    let (Command::Hold { id, .. } | Command::Reserve { id, .. }) = random.command() else {
        return None;
    };
    promise.applied().map(|decided| (id, decided.version))
}

#[test]
fn law_2_is_what_an_asynchronous_standby_breaks_and_no_seat_is_sold_twice() {
    let mut figures = Figures::default();
    for seed in seeds(ASYNCHRONOUS_SEEDS) {
        let lived = catch_unwind(|| live(seed, Standby::Asynchronous));
        let lived = lived.unwrap_or_else(|_| panic!("replay it with BOXOFFICE_SEED={seed}"));
        let fails = lived.of(Counted::Failovers) > 0;
        assert!(fails || lived.of(Counted::Lost) == 0, "seed {seed}: lost without a failover");
        figures += lived;
    }
    println!("{figures:?}");
    assert!(figures.of(Counted::Lost) > 0, "a synchronous standby would lose nothing either");
}
