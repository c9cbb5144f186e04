//! Batches that are durable in the journal and not yet in the rows.

use super::change_rate::INTERVAL;
use super::rows::RowsMark;
use boxoffice_journal::{Batch, BatchMark, BatchPlace};
use boxoffice_protocol::time::Timestamp;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::Duration;

/// Changes that make a transaction worth its while.
const CHANGES: u64 = 8_192;

/// How long a change waits at most for others to share its transaction.
const GATHER: Duration = Duration::from_secs(1);

/// Bytes of bodies that are kept in memory; the others are read from the journal again.
const KEEP_BYTES: usize = 16 << 20;

/// The longest wait between two batches, when the rows are as far behind as they may be.
const LONGEST_BRAKE: Duration = Duration::from_millis(50);

/// The part of what they may be behind that the rows rest for at most, in a rush.
const AT_REST: u64 = 4;

/// Whether work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// There is more to do, or will be.
    On,
    /// Nothing is left, and nothing more will come.
    Ended,
}

/// A batch on its way from the journal to the rows.
#[derive(Debug)]
pub(super) struct DurableBatch {
    pub(super) mark: BatchMark,
    pub(super) at: Timestamp,
    pub(super) records: u64,
    pub(super) place: BatchPlace,
    /// Its body, where that is kept in memory too.
    pub(super) body: Option<Box<[u8]>>,
}

impl DurableBatch {
    /// A batch that was read, without its body.
    pub(super) fn found(batch: &Batch<'_>) -> Self {
        let Batch { mark, at, records, place, .. } = *batch;
        Self { mark, at, records, place, body: None }
    }

    fn kept_bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.len())
    }

    pub(super) fn rows_mark(&self) -> RowsMark {
        RowsMark::after(self.mark, self.at)
    }
}

/// Filled by the committer, emptied by the follower.
///
/// Bounded by what it takes in the journal: up to a quarter of that the rows rest in a rush, at
/// half of it new batches are held up a little, so that they can follow, and at all of it no new
/// reservations are admitted.
#[derive(Debug)]
pub(super) struct Backlog {
    state: Mutex<BacklogState>,
    filled: Condvar,
    /// Told where the rows are not to rest.
    hurry: Condvar,
    written: Condvar,
    most_bytes: u64,
}

/// How far the rows are behind the journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    /// Changes that wait for them.
    pub(crate) changes: u64,
    /// Their bytes in the journal.
    pub(crate) bytes: u64,
    /// The most that may be.
    pub(crate) most_bytes: u64,
    /// The position up to which they have everything.
    pub(crate) in_rows: u64,
}

#[derive(Debug, Default)]
struct BacklogState {
    batches: VecDeque<DurableBatch>,
    changes: u64,
    /// Changes that ever came.
    came: u64,
    /// The position that a backup waits for the rows to have.
    wanted: u64,
    /// Whether what the rows get rid of is needed on the disk.
    room_is_scarce: bool,
    /// Bytes of the batches in the journal.
    bytes: u64,
    /// Bytes of bodies that are kept in memory.
    kept_bytes: usize,
    /// The rows' last commit, until [`Backlog::committed`] takes it.
    committed: Option<BatchMark>,
    /// The position up to which the rows have everything.
    in_rows: u64,
    closing: bool,
}

impl Backlog {
    /// An empty one, for batches of `most_bytes` in the journal, where the rows have everything up
    /// to the position `in_rows`.
    pub(super) fn new(most_bytes: u64, in_rows: u64) -> Self {
        let state = Mutex::new(BacklogState { in_rows, ..BacklogState::default() });
        Self {
            state,
            filled: Condvar::new(),
            hurry: Condvar::new(),
            written: Condvar::new(),
            most_bytes,
        }
    }

    /// Whether a body of so many bytes is worth to be kept in memory.
    pub(super) fn keeps(&self, bytes: usize) -> bool {
        self.state.lock().kept_bytes + bytes <= KEEP_BYTES
    }

    pub(super) fn push(&self, batch: DurableBatch) {
        let mut state = self.state.lock();
        let was_empty = state.batches.is_empty();
        state.changes += batch.records;
        state.came += batch.records;
        state.bytes += batch.place.disk_bytes();
        state.kept_bytes += batch.kept_bytes();
        state.batches.push_back(batch);
        let is_worth_it = state.changes >= CHANGES;
        drop(state);
        if was_empty || is_worth_it {
            self.filled.notify_one();
        }
    }

    /// Waits until there is something for the rows, and then a little for more of it, or as long as
    /// they may rest and there is reason to, as told of the changes that ever came. It has ended
    /// when it is closed and empty.
    pub(super) fn gather(&self, mut is_reason: impl FnMut(u64) -> bool) -> Going {
        let mut state = self.state.lock();
        while state.batches.is_empty() && !state.closing {
            self.filled.wait(&mut state);
        }
        while state.changes < CHANGES && !state.closing {
            if self.filled.wait_for(&mut state, GATHER).timed_out() {
                break;
            }
        }
        while state.may_rest(self.most_at_rest()) && is_reason(state.came) {
            self.hurry.wait_for(&mut state, INTERVAL);
        }
        if state.batches.is_empty() { Going::Ended } else { Going::On }
    }

    /// Bytes that the rows may be behind at rest.
    pub(super) const fn most_at_rest(&self) -> u64 {
        self.most_bytes / AT_REST
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
            state.bytes -= batch.place.disk_bytes();
            state.kept_bytes -= batch.kept_bytes();
            taken.push(batch);
        }
        taken
    }

    /// Shows every batch that was not taken yet.
    #[cfg(feature = "simulation")]
    pub(super) fn each(&self, look: impl FnMut(&DurableBatch)) {
        self.state.lock().batches.iter().for_each(look);
    }

    /// Waits so long, whatever comes; shorter only if it is closed meanwhile.
    pub(super) fn pause(&self, span: Duration) {
        let mut state = self.state.lock();
        let was_closing = state.closing;
        let goes_on = |state: &mut BacklogState| state.closing == was_closing;
        self.filled.wait_while_for(&mut state, goes_on, span);
    }

    /// The rows have everything up to `mark`.
    pub(super) fn commit(&self, mark: BatchMark) {
        let mut state = self.state.lock();
        state.committed = Some(mark);
        state.in_rows = mark.position;
        drop(state);
        self.written.notify_all();
    }

    /// Whether the rows have everything up to a position; waits for it at most so long.
    pub(super) fn is_in_rows(&self, position: u64, patience: Duration) -> bool {
        let mut state = self.state.lock();
        state.wanted = state.wanted.max(position);
        self.hurry.notify_one();
        let is_behind = |state: &mut BacklogState| state.in_rows < position;
        self.written.wait_while_for(&mut state, is_behind, patience);
        state.in_rows >= position
    }

    /// The rows' last commit, if it was not taken yet.
    pub(super) fn committed(&self) -> Option<BatchMark> {
        self.state.lock().committed.take()
    }

    /// Whether the rows are too far behind to admit more.
    pub(super) fn is_full(&self) -> bool {
        self.state.lock().bytes >= self.most_bytes
    }

    /// How long the next batch is to wait: not at all until the backlog is half full.
    pub(super) fn brake(&self) -> Duration {
        let (bytes, half) = (self.state.lock().bytes, self.most_bytes / 2);
        let over = bytes.saturating_sub(half).min(half);
        LONGEST_BRAKE.mul_f64(over as f64 / half.max(1) as f64)
    }

    /// Changes that are durable and not yet in the rows.
    pub(super) fn changes(&self) -> u64 {
        self.state.lock().changes
    }

    /// How far the rows are behind.
    pub(super) fn depth(&self) -> Depth {
        let BacklogState { changes, bytes, in_rows, .. } = *self.state.lock();
        Depth { changes, bytes, most_bytes: self.most_bytes, in_rows }
    }

    /// Whether segments are to be freed as soon as can be.
    pub(super) fn set_scarce(&self, room_is_scarce: bool) {
        self.state.lock().room_is_scarce = room_is_scarce;
        self.hurry.notify_one();
    }

    /// Whether nothing more will come.
    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().closing
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.state.lock().closing = true;
        self.filled.notify_all();
        self.hurry.notify_all();
    }
}

impl BacklogState {
    /// Whether the rows need not follow now; they may be `at_rest` bytes behind then.
    const fn may_rest(&self, at_rest: u64) -> bool {
        self.bytes < at_rest && self.in_rows >= self.wanted && !self.room_is_scarce && !self.closing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stopwatch;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// As far behind as the rows may be at rest, with nothing waiting for them.
    const LEISURE: BacklogState = BacklogState {
        batches: VecDeque::new(),
        changes: 900,
        came: 1_000,
        wanted: 100,
        room_is_scarce: false,
        bytes: 4_095,
        kept_bytes: 0,
        committed: None,
        in_rows: 100,
        closing: false,
    };

    fn batch(records: u64) -> DurableBatch {
        let (mark, place) = (BatchMark::default(), BatchPlace::default());
        DurableBatch { mark, at: Timestamp::default(), records, place, body: None }
    }

    #[test]
    fn the_rows_rest_until_somebody_needs_them() {
        assert!(LEISURE.may_rest(4_096));
        for (why, state) in [
            ("too far behind", BacklogState { bytes: 4_096, ..LEISURE }),
            ("waited for", BacklogState { wanted: 101, ..LEISURE }),
            ("room is scarce", BacklogState { room_is_scarce: true, ..LEISURE }),
            ("closing", BacklogState { closing: true, ..LEISURE }),
        ] {
            assert!(!state.may_rest(4_096), "{why}");
        }
    }

    #[test]
    fn who_waits_for_the_rows_ends_their_rest() {
        let backlog = Backlog::new(1 << 20, 0);
        let mark = BatchMark { position: 100_000, ..BatchMark::default() };
        backlog.push(DurableBatch { mark, ..batch(100_000) });
        std::thread::scope(|threads| {
            threads.spawn(|| {
                assert_eq!(backlog.gather(|_| true), Going::On);
                backlog.commit(mark);
            });
            assert!(backlog.is_in_rows(100_000, Duration::from_secs(60)));
        });
    }

    #[test]
    fn a_pause_is_as_long_as_it_shall_be_whatever_comes() {
        const PAUSE: Duration = Duration::from_millis(20);
        let (backlog, paused) = (Backlog::new(1 << 20, 0), AtomicBool::new(false));
        let began = Stopwatch::start();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                while !paused.load(Ordering::Relaxed) {
                    // Each of these rings.
                    backlog.push(batch(CHANGES));
                    backlog.take();
                }
            });
            backlog.pause(PAUSE);
            paused.store(true, Ordering::Relaxed);
        });
        assert!(began.elapsed() >= PAUSE);
        backlog.close();
        let began = Stopwatch::start();
        backlog.pause(PAUSE);
        assert!(began.elapsed() >= PAUSE, "the last tries are not made at once");
    }
}
