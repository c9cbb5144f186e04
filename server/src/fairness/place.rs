//! Whether a connection waits for its turn.

use std::sync::atomic::{AtomicU8, Ordering};

/// Where a connection is: parked, or picked since, or neither.
#[derive(Debug, Default)]
pub(super) struct Place(AtomicU8);

const ELSEWHERE: u8 = 0;
const PARKED: u8 = 1;
const PICKED: u8 = 2;

impl Place {
    pub(super) fn park(&self) {
        self.0.store(PARKED, Ordering::Release);
    }

    /// Whether the connection is still parked. It is picked then.
    pub(super) fn pick(&self) -> bool {
        self.0.compare_exchange(PARKED, PICKED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    pub(super) fn leave(&self) {
        self.0.store(ELSEWHERE, Ordering::Release);
    }

    pub(super) fn is_parked(&self) -> bool {
        self.0.load(Ordering::Acquire) == PARKED
    }

    pub(super) fn is_picked(&self) -> bool {
        self.0.load(Ordering::Acquire) == PICKED
    }
}
