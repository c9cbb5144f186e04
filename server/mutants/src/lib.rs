//! Deliberate bugs, to see that the tests would notice real ones.
//!
//! Each is a place in the server that asks [`on`] and then does it wrong. Without the feature
//! `active` the answer is a constant no, and nothing of it is compiled. `boxoffice-simulation`
//! turns them on, one at a time, and wants each of them caught; `boxoffice-shared` does so with those
//! of a shared store:
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
//! | [`PredecessorForgotten`](Mutant::PredecessorForgotten) | simulation: an id that a deleted event had used is taken for new |
//! | [`SweeperExpiresConfirmed`](Mutant::SweeperExpiresConfirmed) | simulation: a confirmed reservation is expired |
//! | [`ReleaseKeepsSeats`](Mutant::ReleaseKeepsSeats) | simulation: a released seat is not free |
//! | [`LeaveWhateverItsDeadline`](Mutant::LeaveWhateverItsDeadline) | simulation: a hold ends whose customer is back |
//! | [`TakenSeatsSold`](Mutant::TakenSeatsSold) | simulation: a seat belongs to two |
//! | [`ExpiryNotRecorded`](Mutant::ExpiryNotRecorded) | simulation: sold out, although holds are due |
//! | [`WatcherSkipsChanges`](Mutant::WatcherSkipsChanges) | simulation: a watcher that fell behind misses versions |
//! | [`WatchForgotten`](Mutant::WatchForgotten) | simulation: a watcher waits in vain |
//! | [`CustomerActsForOthers`](Mutant::CustomerActsForOthers) | simulation: a request that is not permitted is answered |
//! | [`OthersReservationsTold`](Mutant::OthersReservationsTold) | simulation: a principal bound to one customer learns of another's |
//! | [`PrincipalLost`](Mutant::PrincipalLost) | simulation: a change does not name its principal |
//! | [`RevisionIgnored`](Mutant::RevisionIgnored) | simulation: a late duplicate of a transfer takes effect |
//! | [`ReceiversLimitIgnored`](Mutant::ReceiversLimitIgnored) | simulation: a transfer gives somebody more places than allowed |
//! | [`ExchangedByDuplicate`](Mutant::ExchangedByDuplicate) | simulation: a late duplicate of an exchange takes effect |
//! | [`GivenBackBeforeTaken`](Mutant::GivenBackBeforeTaken) | simulation: an exchange that was refused took the places away |
//! | [`KeptPriceRenewed`](Mutant::KeptPriceRenewed) | simulation: a place that stays costs what it costs today |
//! | [`GiverTold`](Mutant::GiverTold) | simulation: a repeat is shown a reservation that was given away |
//! | [`OrderConfirmedInPart`](Mutant::OrderConfirmedInPart) | simulation: an order is confirmed in part |
//! | [`EndedOrderConfirmed`](Mutant::EndedOrderConfirmed) | simulation: an order is paid that lacks a reservation |
//! | [`OtherOrderTold`](Mutant::OtherOrderTold) | simulation: a reservation is told to be of an order that it is not of |
//! | [`ReinstatedOverAnother`](Mutant::ReinstatedOverAnother) | simulation: a seat belongs to two |
//! | [`StorePredecessorIgnored`](Mutant::StorePredecessorIgnored) | the laws of a store: a batch behind another end is appended |
//! | [`StoreOwnBatchForgotten`](Mutant::StoreOwnBatchForgotten) | the laws of a store: the same batch again is beaten by itself |
//! | [`StoreChecksumIgnored`](Mutant::StoreChecksumIgnored) | the laws of a store: a flipped bit is read |
//! | [`StoreTakesTheFuture`](Mutant::StoreTakesTheFuture) | the laws of a store: a batch of the future is appended |
//! | [`StoreTrimsUncovered`](Mutant::StoreTrimsUncovered) | the laws of a store: batches without a snapshot are gone |
//! | [`StoreTrimsNewest`](Mutant::StoreTrimsNewest) | the laws of a store: the newest batch is gone |
//! | [`StoreSnapshotGoesBack`](Mutant::StoreSnapshotGoesBack) | the laws of a store: an older snapshot replaces a newer one |
//! | [`StoreSnapshotOfLostBranch`](Mutant::StoreSnapshotOfLostBranch) | the laws of a store: a snapshot of a lost branch is kept |
//! | [`StoreTrimsLostBranch`](Mutant::StoreTrimsLostBranch) | the laws of a store: a snapshot of a lost branch trims the log |
//! | [`StoreLeaseTaken`](Mutant::StoreLeaseTaken) | the laws of a store: a lease has two holders |
//! | [`ReaderSkipsPredecessor`](Mutant::ReaderSkipsPredecessor) | a shared store: after a failover a server goes on with what is gone |
//! | [`UnknownLookedUp`](Mutant::UnknownLookedUp) | a shared store: a request that was not applied is in the log |
//! | [`DecidedTwice`](Mutant::DecidedTwice) | a shared store: the batch of its first attempt takes its place |
//! | [`RefusalNotConfirmed`](Mutant::RefusalNotConfirmed) | a shared store: an answer is older than its request |
//! | [`SpeculationShown`](Mutant::SpeculationShown) | a shared store: a read shows what is not durable |
//! | [`OthersTrusted`](Mutant::OthersTrusted) | a shared store: an answer rests on what a failover takes back |
//! | [`DoubtShown`](Mutant::DoubtShown) | a shared store: a read shows what is not durable |
//! | [`SnapshotWithoutEnded`](Mutant::SnapshotWithoutEnded) | a shared store: an ended reservation is not known any more |
//! | [`SnapshotWithoutUsedIds`](Mutant::SnapshotWithoutUsedIds) | a shared store: an id of a deleted event is taken for new |
//! | [`TrimNotTold`](Mutant::TrimNotTold) | a shared store: watchers miss changes |
//! | [`UnloadedTooEarly`](Mutant::UnloadedTooEarly) | a shared store: a request gets no answer |

mod mutant;
mod switch;

pub use mutant::Mutant;
pub use switch::on;
#[cfg(feature = "active")]
pub use switch::with;
