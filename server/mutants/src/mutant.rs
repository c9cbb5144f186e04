//! The deliberate bugs.

/// A deliberate bug; see [the table](crate) for what notices it.
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
    /// Another request under a used id gets the reservation that has it.
    IdConflictIgnored,
    /// Answers that changed nothing wait for nothing.
    GatedOnOwnChangeOnly,
    /// Refusals wait for nothing.
    RefusalNotGated,
    /// Views wait for nothing.
    ViewNotGated,
    /// A young view is served although its connection has seen a newer version.
    OldViewTold,
    /// A failed sync is taken for one that did its work.
    FailedSyncIgnored,
    /// The key of fingerprints is another one after every start.
    FingerprintKeyLost,
    /// Ended reservations are remembered for a minute.
    ForgottenTooEarly,
    /// Deleted events are not restored from the rows.
    TombstonesLost,
    /// A created event knows no id of the one that had its slug.
    PredecessorForgotten,
    /// Confirming leaves the deadline.
    SweeperExpiresConfirmed,
    /// Releasing does not free the places.
    ReleaseKeepsSeats,
    /// A leave gives back a hold that was extended since.
    LeaveWhateverItsDeadline,
    /// Seats that were asked for are not checked to be free.
    TakenSeatsSold,
    /// Holds that are due are not expired before the answer that it is sold out.
    ExpiryNotRecorded,
    /// A watcher that fell too far behind goes on with what is left.
    WatcherSkipsChanges,
    /// A watch that begins while there is no room counts as begun.
    WatchForgotten,
    /// A principal bound to one customer may act for all.
    CustomerActsForOthers,
    /// A principal bound to one customer is shown every customer's reservations.
    OthersReservationsTold,
    /// A change is recorded without its principal.
    PrincipalLost,
    /// A hold that was paid late gets its places back, whoever has them.
    ReinstatedOverAnother,
    /// A batch is appended where its version fits, whatever batch is before it.
    StorePredecessorIgnored,
    /// A batch that is sent again meets itself as another's.
    StoreOwnBatchForgotten,
    /// What is read from a store is believed.
    StoreChecksumIgnored,
    /// A batch may be of any time.
    StoreTakesTheFuture,
    /// A log is trimmed beyond what its snapshot has.
    StoreTrimsUncovered,
    /// A trimmed log may lose its newest batch.
    StoreTrimsNewest,
    /// A snapshot replaces one of a later version.
    StoreSnapshotGoesBack,
    /// A snapshot of a lost branch is kept.
    StoreSnapshotOfLostBranch,
    /// A log is trimmed by the snapshot of a lost branch.
    StoreTrimsLostBranch,
    /// A lease is taken from its holder.
    StoreLeaseTaken,
    /// A late duplicate of a transfer is not told by its revision.
    RevisionIgnored,
    /// A transfer does not ask how many places its receiver may have.
    ReceiversLimitIgnored,
    /// A late duplicate of an exchange is not told by its revision.
    ExchangedByDuplicate,
    /// An exchange to places that are taken gives back those that it had.
    GivenBackBeforeTaken,
    /// An exchange renews the prices of places that stay.
    KeptPriceRenewed,
    /// The customer that gave a reservation away is shown it when the request that made it is repeated.
    GiverTold,
    /// An order is confirmed in part: its first held reservation.
    OrderConfirmedInPart,
    /// An order is confirmed although a reservation of it has ended.
    EndedOrderConfirmed,
    /// A reservation of one order is told to belong to whichever another request names.
    OtherOrderTold,
    /// Over a shared store: a reader does not compare a batch's predecessor.
    ReaderSkipsPredecessor,
    /// Over a shared store: an append without an answer counts as lost when a look does not find it.
    UnknownLookedUp,
    /// Over a shared store: an append without an answer is sent again as another batch.
    DecidedTwice,
    /// Over a shared store: answers without a change do not look whether the log has grown.
    RefusalNotConfirmed,
    /// Over a shared store: reads show changes that are on their way.
    SpeculationShown,
    /// Over a shared store: what other servers appended counts as durable.
    OthersTrusted,
    /// Over a shared store: reads show what other servers appended before it is certain.
    DoubtShown,
    /// Over a shared store: a snapshot has no ended reservations.
    SnapshotWithoutEnded,
    /// Over a shared store: a snapshot has no ids of the event's predecessors.
    SnapshotWithoutUsedIds,
    /// Over a shared store: watchers are not told that the log was trimmed before they saw it.
    TrimNotTold,
    /// Over a shared store: an event is unloaded while requests wait for the engine.
    UnloadedTooEarly,
}
