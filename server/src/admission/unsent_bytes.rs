//! Bytes that clients leave unread, of all connections together.

use super::shares::{ShareLimits, Shares};
use crate::clock::Stopwatch;
use crate::fairness::Party;
use parking_lot::Mutex;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The shortest time between two log lines about connections that were closed.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// How many bytes clients may leave unread, in the process and in the kernel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnsentLimits {
    pub(crate) all: usize,
    /// The most of one party.
    pub(crate) of_one: usize,
}

impl UnsentLimits {
    /// Any number of bytes.
    pub(crate) const NONE: Self = Self { all: usize::MAX, of_one: usize::MAX };
}

/// Bytes that clients leave unread, of all connections together. Beyond the bound the connection
/// with most is closed: the largest of the party with most.
#[derive(Debug)]
pub struct UnsentBytes {
    limits: UnsentLimits,
    shares: Mutex<UnsentShares>,
}

#[derive(Debug)]
struct UnsentShares {
    shares: Shares,
    /// Connections that were closed since the last log line, and when that was.
    closed: usize,
    logged: Option<Stopwatch>,
}

/// The bytes of one connection, as last measured; none below what is counted.
#[derive(Debug, Default)]
pub(super) struct UnsentPlace(Option<(Party, u64)>);

impl UnsentBytes {
    pub(crate) fn new(limits: UnsentLimits) -> Self {
        let UnsentLimits { all, of_one } = limits;
        let shares = Shares::new(ShareLimits { all, reserve: 0, of_one });
        let shares = Mutex::new(UnsentShares { shares, closed: 0, logged: None });
        Self { limits, shares }
    }

    /// Bytes that are counted now.
    pub(crate) fn taken(&self) -> usize {
        self.shares.lock().shares.taken()
    }

    /// A connection of this party has so many unsent bytes. `lost` is cancelled if it has to end.
    pub(super) fn set(
        &self,
        place: &mut UnsentPlace,
        party: &Party,
        bytes: usize,
        lost: &CancellationToken,
    ) {
        let mut locked = self.shares.lock();
        let shares = &mut locked.shares;
        if let Some((owner, number)) = place.0.take() {
            if owner == *party && bytes > 0 {
                shares.resize(party, number, bytes);
                place.0 = Some((owner, number));
            } else {
                shares.give_back(&owner, number);
            }
        }
        if bytes == 0 || lost.is_cancelled() {
            return;
        }
        if place.0.is_none() {
            let number = shares.insert(party, bytes, lost.clone());
            place.0 = Some((party.clone(), number));
        }
        let closed = shares.bring_back(party);
        if closed > 0 {
            locked.report(closed, self.limits);
        }
    }
}

impl UnsentShares {
    #[cold]
    fn report(&mut self, closed: usize, limits: UnsentLimits) {
        self.closed += closed;
        if self.logged.is_some_and(|logged| logged.elapsed() < LOG_INTERVAL) {
            return;
        }
        let UnsentLimits { all, of_one } = limits;
        tracing::warn!(
            closed = self.closed,
            unsent_bytes = self.shares.taken(),
            all,
            of_one,
            "closed the connections with most unread bytes: clients read too little of what they ask for"
        );
        (self.closed, self.logged) = (0, Some(Stopwatch::start()));
    }
}
