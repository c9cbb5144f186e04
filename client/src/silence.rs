//! The deadline of a silent peer, which may have vanished without closing the connection.

use std::time::Duration;
use tokio::time::Instant;

/// Watches the time since the last bytes. After `bound` the peer is probed; after as long again it
/// is given up.
#[derive(Debug)]
pub(crate) struct Silence {
    bound: Duration,
    since: Instant,
    probed: bool,
}

/// The result of a look at the silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The silence is within its bound.
    Enough,
    /// The peer has to be probed.
    TooLittle,
    /// The probe was not answered either.
    Nothing,
}

impl Silence {
    pub(crate) fn new(bound: Duration) -> Self {
        Self { bound, since: Instant::now(), probed: false }
    }

    /// Bytes came in, or there was nothing to wait for until now.
    pub(crate) fn broken(&mut self) {
        self.since = Instant::now();
        self.probed = false;
    }

    /// When [`check`](Self::check) has to be called.
    pub(crate) fn until(&self) -> Instant {
        self.since + self.bound
    }

    pub(crate) fn check(&mut self) -> Heard {
        if self.since.elapsed() < self.bound {
            return Heard::Enough;
        }
        if self.probed {
            return Heard::Nothing;
        }
        self.since = Instant::now();
        self.probed = true;
        Heard::TooLittle
    }
}
