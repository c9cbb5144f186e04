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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::{Class, Principal};
    use std::net::IpAddr;

    /// A connection of a party.
    struct Reader {
        party: Party,
        place: UnsentPlace,
        lost: CancellationToken,
    }

    impl Reader {
        fn of(number: u8) -> Self {
            let principal = Principal::at(IpAddr::from([192, 0, 2, number]));
            let party = Party { class: Class::Tokens, principal };
            Self { party, place: UnsentPlace::default(), lost: CancellationToken::new() }
        }

        fn leaves(&mut self, unsent: &UnsentBytes, bytes: usize) {
            unsent.set(&mut self.place, &self.party, bytes, &self.lost);
        }
    }

    fn lost(readers: &[Reader]) -> Vec<bool> {
        readers.iter().map(|reader| reader.lost.is_cancelled()).collect()
    }

    #[test]
    fn row_48_the_largest_connection_of_the_party_with_most_goes_first() {
        let unsent = UnsentBytes::new(UnsentLimits { all: 100, of_one: 100 });
        let mut readers = [1, 1, 1, 2].map(Reader::of);
        for (reader, bytes) in readers.iter_mut().zip([20, 30, 10, 35]) {
            reader.leaves(&unsent, bytes);
        }
        assert_eq!((lost(&readers), unsent.taken()), (vec![false; 4], 95));
        readers[3].leaves(&unsent, 45);
        assert_eq!((lost(&readers), unsent.taken()), (vec![false, true, false, false], 75));
        readers[1].leaves(&unsent, 0);
        readers[0].leaves(&unsent, 0);
        assert_eq!(unsent.taken(), 55, "what was lost is not given back twice");
        readers[3].leaves(&unsent, 95);
        assert_eq!((lost(&readers), unsent.taken()), (vec![false, true, false, true], 10));
    }

    #[test]
    fn a_party_leaves_at_most_its_bound() {
        let unsent = UnsentBytes::new(UnsentLimits { all: 100, of_one: 40 });
        let mut readers = [1, 1, 2].map(Reader::of);
        for (reader, bytes) in readers.iter_mut().zip([15, 30, 40]) {
            reader.leaves(&unsent, bytes);
        }
        assert_eq!((lost(&readers), unsent.taken()), (vec![false, true, false], 55));
        // It was another party's connection before.
        readers[0].party = readers[2].party.clone();
        readers[0].leaves(&unsent, 0);
        assert_eq!(unsent.taken(), 40);
    }
}
