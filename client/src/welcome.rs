//! The welcome of the newest connection, and the server's time that follows from it.

use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::Welcome;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::time::Instant;
use uuid::{ContextV7, Uuid};

/// Shared by the clones of a client and its connection.
#[derive(Debug)]
pub(crate) struct LatestWelcome {
    newest: Mutex<(Welcome, Instant)>,
    /// Keeps ids ascending, also within one millisecond and when the server's time steps back.
    ids: std::sync::Mutex<ContextV7>,
}

impl LatestWelcome {
    pub(crate) fn new(welcome: Welcome) -> Self {
        let newest = Mutex::new((welcome, Instant::now()));
        Self { newest, ids: std::sync::Mutex::new(ContextV7::new()) }
    }

    /// Takes the welcome of another connection.
    pub(crate) fn renew(&self, welcome: Welcome) {
        *self.newest.lock() = (welcome, Instant::now());
    }

    pub(crate) fn welcome(&self) -> Welcome {
        self.newest.lock().0.clone()
    }

    /// The server's time, late by half a round trip at most.
    pub(crate) fn server_now(&self) -> Timestamp {
        let (welcome, received) = &*self.newest.lock();
        welcome.server_time.plus(received.elapsed())
    }

    /// An id by the server's time. Each id is greater than the one before.
    pub(crate) fn new_id(&self) -> ReservationId {
        let ms = self.server_now().as_ms();
        let nanos = u32::try_from(ms % 1_000).unwrap_or_default() * 1_000_000;
        let time = uuid::Timestamp::from_unix(&self.ids, ms / 1_000, nanos);
        ReservationId::from_uuid(Uuid::new_v7(time)).expect("it was made as a version 7")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(server_time: Timestamp) -> Welcome {
        Welcome {
            protocol_version: 1,
            server: "test".into(),
            server_time,
            in_flight: 8,
            hold_default_ms: 120_000,
            hold_min_ms: 1_000,
            hold_max_ms: 1_800_000,
            hold_life_ms: 7_200_000,
            customer: None,
        }
    }

    #[test]
    fn ids_ascend_by_the_servers_time_even_if_it_steps_back() {
        let time = Timestamp::from_ms(1_777_000_000_000);
        let session = LatestWelcome::new(welcome(time));
        let mut ids: Vec<_> = (0..10_000).map(|_| session.new_id()).collect();
        session.renew(welcome(Timestamp::from_ms(time.as_ms() - 5_000)));
        ids.extend((0..10_000).map(|_| session.new_id()));
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids[0].time().since(time).as_secs() < 60);
    }
}
