//! Every [`Mutant`] is caught, and what catches it says nothing without one.

use crate::{SEEDS, live};
use boxoffice_journal::trials;
use boxoffice_mutants::{Mutant, with};
use boxoffice_store::laws;
use boxoffice_store::{Memory, MemoryBench};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The test that catches a mutant.
#[derive(Debug, Clone, Copy)]
enum Net {
    /// A world; see [`live`].
    Simulation,
    /// A random schedule of faults under a journal.
    JournalFaults,
    /// Every bit of a journal, flipped.
    JournalDamage,
    /// The laws of a store, on the engine in memory.
    StoreLaws,
}

const ALL: [(Mutant, Net); 48] = [
    (Mutant::AnswerBeforeSync, Net::Simulation),
    (Mutant::ApplyBeforeRecord, Net::Simulation),
    (Mutant::ChecksumWithoutHeader, Net::JournalDamage),
    (Mutant::ExpiryAtReplayTime, Net::Simulation),
    (Mutant::FolderNeverSynced, Net::Simulation),
    (Mutant::TornTailKept, Net::JournalFaults),
    (Mutant::LastBatchNotRewritten, Net::Simulation),
    (Mutant::SegmentRemovedBeforeRowsCommit, Net::Simulation),
    (Mutant::IdConflictIgnored, Net::Simulation),
    (Mutant::GatedOnOwnChangeOnly, Net::Simulation),
    (Mutant::RefusalNotGated, Net::Simulation),
    (Mutant::ViewNotGated, Net::Simulation),
    (Mutant::OldViewTold, Net::Simulation),
    (Mutant::FailedSyncIgnored, Net::Simulation),
    (Mutant::FingerprintKeyLost, Net::Simulation),
    (Mutant::ForgottenTooEarly, Net::Simulation),
    (Mutant::TombstonesLost, Net::Simulation),
    (Mutant::PredecessorForgotten, Net::Simulation),
    (Mutant::SweeperExpiresConfirmed, Net::Simulation),
    (Mutant::ReleaseKeepsSeats, Net::Simulation),
    (Mutant::LeaveWhateverItsDeadline, Net::Simulation),
    (Mutant::TakenSeatsSold, Net::Simulation),
    (Mutant::ExpiryNotRecorded, Net::Simulation),
    (Mutant::WatcherSkipsChanges, Net::Simulation),
    (Mutant::WatchForgotten, Net::Simulation),
    (Mutant::CustomerActsForOthers, Net::Simulation),
    (Mutant::OthersReservationsTold, Net::Simulation),
    (Mutant::PrincipalLost, Net::Simulation),
    (Mutant::RevisionIgnored, Net::Simulation),
    (Mutant::ReceiversLimitIgnored, Net::Simulation),
    (Mutant::ExchangedByDuplicate, Net::Simulation),
    (Mutant::GivenBackBeforeTaken, Net::Simulation),
    (Mutant::KeptPriceRenewed, Net::Simulation),
    (Mutant::GiverTold, Net::Simulation),
    (Mutant::OrderConfirmedInPart, Net::Simulation),
    (Mutant::EndedOrderConfirmed, Net::Simulation),
    (Mutant::OtherOrderTold, Net::Simulation),
    (Mutant::ReinstatedOverAnother, Net::Simulation),
    (Mutant::StorePredecessorIgnored, Net::StoreLaws),
    (Mutant::StoreOwnBatchForgotten, Net::StoreLaws),
    (Mutant::StoreChecksumIgnored, Net::StoreLaws),
    (Mutant::StoreTakesTheFuture, Net::StoreLaws),
    (Mutant::StoreTrimsUncovered, Net::StoreLaws),
    (Mutant::StoreTrimsNewest, Net::StoreLaws),
    (Mutant::StoreSnapshotGoesBack, Net::StoreLaws),
    (Mutant::StoreSnapshotOfLostBranch, Net::StoreLaws),
    (Mutant::StoreTrimsLostBranch, Net::StoreLaws),
    (Mutant::StoreLeaseTaken, Net::StoreLaws),
];

impl Net {
    /// How many seeds it has to catch a mutant.
    const fn seeds(self) -> u64 {
        match self {
            Self::Simulation => SEEDS,
            Self::JournalFaults => 1_000,
            Self::JournalDamage | Self::StoreLaws => 1,
        }
    }

    /// Whether it says that something is wrong, and what.
    fn catches(self, mutant: Option<Mutant>, seed: u64) -> Option<String> {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            with(mutant, || match self {
                Self::Simulation => drop(live(seed)),
                Self::JournalFaults => drop(trials::live_by_chance(seed)),
                Self::JournalDamage => trials::flip_every_bit(),
                Self::StoreLaws => keep_store_laws(seed),
            });
        }));
        let said = caught.err()?;
        let text = said.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| said.downcast_ref::<&str>().copied()).unwrap_or_default();
        Some(text.chars().take(160).collect())
    }
}

fn keep_store_laws(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let bench = MemoryBench(Memory::new(1_800_000_000_000));
    runtime.block_on(laws::all(&bench, seed));
}

#[test]
fn every_mutant_is_caught() {
    let mut escaped = Vec::new();
    for (mutant, net) in ALL {
        let seeds = 0..net.seeds();
        let caught =
            seeds.into_iter().find_map(|seed| Some((seed, net.catches(Some(mutant), seed)?)));
        match caught {
            None => escaped.push(mutant),
            Some((seed, said)) => {
                println!("{mutant:?}: {net:?}, seed {seed}: {said}");
                assert_eq!(net.catches(None, seed), None, "without a mutant");
            }
        }
    }
    assert!(escaped.is_empty(), "nobody caught {escaped:?}");
}
