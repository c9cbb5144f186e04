//! The snapshots that streams begin with. That of a large event takes long to write, so a thread of its
//! own writes it; meanwhile the event goes on, and what came since follows the snapshot.

use super::event_places::EventPlaces;
use super::history::StreamHistory;
use super::render;
use crate::views::MOST_ON_LOOP;
use boxoffice_protocol::event::SeatMap;
use boxoffice_protocol::id::EventId;
use bytes::Bytes;

/// The last snapshot of an event that was written.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    last: Option<(u64, Bytes)>,
}

/// A snapshot to be written.
#[derive(Debug)]
pub(super) struct SnapshotWork {
    event: EventId,
    pub(super) version: u64,
    map: SeatMap,
}

impl Snapshots {
    /// A snapshot to begin with, and its version: the history goes on from there. None if it takes
    /// long to write.
    pub(super) fn newest(
        &mut self,
        event: &EventId,
        history: &StreamHistory,
        places: &EventPlaces,
    ) -> Option<(u64, Bytes)> {
        let (version, is_large) = (history.version(), places.seats() as u64 > MOST_ON_LOOP);
        let does = |&(of, _): &(u64, Bytes)| of == version || is_large && history.reaches(of);
        if !self.last.as_ref().is_some_and(does) {
            if is_large {
                return None;
            }
            self.keep(version, render::snapshot(event, version, &places.map));
        }
        self.last.clone()
    }

    pub(super) fn keep(&mut self, version: u64, sent: Bytes) {
        self.last = Some((version, sent));
    }
}

impl SnapshotWork {
    pub(super) fn new(event: &EventId, version: u64, map: &SeatMap) -> Self {
        Self { event: event.clone(), version, map: map.clone() }
    }

    pub(super) fn write(&self) -> Bytes {
        render::snapshot(&self.event, self.version, &self.map)
    }
}
