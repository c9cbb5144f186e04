//! Counters of connections: open ones, how they ended, failed logins.

use super::counter::Counter;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    ByClient,
    /// No `Hello` in time, or another request instead, or no TLS.
    Handshake,
    /// A frame was begun and not finished in time.
    FrameTimeout,
    /// The client sent no request for too long.
    Idle,
    /// Replies were not read for too long.
    WriteTimeout,
    /// The bytes were no frames.
    Malformed,
    Broken,
    Stopped,
    LedgerFailed,
    /// The token lets no connection in, or has ended.
    NotAllowed,
    /// The party had more than another that wanted a connection, or the client had said nothing.
    GaveWay,
    /// The party has as many connections as it may have.
    Busy,
    /// The client left more unread than others, and all together too much.
    Unread,
}

impl Closed {
    const ALL: [(Self, &'static str); 13] = [
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
        (Self::GaveWay, "closed_gave_way"),
        (Self::Busy, "closed_busy"),
        (Self::Unread, "closed_unread"),
    ];
}

/// Why a login failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    NoToken,
    Unknown,
    Expired,
    /// Too many unknown tokens came from the same address.
    TooMany,
}

impl LoginFailure {
    const ALL: [(Self, &'static str); 4] = [
        (Self::NoToken, "no_token"),
        (Self::Unknown, "unknown"),
        (Self::Expired, "expired"),
        (Self::TooMany, "too_many"),
    ];
}

/// Counters of one listener's connections.
#[derive(Debug, Default)]
pub struct Connections {
    pub open: Counter,
    pub admitted: Counter,
    /// Connections that were turned away, as too many were open.
    pub busy: Counter,
    closed: [Counter; Closed::ALL.len()],
    login_failed: [Counter; LoginFailure::ALL.len()],
}

impl Connections {
    /// Counts an admitted connection, as open until the guard is dropped.
    pub(crate) fn admit(&self) -> OpenConnection<'_> {
        self.open.add(1);
        self.admitted.add(1);
        OpenConnection(self)
    }

    pub fn closed(&self, cause: Closed) {
        self.closed[cause as usize].add(1);
    }

    pub fn closed_for(&self, cause: Closed) -> u64 {
        self.closed[cause as usize].value()
    }

    /// Ended connections, by cause.
    pub fn closed_by_cause(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Closed::ALL.into_iter().map(|(cause, name)| (name, self.closed_for(cause)))
    }

    pub(crate) fn login_failed(&self, why: LoginFailure) {
        self.login_failed[why as usize].add(1);
    }

    /// Failed logins, by reason.
    pub fn login_failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let value = |why: LoginFailure| self.login_failed[why as usize].value();
        LoginFailure::ALL.into_iter().map(move |(why, name)| (name, value(why)))
    }
}

/// Counts a connection as open until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection<'a>(&'a Connections);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.open.subtract(1);
    }
}

/// How a connection ended, and its traffic.
#[derive(Debug)]
pub(crate) struct ConnectionSummary {
    pub(crate) cause: Closed,
    /// Requests that were decoded; over HTTP, requests that were answered.
    pub(crate) requests: u64,
    /// Bytes that were read.
    pub(crate) received: u64,
    /// Bytes that were written.
    pub(crate) sent: u64,
}

impl ConnectionSummary {
    /// The connection ended before its first request.
    pub(crate) const fn early(cause: Closed) -> Self {
        Self { cause, requests: 0, received: 0, sent: 0 }
    }
}
