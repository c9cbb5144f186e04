//! What one connection's client leaves unread, measured a turn at most.

use super::connection_pool::ConnectionSeat;
use crate::clock::{deadline, is_past};
use crate::sockets;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Bytes of a connection that are not counted: those of a reply or two on their way.
const UNCOUNTED: usize = 16 * 1024;

/// From a long reply to the first look at what is left of it.
const SOON: Duration = Duration::from_millis(100);

/// Between two looks at a connection that is counted.
const AGAIN: Duration = Duration::from_secs(1);

/// What one connection's client leaves unread: in the process, and in the kernel, which is asked
/// only when the network takes no more, and some time after a long reply.
#[derive(Debug)]
pub(crate) struct UnsentGauge {
    seat: Arc<ConnectionSeat>,
    /// Bytes that were written since the last look.
    written: usize,
    /// Bytes that the network did not take, and that wait in the process.
    waiting: usize,
    look_at: Option<Instant>,
    counted: usize,
}

impl UnsentGauge {
    pub(crate) fn new(seat: Arc<ConnectionSeat>) -> Self {
        Self { seat, written: 0, waiting: 0, look_at: None, counted: 0 }
    }

    /// The network took bytes.
    #[inline]
    pub(crate) fn has_written(&mut self, bytes: usize) {
        self.written += bytes;
        self.waiting = 0;
        if self.written > UNCOUNTED && self.look_at.is_none() {
            self.look_at = Some(deadline(SOON));
        }
    }

    /// The network takes no more, and `waiting` bytes are left.
    pub(crate) fn is_blocked(&mut self, socket: &TcpStream, waiting: usize) {
        self.waiting = waiting;
        self.look(socket);
    }

    /// When [`look_if_due`](Self::look_if_due) has something to do.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.look_at
    }

    pub(crate) fn look_if_due(&mut self, socket: &TcpStream) {
        if self.look_at.is_some_and(is_past) {
            self.look(socket);
        }
    }

    /// The connection ends in order: bytes that were written may still arrive.
    pub(crate) fn end(&mut self, socket: &TcpStream) {
        if self.counted > 0 {
            sockets::keep_unsent(socket);
        }
    }

    fn look(&mut self, socket: &TcpStream) {
        let unsent = self.waiting + sockets::kernel_bytes(socket);
        let counted = if unsent > UNCOUNTED { unsent } else { 0 };
        self.written = 0;
        self.look_at = (counted > 0).then(|| deadline(AGAIN));
        match (self.counted > 0, counted > 0) {
            // The memory is free at once if the connection ends like this.
            (false, true) => sockets::drop_unsent(socket),
            (true, false) => sockets::keep_unsent(socket),
            _ => {}
        }
        if counted != self.counted {
            self.counted = counted;
            self.seat.leaves_unsent(counted);
        }
    }
}
