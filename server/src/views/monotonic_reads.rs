//! Monotonic reads: a connection never receives an older version than it has seen.

use super::view::ViewRequirement;
use crate::catalog::{Answer, ShownEvent};
use crate::clock::Clock;
use boxoffice_protocol::request::Freshness;
use boxoffice_protocol::time::Timestamp;

/// Events whose newest sent version is remembered for each connection.
const EVENTS: usize = 32;

/// The newest version sent for each of the last [`EVENTS`] events; older entries are covered by
/// `floor`.
#[derive(Debug, Default)]
pub(crate) struct MonotonicReads {
    /// Serial, version, and the time at which that version was the newest.
    events: Vec<(u64, u64, Timestamp)>,
    /// Views of events must have been begun after this.
    floor: Timestamp,
    /// Views of lists must have been begun after this.
    newest: Timestamp,
}

impl MonotonicReads {
    /// The connection is sent `version` of the event with this serial, the newest one `at` that
    /// time.
    pub(crate) fn heard(&mut self, serial: u64, version: u64, at: Timestamp) {
        self.newest = self.newest.max(at);
        if let Some(entry) = self.events.iter_mut().find(|entry| entry.0 == serial) {
            entry.1 = entry.1.max(version);
            entry.2 = entry.2.max(at);
            return;
        }
        if self.events.len() == EVENTS {
            let oldest = (0..EVENTS).min_by_key(|&index| self.events[index].2).unwrap_or(0);
            self.floor = self.floor.max(self.events.swap_remove(oldest).2);
        }
        self.events.push((serial, version, at));
    }

    /// The connection is sent versions of many events, or of the catalog: the newest ones `at` that
    /// time or before.
    pub(crate) fn heard_of_many(&mut self, at: Timestamp) {
        self.newest = self.newest.max(at);
        self.floor = self.floor.max(at);
    }

    /// The connection is sent an answer of the catalog.
    pub(crate) fn heard_answer(&mut self, answer: &Answer, clock: &Clock) {
        match answer.about {
            Some(ShownEvent { serial, at }) => self.heard(serial, answer.version, at),
            None if answer.version > 0 => self.heard_of_many(clock.now()),
            None => {}
        }
    }

    /// The least that a view of an event must show.
    pub(crate) fn wants(&self, serial: u64, freshness: Freshness) -> ViewRequirement {
        let known = self.events.iter().find(|entry| entry.0 == serial);
        ViewRequirement { freshness, at_least: known.map_or(0, |entry| entry.1), since: self.floor }
    }

    /// The least that a view of a list must show.
    pub(crate) fn wants_list(&self, freshness: Freshness) -> ViewRequirement {
        ViewRequirement { freshness, at_least: 0, since: self.newest }
    }
}
