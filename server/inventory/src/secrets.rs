//! What an event needs that its clients must not know: the keys of its hashes.

use boxoffice_protocol::id::{BookingCode, EventId, ReservationId};
use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher24};
use std::fmt;
use std::hash::Hasher;

/// The secrets of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSecrets {
    /// Keys the hash tables of names that clients choose. Nothing else depends on it.
    pub seed: u64,
    /// Keys booking codes, alike on every server that may answer for the event.
    pub codes: CodeKey,
}

/// The key of the booking codes of all events. It does not tell the secret that it is derived from.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct CodeKey([u8; 16]);

/// The booking codes of one event's reservations.
#[derive(Clone, Copy)]
pub struct BookingCodes {
    keys: (u64, u64),
}

impl EventSecrets {
    /// The secrets of an event that shows no booking codes.
    pub fn of_tables(seed: u64) -> Self {
        Self { seed, codes: CodeKey::default() }
    }
}

impl CodeKey {
    /// A key that is no secret.
    #[cfg(any(test, feature = "model"))]
    pub const FOR_TESTS: Self = Self([7; 16]);

    /// The key that belongs to a server's secret, which has to stay the same as long as people keep
    /// their codes.
    pub fn of(secret: &[u8; 16]) -> Self {
        let mut hasher = SipHasher24::new_with_key(secret);
        hasher.write(b"booking codes");
        Self(hasher.finish128().as_bytes())
    }

    /// The codes of an event.
    pub fn codes(&self, event: &EventId) -> BookingCodes {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(event.as_str().as_bytes());
        BookingCodes { keys: hasher.finish128().as_u64() }
    }
}

impl BookingCodes {
    /// The code of a reservation.
    #[inline]
    pub fn of(&self, id: &ReservationId) -> BookingCode {
        let (low, high) = self.keys;
        BookingCode::of_hash(SipHasher13::new_with_keys(low, high).hash(id.as_bytes()))
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey(..)")
    }
}

impl fmt::Debug for BookingCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BookingCodes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192d3a0-7b1c-7def-8a12-3456789abcde";

    fn code(secret: u8, event: &str, id: &str) -> String {
        let (event, id) = (EventId::parse(event).expect("a slug"), id.parse().expect("an id"));
        CodeKey::of(&[secret; 16]).codes(&event).of(&id).to_string()
    }

    /// People keep codes across versions of this program: these may never change.
    #[test]
    fn codes_stay_as_they_are() {
        assert_eq!(code(1, "dune-2", ID), "G3T3V2B5");
    }

    #[test]
    fn a_code_depends_on_secret_event_and_id() {
        let other = "0192d3a0-7b1c-7def-8a12-3456789abcdf";
        let codes = [
            code(1, "dune-2", ID),
            code(2, "dune-2", ID),
            code(1, "dune-3", ID),
            code(1, "dune-2", other),
        ];
        for (at, one) in codes.iter().enumerate() {
            assert!(!codes[at + 1..].contains(one), "{codes:?}");
        }
    }
}
