//! What an actor asks of the engine, and what it tells its server.

use crate::loading::SnapshotLoader;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::Recorded;
use boxoffice_store::{Batch, Divergence};

/// One thing to ask of the engine. Its answer goes back to the actor that asked; until then the
/// actor asks nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreCall {
    /// Append this, and say [`appended`](crate::EventActor::appended). From the second attempt on
    /// it is the same batch again, and worth a pause before it.
    Append { batch: Batch, attempt: u32 },
    /// Look where the log ends, and say [`ends_at`](crate::EventActor::ends_at).
    End,
    /// Look for the log's snapshot, have this [load](SnapshotLoader::load) what the engine answers,
    /// on a thread that it may keep, and say [`loaded`](crate::EventActor::loaded).
    Snapshot(SnapshotLoader),
    /// Read the log's batches behind this version, and say [`read`](crate::EventActor::read).
    Read { after: u64 },
    /// Write anything that the engine acknowledges as durable (a lease, for one), and say
    /// [`written`](crate::EventActor::written). One write serves all events that wait for one.
    Write { attempt: u32 },
    /// Let another server's append go first: wait for a round trip, and say
    /// [`paused`](crate::EventActor::paused).
    Pause,
}

/// What watchers, views and figures may show.
#[derive(Debug)]
pub enum Shown {
    /// The event is loaded, and this is its state at that version: none if it never was, that of a
    /// tombstone if it is deleted. Watchers begin with a snapshot.
    Snapshot { version: u64, event: Option<Box<Inventory>> },
    /// These changes are durable, and follow those that were shown before.
    Changes(Vec<Recorded>),
    /// The log does not go on from what was shown: watchers are sent a gap, and later a snapshot.
    Gap(Divergence),
}
