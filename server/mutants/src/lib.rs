//! Deliberate bugs, to see that the tests would notice real ones.
//!
//! Each is a place in the server that asks [`on`] and then does it wrong. Without the feature
//! `active` the answer is a constant no, and nothing of it is compiled. `boxoffice-simulation` turns
//! them on, one at a time, and wants each of them caught:
//!
//! | mutant | what notices it |
//! |---|---|
//! | [`AnswerBeforeSync`](Mutant::AnswerBeforeSync) | simulation: after a loss of power a batch is gone that a later one follows |
//! | [`ApplyBeforeRecord`](Mutant::ApplyBeforeRecord) | simulation: a change that a full disk refused makes versions that never were |
//! | [`ChecksumWithoutHeader`](Mutant::ChecksumWithoutHeader) | the journal's damage: a flipped bit of a header goes unnoticed |
//! | [`ExpiryAtReplayTime`](Mutant::ExpiryAtReplayTime) | simulation: a start changes versions that nothing recorded |
//! | [`FolderNeverSynced`](Mutant::FolderNeverSynced) | simulation: a segment's name is gone after a loss of power |
//! | [`TornTailKept`](Mutant::TornTailKept) | the journal's fault schedules: a later start takes it for damage |
//! | [`LastBatchNotRewritten`](Mutant::LastBatchNotRewritten) | simulation: what a start read after a failed sync is gone after a loss of power |
//! | [`SegmentRemovedBeforeRowsCommit`](Mutant::SegmentRemovedBeforeRowsCommit) | simulation: a start finds a gap between rows and journal |
//! | [`IdConflictIgnored`](Mutant::IdConflictIgnored) | simulation: another request under a used id is no conflict |
//! | [`GatedOnOwnChangeOnly`](Mutant::GatedOnOwnChangeOnly) | simulation: a look, or a no, told of what a crash took back |
//! | [`RefusalNotGated`](Mutant::RefusalNotGated) | simulation: a no told of what a crash took back |
//! | [`ViewNotGated`](Mutant::ViewNotGated) | simulation: a view showed what a crash took back |
//! | [`OldViewTold`](Mutant::OldViewTold) | simulation: a view goes back behind what its connection was told |
//! | [`FailedSyncIgnored`](Mutant::FailedSyncIgnored) | simulation: an answered change is gone after a loss of power |
//! | [`FingerprintKeyLost`](Mutant::FingerprintKeyLost) | simulation: a request that is sent again after a start conflicts with itself |
//! | [`ForgottenTooEarly`](Mutant::ForgottenTooEarly) | simulation: an ended reservation is not found, or made twice |
//! | [`TombstonesLost`](Mutant::TombstonesLost) | simulation: an event created again after a start begins at version 1 |
//! | [`SweeperExpiresConfirmed`](Mutant::SweeperExpiresConfirmed) | simulation: a confirmed reservation is expired |
//! | [`ReleaseKeepsSeats`](Mutant::ReleaseKeepsSeats) | simulation: a released seat is not free |
//! | [`TakenSeatsSold`](Mutant::TakenSeatsSold) | simulation: a seat belongs to two |
//! | [`ExpiryNotRecorded`](Mutant::ExpiryNotRecorded) | simulation: sold out, although holds are due |
//! | [`WatcherSkipsChanges`](Mutant::WatcherSkipsChanges) | simulation: a watcher who fell behind misses versions |
//! | [`WatchForgotten`](Mutant::WatchForgotten) | simulation: a watcher waits in vain |
//! | [`CustomerActsForOthers`](Mutant::CustomerActsForOthers) | simulation: what somebody may not ask is answered |
//! | [`OthersReservationsTold`](Mutant::OthersReservationsTold) | simulation: who acts for one customer learns of another's |
//! | [`PrincipalLost`](Mutant::PrincipalLost) | simulation: a change does not say who made it |

/// A deliberate bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// A batch counts as durable once it is written.
    AnswerBeforeSync,
    /// A change is applied although the ledger refuses it.
    ApplyBeforeRecord,
    /// The checksum of a batch covers its body only.
    ChecksumWithoutHeader,
    /// A start expires what is due by its own clock, and records nothing.
    ExpiryAtReplayTime,
    /// A new segment's name is not made durable.
    FolderNeverSynced,
    /// A start leaves what a crash tore where it is.
    TornTailKept,
    /// A start believes that what it read is durable.
    LastBatchNotRewritten,
    /// Segments go before the rows have what is in them.
    SegmentRemovedBeforeRowsCommit,
    /// Whoever uses an id again gets what is under it.
    IdConflictIgnored,
    /// Answers that changed nothing wait for nothing.
    GatedOnOwnChangeOnly,
    /// Refusals wait for nothing.
    RefusalNotGated,
    /// Views wait for nothing.
    ViewNotGated,
    /// A young view is served to whoever knows better.
    OldViewTold,
    /// A failed sync is taken for one that did its work.
    FailedSyncIgnored,
    /// The key of fingerprints is another one after every start.
    FingerprintKeyLost,
    /// Ended reservations are remembered for a minute.
    ForgottenTooEarly,
    /// Deleted events are not restored from the rows.
    TombstonesLost,
    /// Confirming leaves the deadline.
    SweeperExpiresConfirmed,
    /// Releasing does not free the places.
    ReleaseKeepsSeats,
    /// Nobody looks whether seats that were asked for are free.
    TakenSeatsSold,
    /// Holds that are due are not expired before somebody is told that it is sold out.
    ExpiryNotRecorded,
    /// A watcher who fell too far behind goes on with what is left.
    WatcherSkipsChanges,
    /// A watch that begins while there is no room counts as begun.
    WatchForgotten,
    /// Whoever acts for one customer may act for all.
    CustomerActsForOthers,
    /// Whoever acts for one customer is told of all.
    OthersReservationsTold,
    /// A change is recorded as nobody's.
    PrincipalLost,
}

/// Whether the bug is there. It is not.
#[cfg(not(feature = "active"))]
#[inline]
pub const fn on(_: Mutant) -> bool {
    false
}

#[cfg(feature = "active")]
pub use active::{on, with};

#[cfg(feature = "active")]
mod active {
    use super::Mutant;
    use std::cell::Cell;

    thread_local! {
        static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Whether the bug is there, for this thread.
    pub fn on(mutant: Mutant) -> bool {
        ACTIVE.get() == Some(mutant)
    }

    /// Does some work with a bug, or without.
    pub fn with<T>(mutant: Option<Mutant>, work: impl FnOnce() -> T) -> T {
        struct Reset;
        impl Drop for Reset {
            fn drop(&mut self) {
                ACTIVE.set(None);
            }
        }
        let _reset = Reset;
        ACTIVE.set(mutant);
        work()
    }
}
