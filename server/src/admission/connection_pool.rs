//! The connections of one listener.

use super::shares::{Full, ShareLimits, Shares};
use super::unsent_bytes::{UnsentBytes, UnsentPlace};
use crate::config::{Config, ConnectionShares, OPERATORS};
use crate::fairness::{Class, Party, Principal};
use crate::metrics::{Closed, Listener};
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How many connections a listener may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// Those of known parties.
    pub(crate) known: ShareLimits,
    /// Besides these, those of unknown clients. They may also have what known parties do not want.
    pub(crate) unknown: usize,
}

impl ConnectionLimits {
    /// Those of a listener.
    pub(crate) fn of(listener: Listener, config: &Config) -> Self {
        let all = match listener {
            Listener::Tcp => config.max_connections,
            Listener::Http => config.http_max_connections,
        };
        let ConnectionShares { of_one, .. } = config.shares;
        let (reserve, of_one) = (config.shares.reserve(all), of_one.unwrap_or(usize::MAX));
        let known = ShareLimits { all, reserve, of_one };
        Self { known, unknown: config.shares.unknown(all) }
    }

    /// Those of the operators' own port.
    pub(crate) const fn of_operators() -> Self {
        let known = ShareLimits { all: OPERATORS, reserve: 0, of_one: OPERATORS };
        Self { known, unknown: OPERATORS }
    }
}

/// The connections of one listener: those of known parties, and those of unknown clients, which have
/// not shown yet which party they are of.
///
/// A client that says nothing takes no room from one that does: a new connection always finds a
/// place among the unknown ones, as the oldest of the address with most of them ends.
#[derive(Debug)]
pub(crate) struct ConnectionPool {
    limits: ConnectionLimits,
    seats: Mutex<Seats>,
    unsent: Arc<UnsentBytes>,
}

#[derive(Debug)]
struct Seats {
    known: Shares,
    unknown: Shares,
}

impl ConnectionPool {
    pub(crate) fn new(limits: ConnectionLimits, unsent: Arc<UnsentBytes>) -> Self {
        let any = ShareLimits { all: usize::MAX, reserve: 0, of_one: usize::MAX };
        let seats = Seats { known: Shares::new(limits.known), unknown: Shares::new(any) };
        Self { limits, seats: Mutex::new(seats), unsent }
    }

    /// A seat for a client at this address that has said nothing yet.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> ConnectionSeat {
        let (lost, unread) = (CancellationToken::new(), CancellationToken::new());
        let held = self.take_unknown(&mut self.seats.lock(), from, &lost);
        let (held, unsent) = (Mutex::new(held), Mutex::default());
        ConnectionSeat { pool: Arc::clone(self), from, held, lost, unsent, unread }
    }

    /// Whether a connection of this party would find a seat.
    ///
    /// # Errors
    /// [`Full`] says why not.
    pub(crate) fn would_admit(&self, party: &Party) -> Result<(), Full> {
        self.seats.lock().known.would_take(party)
    }

    #[cfg(test)]
    fn unknown(&self) -> usize {
        self.seats.lock().unknown.taken()
    }

    fn take_unknown(&self, seats: &mut Seats, from: IpAddr, lost: &CancellationToken) -> Held {
        let free = self.limits.known.all.saturating_sub(seats.known.taken());
        if seats.unknown.taken() >= self.limits.unknown.max(1) + free {
            seats.unknown.end_oldest_of_most();
        }
        let party = Party { class: Class::NoToken, principal: Principal::at(from) };
        let number = seats.unknown.take(&party, lost.clone()).expect("any number is taken");
        Held { kind: Kind::Unknown, party, number }
    }
}

impl Seats {
    fn of(&mut self, kind: Kind) -> &mut Shares {
        match kind {
            Kind::Known => &mut self.known,
            Kind::Unknown => &mut self.unknown,
        }
    }
}

/// A connection's seat, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSeat {
    pool: Arc<ConnectionPool>,
    from: IpAddr,
    held: Mutex<Held>,
    lost: CancellationToken,
    unsent: Mutex<UnsentPlace>,
    /// Cancelled when the client has left too much unread.
    unread: CancellationToken,
}

#[derive(Debug)]
struct Held {
    kind: Kind,
    party: Party,
    number: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Known,
    Unknown,
}

impl ConnectionSeat {
    /// The client's party is known: the seat is the party's from now on, or stays among the unknown
    /// ones.
    ///
    /// # Errors
    /// [`Full`] says why the party has no seat.
    pub(crate) fn identify(&self, party: &Party) -> Result<(), Full> {
        let mut held = self.held.lock();
        if held.kind == Kind::Known && held.party == *party {
            return Ok(());
        }
        let mut seats = self.pool.seats.lock();
        if !seats.of(held.kind).give_back(&held.party, held.number) {
            // It is lost, and the connection about to end.
            return Err(Full::All);
        }
        match seats.known.take(party, self.lost.clone()) {
            Ok(number) => {
                *held = Held { kind: Kind::Known, party: party.clone(), number };
                Ok(())
            }
            Err(full) => {
                *held = self.pool.take_unknown(&mut seats, self.from, &self.lost);
                Err(full)
            }
        }
    }

    /// Whether the client's party is known.
    pub(crate) fn is_known(&self) -> bool {
        self.held.lock().kind == Kind::Known
    }

    /// The client leaves so many bytes unread, in the process and in the kernel.
    pub(super) fn leaves_unsent(&self, bytes: usize) {
        let party = self.held.lock().party.clone();
        self.pool.unsent.set(&mut self.unsent.lock(), &party, bytes, &self.unread);
    }

    /// Returns why the connection has to end, when it has to.
    pub(crate) async fn lost(&self) -> Closed {
        tokio::select! {
            () = self.lost.cancelled() => Closed::GaveWay,
            () = self.unread.cancelled() => Closed::Unread,
        }
    }

    #[cfg(test)]
    fn is_lost(&self) -> bool {
        self.lost.is_cancelled()
    }
}

impl Drop for ConnectionSeat {
    fn drop(&mut self) {
        let held = self.held.get_mut();
        self.pool.unsent.set(self.unsent.get_mut(), &held.party, 0, &self.unread);
        self.pool.seats.lock().of(held.kind).give_back(&held.party, held.number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::unsent_bytes::UnsentLimits;
    use super::*;

    fn pool(known: usize, unknown: usize) -> Arc<ConnectionPool> {
        let known = ShareLimits { all: known, reserve: 0, of_one: usize::MAX };
        let unsent = UnsentBytes::new(UnsentLimits::NONE);
        Arc::new(ConnectionPool::new(ConnectionLimits { known, unknown }, Arc::new(unsent)))
    }

    fn address(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    fn party(number: u8) -> Party {
        Party { class: Class::Tokens, principal: Principal::at(address(number)) }
    }

    #[test]
    fn row_43_silent_connections_keep_no_newcomer_out() {
        let pool = pool(10, 4);
        let mut silent: Vec<_> = (0..14).map(|_| pool.enter(address(1))).collect();
        assert!(silent.iter().all(|seat| !seat.is_lost()), "they may have what no other wants");
        let newcomers: Vec<_> = (0..10)
            .map(|_| {
                let newcomer = pool.enter(address(2));
                // They are renewed at once.
                silent.retain(|seat| !seat.is_lost());
                silent.extend((silent.len()..14).map(|_| pool.enter(address(1))));
                newcomer.identify(&party(2)).unwrap();
                newcomer
            })
            .collect();
        assert!(newcomers.iter().all(|seat| !seat.is_lost() && seat.is_known()));
        silent.retain(|seat| !seat.is_lost());
        assert_eq!((silent.len(), pool.unknown()), (4, 4));
        drop((silent, newcomers));
        assert_eq!((pool.unknown(), pool.seats.lock().known.taken()), (0, 0));
    }

    #[test]
    fn a_refused_client_keeps_its_seat_among_the_unknown() {
        let pool = pool(1, 2);
        let (first, second) = (pool.enter(address(1)), pool.enter(address(2)));
        first.identify(&party(1)).unwrap();
        assert_eq!(second.identify(&party(2)), Err(Full::All));
        assert_eq!(pool.would_admit(&party(2)), Err(Full::All));
        assert!(!second.is_known() && !second.is_lost());
        drop(first);
        second.identify(&party(2)).unwrap();
        // Another party may take over its own seat.
        second.identify(&party(3)).unwrap();
        assert_eq!(pool.seats.lock().known.taken(), 1);
    }
}
