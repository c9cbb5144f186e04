//! Counters of what the server did.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The client closed it.
    ByClient,
    /// No `Hello` in time, or something else instead.
    Handshake,
    /// A frame was begun and not finished in time.
    FrameTimeout,
    /// Nothing was asked for too long.
    Idle,
    /// Replies were not read for too long.
    WriteTimeout,
    /// The bytes were no frames.
    Malformed,
    /// The network failed.
    Broken,
    /// The server stopped.
    Stopped,
    /// The ledger failed.
    LedgerFailed,
    /// It had no token that lets it in, or that one ended.
    NotAllowed,
}

impl Closed {
    const ALL: [(Self, &'static str); 10] = [
        (Self::ByClient, "closed_by_client"),
        (Self::Handshake, "closed_handshake"),
        (Self::FrameTimeout, "closed_frame_timeout"),
        (Self::Idle, "closed_idle"),
        (Self::WriteTimeout, "closed_write_timeout"),
        (Self::Malformed, "closed_malformed"),
        (Self::Broken, "closed_broken"),
        (Self::Stopped, "closed_stopped"),
        (Self::LedgerFailed, "closed_ledger_failed"),
        (Self::NotAllowed, "closed_not_allowed"),
    ];
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Connections that are open.
    pub connections: Counter,
    /// Connections that were ever admitted.
    pub connections_admitted: Counter,
    /// Connections that were told `Busy`.
    pub connections_busy: Counter,
    /// HTTP connections that are open.
    pub http_connections: Counter,
    /// HTTP connections that were ever admitted.
    pub http_connections_admitted: Counter,
    /// HTTP connections that were told `Busy`.
    pub http_connections_busy: Counter,
    /// HTTP requests that were answered, refused ones included.
    pub http_requests: Counter,
    /// Requests that were answered.
    pub requests: Counter,
    /// Requests that were refused.
    pub refusals: Counter,
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
    closed: [Counter; Closed::ALL.len()],
}

impl Metrics {
    /// Counts a connection that ended.
    pub fn closed(&self, cause: Closed) {
        self.closed[cause as usize].add(1);
    }

    /// How many connections ended for `cause`.
    pub fn closed_for(&self, cause: Closed) -> u64 {
        self.closed[cause as usize].value()
    }

    /// Every counter with its name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counters = [
            ("connections", &self.connections),
            ("connections_admitted", &self.connections_admitted),
            ("connections_busy", &self.connections_busy),
            ("http_connections", &self.http_connections),
            ("http_connections_admitted", &self.http_connections_admitted),
            ("http_connections_busy", &self.http_connections_busy),
            ("http_requests", &self.http_requests),
            ("requests", &self.requests),
            ("refusals", &self.refusals),
            ("watches", &self.watches),
            ("watch_gaps", &self.watch_gaps),
            ("streams", &self.streams),
            ("streams_refused", &self.streams_refused),
            ("stream_gaps", &self.stream_gaps),
            ("views_cached", &self.views_cached),
            ("views_rendered", &self.views_rendered),
            ("swept", &self.swept),
        ];
        let closed = Closed::ALL.map(|(cause, name)| (name, self.closed_for(cause)));
        counters.map(|(name, counter)| (name, counter.value())).into_iter().chain(closed)
    }
}
