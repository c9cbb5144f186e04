//! Batches that are durable in the journal and not yet in the rows.

use super::Going;
use super::journal::{Batch, BatchMark};
use super::rows::RowsMark;
use boxoffice_protocol::time::Timestamp;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::Duration;

/// Changes that make a transaction worth its while.
const CHANGES: u64 = 8_192;

/// How long a change waits at most for others to share its transaction.
const GATHER: Duration = Duration::from_secs(1);

/// Bytes at which no new reservations are admitted until the rows have caught up.
const MOST_BYTES: usize = 64 << 20;

/// A batch on its way from the journal to the rows.
#[derive(Debug)]
pub(super) struct DurableBatch {
    pub(super) mark: BatchMark,
    pub(super) at: Timestamp,
    pub(super) records: u64,
    pub(super) body: Box<[u8]>,
}

impl DurableBatch {
    pub(super) fn copy(batch: &Batch<'_>) -> Self {
        let Batch { mark, at, records, body } = *batch;
        Self { mark, at, records, body: body.into() }
    }

    pub(super) fn rows_mark(&self) -> RowsMark {
        let BatchMark { sequence, position, checksum } = self.mark;
        RowsMark { sequence, position, checksum, at: self.at }
    }
}

/// Filled by the committer, emptied by the follower.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<DurableBatch>,
    changes: u64,
    bytes: usize,
    /// What the rows have committed since somebody asked.
    committed: Option<BatchMark>,
    closing: bool,
}

impl Backlog {
    pub(super) fn push(&self, batch: DurableBatch) {
        let mut state = self.state.lock();
        let was_empty = state.batches.is_empty();
        state.changes += batch.records;
        state.bytes += batch.body.len();
        state.batches.push_back(batch);
        let is_worth_it = state.changes >= CHANGES;
        drop(state);
        if was_empty || is_worth_it {
            self.filled.notify_one();
        }
    }

    /// Waits until there is something for the rows, and then a little for more of it. It has ended
    /// when it is closed and empty.
    pub(super) fn gather(&self) -> Going {
        let mut state = self.state.lock();
        while state.batches.is_empty() && !state.closing {
            self.filled.wait(&mut state);
        }
        while state.changes < CHANGES && !state.closing {
            if self.filled.wait_for(&mut state, GATHER).timed_out() {
                break;
            }
        }
        if state.batches.is_empty() { Going::Ended } else { Going::On }
    }

    /// The batches that there are, but no more than are good for one transaction.
    pub(super) fn take(&self) -> Vec<DurableBatch> {
        let mut state = self.state.lock();
        let mut taken = Vec::new();
        let mut changes = 0;
        while changes < CHANGES
            && let Some(batch) = state.batches.pop_front()
        {
            changes += batch.records;
            state.changes -= batch.records;
            state.bytes -= batch.body.len();
            taken.push(batch);
        }
        taken
    }

    /// Waits a moment; shorter if there is news.
    pub(super) fn pause(&self, span: Duration) {
        let mut state = self.state.lock();
        self.filled.wait_for(&mut state, span);
    }

    /// The rows have everything up to `mark`.
    pub(super) fn commit(&self, mark: BatchMark) {
        self.state.lock().committed = Some(mark);
    }

    /// What the rows have committed, if that is news.
    pub(super) fn committed(&self) -> Option<BatchMark> {
        self.state.lock().committed.take()
    }

    /// Whether the rows are too far behind to admit more.
    pub(super) fn is_full(&self) -> bool {
        self.state.lock().bytes >= MOST_BYTES
    }

    /// Changes that are durable and not yet in the rows.
    pub(super) fn changes(&self) -> u64 {
        self.state.lock().changes
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.state.lock().closing = true;
        self.filled.notify_all();
    }
}
