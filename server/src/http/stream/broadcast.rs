//! The broadcast of one event: the same bytes for all its streams, rendered once.
//!
//! A stream takes what follows the version that it was sent last, and sleeps when there is no more.
//! The [broadcaster](super::broadcaster) wakes sleeping streams that are behind, a few at a time.

use super::event_places::{ChangedPlaces, EventPlaces};
use super::history::StreamHistory;
use super::render;
use super::snapshots::{SnapshotWork, Snapshots};
use boxoffice_inventory::Halls;
use boxoffice_protocol::change::PlacesChanged;
use boxoffice_protocol::event::SeatMap;
use boxoffice_protocol::id::EventId;
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Poll, Waker};
use tokio::sync::{Notify, watch};

/// Bytes of recent changes that are kept for streams that were away, besides a byte for each seat:
/// more than a snapshot is not worth keeping.
const HISTORY_BYTES: usize = 32 * 1024;

/// The approximate size of a seat's name, where a snapshot takes one byte.
const LABEL_BYTES: usize = 8;

/// Sent to a stream after a long silence.
const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");

/// The state of one event's streams.
#[derive(Debug)]
pub(super) struct Broadcast {
    event: EventId,
    /// Say what seats are called.
    halls: Arc<dyn Halls>,
    state: Mutex<BroadcastState>,
    /// The version that was broadcast last; none before the first.
    newest: watch::Sender<Option<u64>>,
    /// Rings when a sleeping stream may be behind.
    may_be_behind: Notify,
    /// Rings when a stream waits for a snapshot that takes long to write.
    snapshot_wanted: Notify,
}

#[derive(Debug, Default)]
struct BroadcastState {
    event_places: Option<EventPlaces>,
    history: StreamHistory,
    /// The version at which the history was last cleared for another reason than its length.
    begun: u64,
    snapshots: Snapshots,
    /// Counts keep-alives that were sent to all streams.
    beat: u64,
    end: Option<BroadcastEnd>,
    /// Sleeping streams in the order in which they fell asleep, so that those behind come first.
    asleep: BTreeMap<u64, SleepingStream>,
    /// Those that sleep until a snapshot is written.
    awaiting: BTreeMap<u64, SleepingStream>,
    /// The last key in either.
    tickets: u64,
}

#[derive(Debug)]
struct SleepingStream {
    version: u64,
    beat: u64,
    waker: Waker,
}

/// Why a broadcast has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BroadcastEnd {
    /// A deletion made this version.
    Deleted(u64),
    /// The server stops or has failed, or the event has no stream.
    Cut,
}

/// One step of an event.
#[derive(Debug)]
pub(super) enum EventNews {
    /// Places changed their state.
    Changed(PlacesChanged),
    /// A snapshot, since changes were missed.
    Skipped(SeatMap),
    /// A snapshot, since the event's terms changed.
    Renewed(SeatMap),
    Deleted,
}

/// The progress of one stream.
#[derive(Debug, Default)]
pub(super) struct StreamCursor {
    /// The version that the client was sent last.
    known: Option<u64>,
    /// Whether it was sent on this stream.
    told: bool,
    beat: u64,
    ticket: Option<u64>,
    done: bool,
}

/// What a stream does next.
enum NextStep {
    Send(NextBytes),
    Sleep,
    /// Sleep until a snapshot is written.
    AwaitSnapshot,
}

/// The next bytes of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NextBytes {
    pub(super) bytes: Bytes,
    /// Whether the stream fell so far behind that it begins again.
    pub(super) gap: bool,
}

impl StreamCursor {
    /// A stream behind a version, or before everything.
    pub(super) fn behind(known: Option<u64>) -> Self {
        Self { known, ..Self::default() }
    }
}

impl Broadcast {
    pub(super) fn new(event: EventId, halls: Arc<dyn Halls>) -> Self {
        let (may_be_behind, snapshot_wanted) = (Notify::new(), Notify::new());
        let newest = watch::Sender::new(None);
        Self { event, halls, state: Mutex::default(), newest, may_be_behind, snapshot_wanted }
    }

    /// Broadcasts steps, each with the event's version. All of them are durable.
    pub(super) fn publish(&self, news: Vec<(u64, EventNews)>) {
        let mut state = self.state.lock();
        let mut version = state.history.version();
        let mut changed_places = ChangedPlaces::default();
        let mut renewed = false;
        for (at, news) in news {
            match news {
                EventNews::Deleted => {
                    state.end = Some(BroadcastEnd::Deleted(at));
                    break;
                }
                EventNews::Changed(changed) => {
                    if let Some(event_places) = &mut state.event_places {
                        event_places.follow(&changed, &mut changed_places);
                    }
                }
                EventNews::Skipped(map) => {
                    renewed |= !state.skip_to(map, &mut changed_places, &*self.halls);
                }
                EventNews::Renewed(map) => {
                    state.event_places = Some(EventPlaces::new(map, &*self.halls));
                    renewed = true;
                }
            }
            version = at;
        }
        state.record(version, renewed, &changed_places);
        if state.end.is_some() {
            state.await_no_longer();
        }
        drop(state);
        self.newest.send_replace(Some(version));
        self.may_be_behind.notify_one();
    }

    pub(super) fn cut(&self) {
        let mut state = self.state.lock();
        state.end.get_or_insert(BroadcastEnd::Cut);
        state.await_no_longer();
        let asleep = std::mem::take(&mut state.asleep);
        drop(state);
        asleep.into_values().for_each(|sleeper| sleeper.waker.wake());
        // Streams that wait for the first broadcast wait no longer.
        self.newest.send_modify(|_| {});
    }

    /// Sends every sleeping stream a comment.
    pub(super) fn keep_alive(&self) {
        self.state.lock().beat += 1;
        self.may_be_behind.notify_one();
    }

    /// Returns when `version` was broadcast.
    ///
    /// # Errors
    /// It never will be.
    pub(super) async fn published(&self, version: u64) -> Result<(), BroadcastEnd> {
        let mut told = self.newest.subscribe();
        loop {
            if told.borrow_and_update().is_some_and(|told| told >= version) {
                return Ok(());
            }
            if let Some(end) = self.state.lock().end {
                return Err(end);
            }
            told.changed().await.map_err(|_| BroadcastEnd::Cut)?;
        }
    }

    /// Returns after the next broadcast.
    pub(super) async fn next_published(&self) {
        let _ = self.newest.subscribe().changed().await;
    }

    /// Returns when there may be a stream to wake.
    pub(super) async fn may_be_behind(&self) {
        self.may_be_behind.notified().await;
    }

    /// The next bytes of a stream; `None` once it is over. If there are none now, `waker` is woken
    /// when there are.
    pub(super) fn next(&self, cursor: &mut StreamCursor, waker: &Waker) -> Poll<Option<NextBytes>> {
        let mut state = self.state.lock();
        state.forget(cursor);
        if cursor.done || state.end == Some(BroadcastEnd::Cut) {
            return Poll::Ready(None);
        }
        let step = state.take(&self.event, cursor);
        if let NextStep::Send(next) = step {
            cursor.beat = state.beat;
            return Poll::Ready(Some(next));
        }
        state.tickets += 1;
        let ticket = state.tickets;
        let version = cursor.known.unwrap_or_default();
        let sleeper = SleepingStream { version, beat: cursor.beat, waker: waker.clone() };
        if matches!(step, NextStep::AwaitSnapshot) {
            state.awaiting.insert(ticket, sleeper);
            self.snapshot_wanted.notify_one();
        } else {
            state.asleep.insert(ticket, sleeper);
        }
        cursor.ticket = Some(ticket);
        Poll::Pending
    }

    /// Returns when a stream may wait for a snapshot.
    pub(super) async fn snapshot_wanted(&self) {
        self.snapshot_wanted.notified().await;
    }

    /// The snapshot to write, if a stream waits for one.
    pub(super) fn snapshot_to_write(&self) -> Option<SnapshotWork> {
        let state = self.state.lock();
        let places = state.event_places.as_ref().filter(|_| !state.awaiting.is_empty())?;
        Some(SnapshotWork::new(&self.event, state.history.version(), &places.map))
    }

    /// Gives a snapshot of a version to the streams that wait for one.
    pub(super) fn snapshot_written(&self, version: u64, sent: Bytes) {
        let mut state = self.state.lock();
        state.snapshots.keep(version, sent);
        state.await_no_longer();
        drop(state);
        self.may_be_behind.notify_one();
    }

    /// Forgets a stream that has ended.
    pub(super) fn forget(&self, cursor: &mut StreamCursor) {
        self.state.lock().forget(cursor);
    }

    /// The number of sleeping streams that are behind, up to `most`.
    pub(super) fn count_behind(&self, most: usize) -> usize {
        let state = self.state.lock();
        state.asleep.values().take(most).take_while(|sleeper| state.is_behind(sleeper)).count()
    }

    /// Wakes the first sleeping streams that are behind, up to `most`.
    pub(super) fn wake(&self, most: usize) {
        let mut wakers = Vec::with_capacity(most);
        let mut state = self.state.lock();
        while wakers.len() < most
            && let Some((&ticket, sleeper)) = state.asleep.first_key_value()
            && state.is_behind(sleeper)
            && let Some(sleeper) = state.asleep.remove(&ticket)
        {
            wakers.push(sleeper.waker);
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl BroadcastState {
    /// Replaces the map. Returns whether it has the same sections.
    fn skip_to(
        &mut self,
        map: SeatMap,
        changed_places: &mut ChangedPlaces,
        halls: &dyn Halls,
    ) -> bool {
        let same = self
            .event_places
            .as_mut()
            .is_some_and(|event_places| event_places.skip_to(&map, changed_places));
        if !same {
            self.event_places = Some(EventPlaces::new(map, halls));
        }
        same
    }

    /// Adds the changes up to `version` to the history.
    fn record(&mut self, version: u64, renewed: bool, changed_places: &ChangedPlaces) {
        let Some(event_places) = &self.event_places else { return };
        let room = HISTORY_BYTES + event_places.seats();
        if renewed || changed_places.seats() * LABEL_BYTES > room {
            self.history.begin(version);
            self.begun = version;
        } else if version > self.history.version() {
            self.history.push(version, render::change(version, event_places, changed_places), room);
        }
    }

    fn forget(&mut self, cursor: &mut StreamCursor) {
        if let Some(ticket) = cursor.ticket.take() {
            self.asleep.remove(&ticket);
            self.awaiting.remove(&ticket);
        }
    }

    fn is_behind(&self, sleeper: &SleepingStream) -> bool {
        let version = self.history.version();
        sleeper.version < version || sleeper.beat < self.beat || self.end.is_some()
    }

    /// Lets streams that await a snapshot look again.
    fn await_no_longer(&mut self) {
        self.asleep.append(&mut self.awaiting);
    }

    fn take(&mut self, event: &EventId, cursor: &mut StreamCursor) -> NextStep {
        let rest = cursor.known.and_then(|known| self.history.after(known));
        if rest.is_none() && self.end.is_none() {
            return self.begin_again(event, cursor);
        }
        if let Some(bytes) = rest.filter(|rest| !rest.is_empty()) {
            (cursor.known, cursor.told) = (Some(self.history.version()), true);
            return NextStep::Send(NextBytes { bytes, gap: false });
        }
        if let Some(BroadcastEnd::Deleted(version)) = self.end {
            cursor.done = true;
            return NextStep::Send(NextBytes { bytes: render::ended(version), gap: false });
        }
        if cursor.beat < self.beat {
            return NextStep::Send(NextBytes { bytes: KEEP_ALIVE, gap: false });
        }
        NextStep::Sleep
    }

    fn begin_again(&mut self, event: &EventId, cursor: &mut StreamCursor) -> NextStep {
        let Some(places) = &self.event_places else { return NextStep::Sleep };
        let Some((version, bytes)) = self.snapshots.newest(event, &self.history, places) else {
            return NextStep::AwaitSnapshot;
        };
        let gap = cursor.told && cursor.known.is_some_and(|known| known >= self.begun);
        (cursor.known, cursor.told) = (Some(version), true);
        NextStep::Send(NextBytes { bytes, gap })
    }
}
