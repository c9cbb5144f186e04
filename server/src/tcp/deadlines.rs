//! When a connection's client has to have done something, and what happens if it has not.

use super::session::Session;
use crate::clock::{deadline, is_past};
use crate::metrics::Closed;
use socket2::SockRef;
use std::mem::MaybeUninit;
use std::time::Duration;
use tokio::time::Instant;

impl Session {
    /// When the session has to look up, whatever happens.
    pub(super) fn alarm(&self) -> Instant {
        let idle = (!self.talk.is_watching()).then_some(self.active_until);
        let push = self.push_at.filter(|_| self.talk.has_room());
        let deadlines = [idle, self.frame_until, self.write_until, push];
        let far = || deadline(Duration::from_secs(3_600));
        deadlines.into_iter().flatten().min().unwrap_or_else(far)
    }

    /// A deadline may have passed. What arrived before it does count, even if the whole process
    /// slept and the runtime has not noticed yet.
    pub(super) async fn ring(&mut self) -> Result<(), Closed> {
        if self.talk.wants_input() && self.has_unread() {
            // Until the runtime has looked at its sockets.
            tokio::task::yield_now().await;
            return Ok(());
        }
        let past = |deadline: Option<Instant>| deadline.is_some_and(is_past);
        let idle = is_past(self.active_until);
        if past(self.write_until) {
            return Err(Closed::WriteTimeout);
        }
        if idle && !self.talk.is_greeted() {
            return Err(Closed::Handshake);
        }
        if past(self.frame_until) {
            return Err(Closed::FrameTimeout);
        }
        if idle && self.owes_nothing() && !self.talk.is_watching() {
            return Err(Closed::Idle);
        }
        if idle {
            // It waits for us, not we for it.
            self.active_until = deadline(self.talk.shared.config.idle_timeout);
        }
        Ok(())
    }

    /// Whether there are bytes that the runtime may not know of yet.
    fn has_unread(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        matches!(SockRef::from(self.socket.tcp()).peek(&mut byte), Ok(1..))
    }
}
