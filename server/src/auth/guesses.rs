//! Who shows wrong tokens is slowed down, by where they come from.

use crate::clock::Clock;
use boxoffice_protocol::time::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Wrong tokens that an address may show at once.
const AT_ONCE: u64 = 10;

/// How long until it may show another one.
const EVERY_MS: u64 = 1_000;

/// Counts that are kept. Two addresses may share one, which shortens what wrong tokens they may
/// show, and nothing else.
const COUNTS: usize = 4_096;

/// How many wrong tokens came from where, of late: the generic cell rate algorithm (ITU-T I.371), in
/// memory that does not grow with addresses.
///
/// A right token is never slowed. It has 256 random bits, so that nobody guesses one at any pace;
/// and if it were, everybody could lock out those who share an address or a proxy with him. What is
/// bounded is what guessing costs the server and what it writes into its log.
#[derive(Debug)]
pub(super) struct Guesses {
    /// For each count, the time at which everything that was shown is paid off, in milliseconds.
    paid_off: Box<[AtomicU64]>,
    /// Keyed, so that nobody knows whose count is whose.
    hashing: RandomState,
    clock: Clock,
}

impl Guesses {
    pub(super) fn new(clock: Clock) -> Self {
        let paid_off = (0..COUNTS).map(|_| AtomicU64::new(0)).collect();
        Self { paid_off, hashing: RandomState::new(), clock }
    }

    /// A wrong token came from this address.
    ///
    /// # Errors
    /// It was one too many; another one may come after this time.
    pub(super) fn wrong(&self, from: IpAddr) -> Result<(), Duration> {
        let now = self.clock.now();
        let count = &self.paid_off[self.count(from)];
        let add = |paid_off: u64| next(paid_off, now).ok();
        count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
            .map(drop)
            .map_err(|paid_off| next(paid_off, now).err().unwrap_or_default())
    }

    fn count(&self, from: IpAddr) -> usize {
        let hash = self.hashing.hash_one(network(from));
        usize::try_from(hash % COUNTS as u64).expect("there are not so many")
    }
}

/// When it is paid off after one more, or how long to wait until there may be one more.
fn next(paid_off: u64, now: Timestamp) -> Result<u64, Duration> {
    let owed = paid_off.saturating_sub(now.as_ms());
    match owed.checked_sub((AT_ONCE - 1) * EVERY_MS).filter(|&wait| wait > 0) {
        Some(wait) => Err(Duration::from_millis(wait)),
        None => Ok(paid_off.max(now.as_ms()) + EVERY_MS),
    }
}

/// What one customer of a provider has: an IPv4 address, or 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guesses() -> (Guesses, Clock) {
        let clock = Clock::manual(Timestamp::from_ms(1_000_000));
        (Guesses::new(clock.clone()), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Addresses that share no count with this one, as nearly all do.
    fn others<'a>(guesses: &'a Guesses, than: IpAddr) -> impl Iterator<Item = IpAddr> + 'a {
        let all = (0..=255).map(|last| IpAddr::from([10, 0, 0, last]));
        all.filter(move |&other| guesses.count(other) != guesses.count(than))
    }

    #[test]
    fn ten_at_once_and_then_one_a_second() {
        let (guesses, clock) = guesses();
        let guesser = address("127.0.0.1");
        for _ in 0..AT_ONCE {
            guesses.wrong(guesser).unwrap();
        }
        for _ in 0..100 {
            assert_eq!(guesses.wrong(guesser), Err(Duration::from_secs(1)));
        }
        for other in others(&guesses, guesser).take(3) {
            guesses.wrong(other).unwrap();
        }
        clock.advance(Duration::from_millis(999));
        assert_eq!(guesses.wrong(guesser), Err(Duration::from_millis(1)));
        clock.advance(Duration::from_millis(1));
        guesses.wrong(guesser).unwrap();
        guesses.wrong(guesser).unwrap_err();
        clock.advance(Duration::from_secs(3_600));
        for _ in 0..AT_ONCE {
            guesses.wrong(guesser).unwrap();
        }
        guesses.wrong(guesser).unwrap_err();
    }

    #[test]
    fn an_address_is_what_one_customer_of_a_provider_has() {
        let same = [("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::ffff:1:1:1")];
        for (one, other) in same {
            assert_eq!(network(address(one)), network(address(other)));
        }
        let unlike =
            [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("::1", "127.0.0.1")];
        for (one, other) in unlike {
            assert_ne!(network(address(one)), network(address(other)));
        }
    }
}
