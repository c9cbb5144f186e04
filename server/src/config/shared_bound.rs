//! Bounds on what principals share.

use super::typed::Settings;
use boxoffice_protocol::limits::MAX_WATCHES;

/// How many there may be of something, and how many of one principal.
#[derive(Debug, Clone, Copy)]
pub struct SharedBound {
    pub all: usize,
    pub of_one_principal: usize,
}

/// Requests in flight beyond those that each connection may have: a hundred bytes or so each.
const IN_FLIGHT: usize = 1_000_000;

impl SharedBound {
    fn new(all: usize, of_one_principal: Option<usize>) -> Self {
        Self { all, of_one_principal: of_one_principal.unwrap_or(usize::MAX) }
    }

    pub(super) fn watches(settings: &Settings, connections: usize) -> Self {
        let all = settings.max_watches.unwrap_or(connections.saturating_mul(MAX_WATCHES));
        Self::new(all, settings.max_principal_watches)
    }

    pub(super) fn in_flight(settings: &Settings) -> Self {
        let all = settings.max_in_flight.unwrap_or(IN_FLIGHT);
        Self::new(all, settings.max_principal_in_flight)
    }
}
