//! Readiness: whether the server takes new reservations, for load balancers.

use crate::cluster::StoreHealth;
use crate::server_state::ServerState;
use boxoffice_protocol::refusal::UnavailableWhy;

/// Why a server takes no new reservations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotReady {
    /// The server reads its data folder.
    Recovering,
    Stopping,
    StorageFull,
    /// The disk failed, and the server is about to end.
    StorageFailed,
    /// The store that several servers share does not answer.
    StoreUnreachable,
    /// The error of the store's time, as this server knows it, is too large.
    TimeUncertain,
    /// The rows for reports have found a seat that was sold twice.
    SoldTwice,
}

impl NotReady {
    /// The reasons of a server that has recovered.
    pub(crate) const OPEN: [Self; 6] = [
        Self::Stopping,
        Self::StorageFull,
        Self::StorageFailed,
        Self::StoreUnreachable,
        Self::TimeUncertain,
        Self::SoldTwice,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Recovering => "Recovering",
            Self::Stopping => "Stopping",
            Self::StorageFull => "StorageFull",
            Self::StorageFailed => "StorageFailed",
            Self::StoreUnreachable => "StoreUnreachable",
            Self::TimeUncertain => "TimeUncertain",
            Self::SoldTwice => "SoldTwice",
        }
    }

    pub(crate) const fn explain(self) -> &'static str {
        match self {
            Self::Recovering => "the server is reading its data folder; try again in a moment",
            Self::Stopping => "the server is stopping",
            Self::StorageFull => "the server's disk is nearly full: make room",
            Self::StorageFailed => "the server's disk failed; it is about to end",
            Self::StoreUnreachable => "the store that the servers share does not answer",
            Self::TimeUncertain => "the server is not sure enough of the store's time",
            Self::SoldTwice => {
                "a seat was sold twice: rows_stopped_by in `boxoffice stats` names it; close the \
                sales of its event, and see docs/operating.md"
            }
        }
    }
}

impl ServerState {
    /// Checks that new reservations are taken. A state file that is behind is no reason against it:
    /// it slows them down, and passes.
    pub(crate) fn readiness(&self) -> Result<(), NotReady> {
        if self.stop.is_cancelled() {
            return Err(NotReady::Stopping);
        }
        match self.cluster.as_ref().map(|cluster| cluster.store_health()) {
            None | Some(StoreHealth::Good) => {}
            Some(StoreHealth::Unreachable) => return Err(NotReady::StoreUnreachable),
            Some(StoreHealth::TimeUncertain) => return Err(NotReady::TimeUncertain),
        }
        if self.reports.as_ref().is_some_and(|reports| reports.found_sold_twice()) {
            return Err(NotReady::SoldTwice);
        }
        match self.ledger.admits_new() {
            Ok(()) | Err(UnavailableWhy::Backlog | UnavailableWhy::TooMany) => Ok(()),
            Err(UnavailableWhy::StorageFull) => Err(NotReady::StorageFull),
            Err(UnavailableWhy::StorageFailed) => Err(NotReady::StorageFailed),
            Err(UnavailableWhy::ShuttingDown) => Err(NotReady::Stopping),
            Err(UnavailableWhy::SharedStore) => Err(NotReady::StoreUnreachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::dependencies::Dependencies;
    use crate::server_state::EarlyState;

    #[test]
    fn a_server_that_stops_is_not_ready() {
        let early = EarlyState::default();
        let (shared, _) =
            ServerState::open(Config::default(), Dependencies::default(), early.clone())
                .expect("it is in memory");
        assert_eq!(shared.readiness(), Ok(()));
        early.stop.cancel();
        assert_eq!(shared.readiness(), Err(NotReady::Stopping));
    }
}
