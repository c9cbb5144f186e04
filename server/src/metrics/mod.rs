//! What the server counts. It is read by `Stats` and by `/metrics`.
//!
//! What happens for every request is counted in a `Tally` of the thread that it happens on; what
//! happens now and then, in a [`Counter`] that all share; how long or how much, in a [`Histogram`].

mod connections;
mod histogram;
mod process;
mod tally;

pub(crate) use connections::Ended;
pub use connections::{Closed, Connections, NotLetIn};
pub use histogram::{Counted, Histogram};
pub(crate) use process::ProcessFigures;
pub(crate) use tally::{LaneNumber, Tally};

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tally::Lanes;

/// A number that goes up, or up and down.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Takes `n` away.
    pub fn subtract(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// The number now.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who lets connections in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// That of the binary protocol.
    Tcp,
    /// That of HTTP.
    Http,
}

const LISTENERS: [Listener; 2] = [Listener::Tcp, Listener::Http];

/// The batches that a ledger has made durable. One thread counts them.
#[derive(Debug)]
pub struct Commits {
    /// How many changes each had.
    pub sizes: Histogram,
    /// How long each took to be written, and synced where that is the promise.
    pub times: Histogram,
}

impl Default for Commits {
    fn default() -> Self {
        Self { sizes: Histogram::of_sizes(), times: Histogram::of_spans() }
    }
}

impl Commits {
    /// Counts a batch.
    pub(crate) fn count(&self, changes: u64, took: Duration) {
        self.sizes.record_size(changes);
        self.times.record_span(took);
    }
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Connections of the binary protocol.
    pub tcp: Connections,
    /// Connections of HTTP.
    pub http: Connections,
    /// Requests over HTTP.
    pub http_requests: Counter,
    /// Watches that are open.
    pub watches: Counter,
    /// Watchers that fell behind and started again from a snapshot.
    pub watch_gaps: Counter,
    /// Streams that are open.
    pub streams: Counter,
    /// Streams that were refused since there were too many.
    pub streams_refused: Counter,
    /// Streams that fell behind and started again from a snapshot.
    pub stream_gaps: Counter,
    /// Views served from the cache.
    pub views_cached: Counter,
    /// Views rendered.
    pub views_rendered: Counter,
    /// Holds that the sweeper expired.
    pub swept: Counter,
    lanes: Lanes,
}

impl Metrics {
    /// Where this thread counts requests.
    pub(crate) fn here(&self) -> Tally<'_> {
        self.tally(LaneNumber::here())
    }

    /// The same, of a thread that knows its lane.
    pub(crate) fn tally(&self, lane: LaneNumber) -> Tally<'_> {
        self.lanes.tally(lane)
    }

    /// Requests that came to a listener, by kind. Over TCP, what could not be read has one of its
    /// own; over HTTP, what is no request of the protocol is not among them.
    pub fn requests_by_kind(
        &self,
        listener: Listener,
    ) -> impl Iterator<Item = (&'static str, u64)> {
        self.lanes.requests(listener)
    }

    /// Requests.
    pub fn requests(&self) -> u64 {
        let counts = LISTENERS.into_iter().flat_map(|listener| self.requests_by_kind(listener));
        counts.map(|(_, count)| count).sum()
    }

    /// Refusals that one listener's connections were told, by kind.
    pub fn refusals_by_kind(
        &self,
        listener: Listener,
    ) -> impl Iterator<Item = (&'static str, u64)> {
        self.lanes.refusals(listener)
    }

    /// Refusals.
    pub fn refusals(&self) -> u64 {
        let counts = LISTENERS.into_iter().flat_map(|listener| self.refusals_by_kind(listener));
        counts.map(|(_, count)| count).sum()
    }

    /// What HTTP answered: to which kind of request, with which class of status, and how often.
    pub fn http_answers(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.lanes.http_answers()
    }

    /// How long HTTP took from a request's head to its answer's, by kind.
    pub fn http_took(&self) -> impl Iterator<Item = (&'static str, Counted)> {
        self.lanes.http_took()
    }

    /// How long requests for a change took, from being decided to leaving.
    pub fn changes_took(&self) -> Counted {
        self.lanes.changes()
    }

    /// The same of all other requests.
    pub fn looks_took(&self) -> Counted {
        self.lanes.looks()
    }

    /// Every counter with its name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = [
            ("connections", self.tcp.open.value()),
            ("connections_admitted", self.tcp.admitted.value()),
            ("connections_busy", self.tcp.busy.value()),
            ("http_connections", self.http.open.value()),
            ("http_connections_admitted", self.http.admitted.value()),
            ("http_connections_busy", self.http.busy.value()),
            ("http_requests", self.http_requests.value()),
            ("requests", self.requests()),
            ("refusals", self.refusals()),
            ("watches", self.watches.value()),
            ("watch_gaps", self.watch_gaps.value()),
            ("streams", self.streams.value()),
            ("streams_refused", self.streams_refused.value()),
            ("stream_gaps", self.stream_gaps.value()),
            ("views_cached", self.views_cached.value()),
            ("views_rendered", self.views_rendered.value()),
            ("swept", self.swept.value()),
        ];
        counts.into_iter().chain(self.tcp.closed_by_cause())
    }
}
