//! Connections: how many there are, why they ended, and who was not let in.

use super::counter::Counter;

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
    Broken,
    Stopped,
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

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    /// There was no token, where one is wanted.
    NoToken,
    /// There is no such token.
    Unknown,
    /// The token is too old.
    Expired,
    /// There is no such token, and too many of the kind came from the same address.
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

/// Connections of one listener.
#[derive(Debug, Default)]
pub struct Connections {
    /// Those that are open.
    pub open: Counter,
    /// Those that were ever admitted.
    pub admitted: Counter,
    /// Those that were told that there are too many.
    pub busy: Counter,
    closed: [Counter; Closed::ALL.len()],
    login_failed: [Counter; LoginFailure::ALL.len()],
}

impl Connections {
    /// Counts one that is admitted.
    pub(crate) fn admit(&self) -> OpenConnection<'_> {
        self.open.add(1);
        self.admitted.add(1);
        OpenConnection(self)
    }

    /// Counts one that ended.
    pub fn closed(&self, cause: Closed) {
        self.closed[cause as usize].add(1);
    }

    /// How many ended for `cause`.
    pub fn closed_for(&self, cause: Closed) -> u64 {
        self.closed[cause as usize].value()
    }

    /// How many ended, by cause.
    pub fn closed_by_cause(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Closed::ALL.into_iter().map(|(cause, name)| (name, self.closed_for(cause)))
    }

    /// Counts one who is not let in.
    pub(crate) fn login_failed(&self, why: LoginFailure) {
        self.login_failed[why as usize].add(1);
    }

    /// How many were not let in, by why.
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

/// How a connection ended, and what it came to.
#[derive(Debug)]
pub(crate) struct ConnectionSummary {
    pub(crate) cause: Closed,
    /// Requests that were read whole; over HTTP, those that were answered.
    pub(crate) requests: u64,
    /// Bytes that were read.
    pub(crate) received: u64,
    /// Bytes that were written.
    pub(crate) sent: u64,
}

impl ConnectionSummary {
    /// Before anything was asked.
    pub(crate) const fn early(cause: Closed) -> Self {
        Self { cause, requests: 0, received: 0, sent: 0 }
    }
}
