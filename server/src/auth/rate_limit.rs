//! A rate limit by the client's address.

use crate::clock::Clock;
use boxoffice_protocol::time::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters. Two addresses may share one, which shortens what they may do together, and nothing
/// else.
const COUNTS: usize = 4_096;

/// A burst, and then one more after each interval: the generic cell rate algorithm (ITU-T I.371),
/// in memory that does not grow with the number of addresses.
#[derive(Debug)]
pub(crate) struct RateLimit {
    /// The burst beyond the first, in microseconds.
    ahead_us: u64,
    every_us: u64,
    /// By counter, the time at which everything taken is paid off, in microseconds.
    paid_off: Box<[AtomicU64]>,
    /// Keyed, so that no client can choose addresses that share a counter.
    hashing: RandomState,
    clock: Clock,
}

impl RateLimit {
    /// A limit of `at_once`, at least one, and then one more after each `every`.
    pub(super) fn new(at_once: u32, every: Duration, clock: Clock) -> Self {
        let every_us = u64::try_from(every.as_micros()).unwrap_or(u64::MAX);
        let ahead_us = every_us.saturating_mul(u64::from(at_once).saturating_sub(1));
        let paid_off = (0..COUNTS).map(|_| AtomicU64::new(0)).collect();
        Self { ahead_us, every_us, paid_off, hashing: RandomState::new(), clock }
    }

    /// Takes one for this address.
    ///
    /// # Errors
    /// The limit is reached for this long.
    pub(crate) fn take(&self, from: IpAddr) -> Result<(), Duration> {
        let now = self.clock.now();
        let add = |paid_off: u64| self.next(paid_off, now).ok();
        self.of(from)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
            .map(drop)
            .map_err(|paid_off| self.next(paid_off, now).err().unwrap_or_default())
    }

    /// Gives back one that was taken in vain.
    pub(crate) fn give_back(&self, from: IpAddr) {
        // It was added before, so the counter does not wrap.
        self.of(from).fetch_sub(self.every_us, Ordering::Relaxed);
    }

    /// The time at which it is paid off after one more, or the wait until one more is due.
    fn next(&self, paid_off: u64, now: Timestamp) -> Result<u64, Duration> {
        let now = now.as_ms().saturating_mul(1_000);
        match paid_off.saturating_sub(now).saturating_sub(self.ahead_us) {
            0 => Ok(paid_off.max(now).saturating_add(self.every_us)),
            wait => Err(Duration::from_micros(wait)),
        }
    }

    fn of(&self, from: IpAddr) -> &AtomicU64 {
        &self.paid_off[self.count(from)]
    }

    fn count(&self, from: IpAddr) -> usize {
        let hash = self.hashing.hash_one(network(from));
        usize::try_from(hash % COUNTS as u64).expect("there are not so many")
    }
}

/// The network of one subscriber: an IPv4 address, or 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: u32 = 10;

    fn pace() -> (RateLimit, Clock) {
        let clock = Clock::manual(Timestamp::from_ms(1_000_000));
        (RateLimit::new(AT_ONCE, Duration::from_secs(1), clock.clone()), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Addresses that share no counter with this one, as nearly all do.
    fn others<'a>(pace: &'a RateLimit, than: IpAddr) -> impl Iterator<Item = IpAddr> + 'a {
        let all = (0..=255).map(|last| IpAddr::from([10, 0, 0, last]));
        all.filter(move |&other| pace.count(other) != pace.count(than))
    }

    #[test]
    fn ten_at_once_and_then_one_a_second() {
        let (pace, clock) = pace();
        let hasty = address("127.0.0.1");
        for _ in 0..AT_ONCE {
            pace.take(hasty).unwrap();
        }
        for _ in 0..100 {
            assert_eq!(pace.take(hasty), Err(Duration::from_secs(1)));
        }
        for other in others(&pace, hasty).take(3) {
            pace.take(other).unwrap();
        }
        clock.advance(Duration::from_millis(999));
        assert_eq!(pace.take(hasty), Err(Duration::from_millis(1)));
        clock.advance(Duration::from_millis(1));
        pace.take(hasty).unwrap();
        pace.take(hasty).unwrap_err();
        clock.advance(Duration::from_secs(3_600));
        for _ in 0..AT_ONCE {
            pace.take(hasty).unwrap();
        }
        pace.take(hasty).unwrap_err();
    }

    #[test]
    fn what_came_to_nothing_takes_nothing() {
        let (pace, _clock) = pace();
        let here = address("127.0.0.1");
        for _ in 0..100 {
            pace.take(here).unwrap();
            pace.give_back(here);
        }
        for _ in 0..AT_ONCE {
            pace.take(here).unwrap();
        }
        pace.take(here).unwrap_err();
        pace.give_back(here);
        pace.take(here).unwrap();
        pace.take(here).unwrap_err();
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
