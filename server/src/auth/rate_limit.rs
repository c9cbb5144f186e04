//! A rate limit by the client's address.

use super::network::Network;
use crate::clock::Clock;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::Duration;

/// A burst, and then one more after each interval: the generic cell rate algorithm (ITU-T I.371),
/// in memory that does not grow with the number of addresses.
#[derive(Debug)]
pub(crate) struct RateLimit {
    at_once: u32,
    every_us: u64,
    debts: Mutex<Debts>,
    /// Keyed, so that no client can choose addresses that meet in a set.
    hashing: RandomState,
    clock: Clock,
}

impl RateLimit {
    /// A limit of `at_once`, at least one, and then one more after each `every`.
    pub(super) fn new(at_once: u32, every: Duration, clock: Clock) -> Self {
        let every_us = u64::try_from(every.as_micros()).unwrap_or(u64::MAX);
        let (debts, hashing) = (Mutex::new(Debts::new()), RandomState::new());
        Self { at_once: at_once.max(1), every_us, debts, hashing, clock }
    }

    /// Takes so many at once for this address. More than a burst has are had by an address that
    /// owes nothing, and take their time afterwards.
    ///
    /// # Errors
    /// The limit is reached for this long.
    pub(crate) fn take(&self, from: IpAddr, count: u32) -> Result<(), Duration> {
        let now = micros(self.clock.now());
        let hash = self.hash(from);
        let mut debts = self.debts.lock();
        let debt = debts.of(hash, now);
        let ahead = self.cost(self.at_once - count.clamp(1, self.at_once));
        match debt.saturating_sub(now).saturating_sub(ahead) {
            0 => {
                *debt = (*debt).max(now).saturating_add(self.cost(count));
                Ok(())
            }
            wait => Err(Duration::from_micros(wait)),
        }
    }

    /// Takes so many more whatever the limit says, for what is known only now.
    pub(super) fn charge(&self, from: IpAddr, count: u32) {
        let now = micros(self.clock.now());
        let hash = self.hash(from);
        let mut debts = self.debts.lock();
        let debt = debts.of(hash, now);
        *debt = (*debt).max(now).saturating_add(self.cost(count));
    }

    /// Gives back what was taken in vain.
    pub(crate) fn give_back(&self, from: IpAddr, count: u32) {
        let now = micros(self.clock.now());
        let hash = self.hash(from);
        let mut debts = self.debts.lock();
        let debt = debts.of(hash, now);
        *debt = debt.saturating_sub(self.cost(count));
    }

    fn cost(&self, count: u32) -> u64 {
        self.every_us.saturating_mul(u64::from(count))
    }

    fn hash(&self, from: IpAddr) -> u64 {
        self.hashing.hash_one(Network::of(from))
    }
}

fn micros(time: Timestamp) -> u64 {
    time.as_ms().saturating_mul(1_000)
}

/// Sets of the table, a power of two.
const SETS: usize = 1 << 16;

/// Addresses of a set.
const WAYS: usize = 8;

/// By address, the time at which everything taken is paid off, in microseconds.
///
/// A set-associative table. An address that has paid off gives up its entry, so one is missing only
/// where more than eight addresses of one set owe something; then the one that owes least is
/// forgiven. With 50,000 addresses that owe something, this happens to one in ten million. Pages of
/// the table that were never written take no memory.
#[derive(Debug)]
struct Debts {
    hashes: Vec<[u64; WAYS]>,
    paid_off: Vec<[u64; WAYS]>,
}

impl Debts {
    fn new() -> Self {
        Self { hashes: vec![[0; WAYS]; SETS], paid_off: vec![[0; WAYS]; SETS] }
    }

    /// The entry of an address.
    fn of(&mut self, hash: u64, now: u64) -> &mut u64 {
        let set = usize::try_from(hash % SETS as u64).expect("there are not so many");
        let (hashes, paid_off) = (&mut self.hashes[set], &mut self.paid_off[set]);
        let own = hashes.iter().position(|&known| known == hash);
        let way = own.unwrap_or_else(|| {
            let owes_least = (0..WAYS).min_by_key(|&way| paid_off[way].max(now));
            let way = owes_least.expect("a set has entries");
            (hashes[way], paid_off[way]) = (hash, 0);
            way
        });
        &mut paid_off[way]
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

    #[test]
    fn ten_at_once_and_then_one_a_second() {
        let (pace, clock) = pace();
        let hasty = address("127.0.0.1");
        for _ in 0..AT_ONCE {
            pace.take(hasty, 1).unwrap();
        }
        for _ in 0..100 {
            assert_eq!(pace.take(hasty, 1), Err(Duration::from_secs(1)));
        }
        for other in ["10.0.0.1", "10.0.0.2", "::1"] {
            pace.take(address(other), 1).unwrap();
        }
        clock.advance(Duration::from_millis(999));
        assert_eq!(pace.take(hasty, 1), Err(Duration::from_millis(1)));
        clock.advance(Duration::from_millis(1));
        pace.take(hasty, 1).unwrap();
        pace.take(hasty, 1).unwrap_err();
        clock.advance(Duration::from_secs(3_600));
        for _ in 0..AT_ONCE {
            pace.take(hasty, 1).unwrap();
        }
        pace.take(hasty, 1).unwrap_err();
    }

    #[test]
    fn what_came_to_nothing_takes_nothing() {
        let (pace, _clock) = pace();
        let here = address("127.0.0.1");
        for _ in 0..100 {
            pace.take(here, 1).unwrap();
            pace.give_back(here, 1);
        }
        for _ in 0..AT_ONCE {
            pace.take(here, 1).unwrap();
        }
        pace.take(here, 1).unwrap_err();
        pace.give_back(here, 1);
        pace.take(here, 1).unwrap();
        pace.take(here, 1).unwrap_err();
    }

    #[test]
    fn several_at_once_take_as_much_as_one_after_the_other() {
        let (pace, clock) = pace();
        let group = address("127.0.0.1");
        pace.take(group, 6).unwrap();
        assert_eq!(pace.take(group, 6), Err(Duration::from_secs(2)));
        pace.take(group, 4).unwrap();
        assert_eq!(pace.take(group, 1), Err(Duration::from_secs(1)));
        pace.give_back(group, 4);
        pace.take(group, 4).unwrap();
        // More than a burst are had by an address that owes nothing, and take their time.
        assert_eq!(pace.take(group, 25), Err(Duration::from_secs(10)));
        clock.advance(Duration::from_secs(10));
        pace.take(group, 25).unwrap();
        assert_eq!(pace.take(group, 1), Err(Duration::from_secs(16)));
    }

    /// Behind them, no other address is told to come later.
    #[test]
    fn row_49_many_addresses_at_their_pace_slow_no_other_one() {
        let clock = Clock::manual(Timestamp::from_ms(1_000_000));
        let pace = RateLimit::new(30, Duration::from_secs(1), clock.clone());
        let many =
            || (0..49_000_u32).map(|number| IpAddr::from((0x0a00_0000 + number).to_be_bytes()));
        for _ in 0..31 {
            many().for_each(|hasty| _ = pace.take(hasty, 2));
            clock.advance(Duration::from_secs(1));
        }
        let innocent =
            (0..3_000_u32).map(|number| IpAddr::from((0xc000_0000 + number).to_be_bytes()));
        let refused = innocent.filter(|&innocent| pace.take(innocent, 1).is_err()).count();
        assert!(refused < 30, "{refused} of 3,000 are refused for what others did");
        let hasty = many().filter(|&hasty| pace.take(hasty, 10).is_err()).count();
        assert!(hasty > 48_900, "{hasty} of 49,000 are held to their pace");
    }
}
