//! All figures of a server.

use super::connections::Connections;
use super::counter::Counter;
use super::histogram::HistogramCounts;
use super::thread_counters::{LaneNumber, Lanes, Listener, ThreadCounters};

/// All figures of a server.
#[derive(Debug, Default)]
pub struct Metrics {
    pub tcp: Connections,
    pub http: Connections,
    pub http_requests: Counter,
    pub watches: Counter,
    /// Watchers that fell behind and began again with a snapshot.
    pub watch_gaps: Counter,
    /// Watches that were refused, as too many were open.
    pub watches_refused: Counter,
    /// Watches that ended, as another party wanted one.
    pub watches_gave_way: Counter,
    /// Connections that had many requests in flight until another party wanted some.
    pub in_flight_gave_way: Counter,
    pub streams: Counter,
    /// Streams that were refused, as too many were open.
    pub streams_refused: Counter,
    /// Streams that ended, as another party wanted one.
    pub streams_gave_way: Counter,
    /// Streams that fell behind and began again with a snapshot.
    pub stream_gaps: Counter,
    /// Views served from the cache.
    pub views_cached: Counter,
    pub views_rendered: Counter,
    /// Those of them that a thread beside the event loop has written.
    pub views_beside: Counter,
    /// Turns that a connection had to wait for, as others were first.
    pub turns_waited: Counter,
    /// Holds that the sweeper expired.
    pub swept: Counter,
    lanes: Lanes,
}

impl Metrics {
    /// The counters of this thread.
    pub(crate) fn here(&self) -> ThreadCounters<'_> {
        self.counters(LaneNumber::here())
    }

    /// The counters of a thread that knows its lane.
    pub(crate) fn counters(&self, lane: LaneNumber) -> ThreadCounters<'_> {
        self.lanes.counters(lane)
    }

    pub fn connections(&self, listener: Listener) -> &Connections {
        match listener {
            Listener::Tcp => &self.tcp,
            Listener::Http => &self.http,
        }
    }

    /// A listener's requests, by kind. Unreadable frames count as `other`; HTTP requests that are
    /// none of the protocol's are left out.
    pub fn requests_by_kind(
        &self,
        listener: Listener,
    ) -> impl Iterator<Item = (&'static str, u64)> {
        self.lanes.requests(listener)
    }

    pub fn requests(&self) -> u64 {
        let counts = Listener::ALL.into_iter().flat_map(|listener| self.requests_by_kind(listener));
        counts.map(|(_, count)| count).sum()
    }

    /// A listener's refusals, by kind.
    pub fn refusals_by_kind(
        &self,
        listener: Listener,
    ) -> impl Iterator<Item = (&'static str, u64)> {
        self.lanes.refusals(listener)
    }

    pub fn refusals(&self) -> u64 {
        let counts = Listener::ALL.into_iter().flat_map(|listener| self.refusals_by_kind(listener));
        counts.map(|(_, count)| count).sum()
    }

    /// HTTP answers, by kind of request and class of status.
    pub fn http_answers(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.lanes.http_answers()
    }

    /// The time from a request's head to its answer's over HTTP, by kind.
    pub fn http_took(&self) -> impl Iterator<Item = (&'static str, HistogramCounts)> {
        self.lanes.http_took()
    }

    /// The time from deciding a change to its reply leaving.
    pub fn changes_took(&self) -> HistogramCounts {
        self.lanes.changes()
    }

    /// The time from deciding any other request to its reply leaving.
    pub fn looks_took(&self) -> HistogramCounts {
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
            ("watches_refused", self.watches_refused.value()),
            ("watches_gave_way", self.watches_gave_way.value()),
            ("in_flight_gave_way", self.in_flight_gave_way.value()),
            ("streams", self.streams.value()),
            ("streams_refused", self.streams_refused.value()),
            ("streams_gave_way", self.streams_gave_way.value()),
            ("stream_gaps", self.stream_gaps.value()),
            ("views_cached", self.views_cached.value()),
            ("views_rendered", self.views_rendered.value()),
            ("views_beside", self.views_beside.value()),
            ("turns_waited", self.turns_waited.value()),
            ("swept", self.swept.value()),
        ];
        counts.into_iter().chain(self.tcp.closed_by_cause())
    }
}
