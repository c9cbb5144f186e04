//! Changes that were recorded and wait for the journal: sessions put them in, the committer takes
//! them out. Whatever gathers while one batch is written becomes the next.

use super::entry;
use boxoffice_journal::Draft;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::UnavailableWhy;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::Notify;

/// A batch is closed once it has this many bytes; a change can make it a few megabytes longer.
pub(super) const BATCH_BYTES: usize = 2 << 20;

/// Bytes that may wait. A disk that stalls must not fill the memory.
const MOST_BYTES: usize = 64 << 20;

/// Drafts that are kept for use again.
const KEEP_DRAFTS: usize = 2;

/// The changes that wait for the journal.
#[derive(Debug)]
pub(super) struct Pending {
    state: Mutex<PendingState>,
    /// Notified when there is something to take.
    filled: Condvar,
    /// The same, for a committer that has no thread of its own.
    gathered: Notify,
}

#[derive(Debug)]
struct PendingState {
    /// Batches that are closed, the oldest first.
    full: VecDeque<Draft>,
    open: Draft,
    /// Bytes at which it is closed.
    batch_bytes: usize,
    empty: Vec<Draft>,
    scratch: Vec<u8>,
    recorded: u64,
    waiting_bytes: usize,
    room: RoomLeft,
    closing: bool,
}

/// How much the journal can take without finding space.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoomLeft {
    /// Bytes that are left.
    pub(super) bytes: u64,
    /// Bytes of a whole segment.
    pub(super) segment: u64,
    /// Whether the rows have to catch up before more is admitted.
    pub(super) rows_are_behind: bool,
}

#[derive(Debug)]
pub(super) enum Taken {
    Batch(Draft),
    /// Nothing came in time.
    Nothing,
    /// Nothing is left, and nothing more will come.
    Closed,
}

impl Pending {
    /// Nothing, after `recorded` changes; batches are closed at so many bytes.
    pub(super) fn new(recorded: u64, room: RoomLeft, batch_bytes: usize) -> Self {
        let state = PendingState {
            full: VecDeque::new(),
            open: Draft::new(),
            batch_bytes,
            empty: Vec::new(),
            scratch: Vec::new(),
            recorded,
            waiting_bytes: 0,
            room,
            closing: false,
        };
        Self { state: Mutex::new(state), filled: Condvar::new(), gathered: Notify::new() }
    }

    /// Puts a change in and returns its position.
    pub(super) fn record(
        &self,
        event: &EventId,
        recorded: &Recorded,
    ) -> Result<u64, UnavailableWhy> {
        let mut state = self.state.lock();
        state.admit(Claim::of(&recorded.change))?;
        let PendingState { open, scratch, .. } = &mut *state;
        entry::write(open, scratch, event, recorded).map_err(|_| UnavailableWhy::StorageFailed)?;
        open.count_record();
        let (bytes, open_bytes) = (scratch.len(), open.body().len());
        state.waiting_bytes += bytes;
        state.recorded += 1;
        let position = state.recorded;
        let was_empty = state.full.is_empty() && open_bytes == bytes;
        if open_bytes >= state.batch_bytes {
            let next = state.empty.pop().unwrap_or_default();
            let full = std::mem::replace(&mut state.open, next);
            state.full.push_back(full);
        }
        drop(state);
        if was_empty {
            self.nudge();
        }
        Ok(position)
    }

    pub(super) fn nudge(&self) {
        self.filled.notify_one();
        self.gathered.notify_one();
    }

    /// Returns when there is something to take, or to look at.
    pub(super) async fn gathered(&self) {
        self.gathered.notified().await;
    }

    /// The oldest batch; waits for one at most so long.
    pub(super) fn take(&self, patience: Duration) -> Taken {
        let mut state = self.state.lock();
        if state.is_empty() && !state.closing {
            self.filled.wait_for(&mut state, patience);
        }
        let batch = match state.full.pop_front() {
            Some(batch) => batch,
            None if state.open.is_empty() && state.closing => return Taken::Closed,
            None if state.open.is_empty() => return Taken::Nothing,
            None => {
                let next = state.empty.pop().unwrap_or_default();
                std::mem::replace(&mut state.open, next)
            }
        };
        Taken::Batch(batch)
    }

    /// Gives a batch back that is in the journal, and says how much room that has left.
    pub(super) fn give_back(&self, mut batch: Draft, room: RoomLeft) {
        let mut state = self.state.lock();
        state.waiting_bytes = state.waiting_bytes.saturating_sub(batch.body().len());
        state.room = room;
        if state.empty.len() < KEEP_DRAFTS && batch.body().len() < 2 * BATCH_BYTES {
            batch.clear();
            state.empty.push(batch);
        }
    }

    /// Says how much room the journal has.
    pub(super) fn set_room(&self, room: RoomLeft) {
        self.state.lock().room = room;
    }

    /// Whether a new reservation would be taken now, and why not.
    pub(super) fn admits_new(&self) -> Result<(), UnavailableWhy> {
        self.state.lock().admit(Claim::NEW)
    }

    /// How many changes were recorded.
    pub(super) fn recorded(&self) -> u64 {
        self.state.lock().recorded
    }

    /// Whether nothing more will come.
    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().closing
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.state.lock().closing = true;
        self.nudge();
    }
}

impl PendingState {
    fn is_empty(&self) -> bool {
        self.full.is_empty() && self.open.is_empty()
    }

    /// Whether there is room for a change with this claim. The less there is left, the fewer get
    /// some: what frees places is kept possible longest.
    fn admit(&self, claim: Claim) -> Result<(), UnavailableWhy> {
        if self.closing {
            return Err(UnavailableWhy::ShuttingDown);
        }
        if self.waiting_bytes >= MOST_BYTES || claim.is_new && self.room.rows_are_behind {
            return Err(UnavailableWhy::Backlog);
        }
        let left = self.room.bytes.saturating_sub(self.waiting_bytes as u64);
        if left <= self.room.segment / 16 * claim.kept_free {
            return Err(UnavailableWhy::StorageFull);
        }
        Ok(())
    }
}

/// A change's claim on scarce room, by its kind.
#[derive(Debug, Clone, Copy)]
struct Claim {
    /// Whether it makes the state larger, and waits for the rows.
    is_new: bool,
    /// Sixteenths of a segment that it leaves to others.
    kept_free: u64,
}

impl Claim {
    const NEW: Self = Self { is_new: true, kept_free: 4 };

    fn of(change: &Change) -> Self {
        let kept_free = match change {
            Change::Held(_) | Change::Reserved(_) | Change::Created(_) => return Self::NEW,
            Change::Expired { .. } | Change::SalesMoved { .. } | Change::Forfeited { .. } => 0,
            Change::Released { .. } | Change::Cancelled { .. } | Change::Deleted => 1,
            Change::Confirmed { .. }
            | Change::ConfirmedTogether { .. }
            | Change::Reinstated { .. } => 2,
            Change::Updated(_)
            | Change::Extended { .. }
            | Change::Transferred { .. }
            | Change::Exchanged { .. }
            | Change::Ordered { .. } => 4,
        };
        Self { is_new: false, kept_free }
    }
}
