//! Tells a request that is sent again from another one under the same id.

use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::reservation::{Selection, Together};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::time::Duration;

/// Keyed hashes of requests. The key is secret, so that nobody can make two requests that have the
/// same; the bytes that are hashed are written out here, so that no compiler can change them.
#[derive(Clone)]
pub struct Fingerprints {
    key: [u8; 16],
}

/// What is asked with a [`Selection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A hold, for so long if it said.
    Hold(Option<Duration>),
    /// A hold and its confirmation in one.
    Reserve,
}

impl Fingerprints {
    /// Fingerprints under `key`, which has to be the same as long as reservations are remembered.
    pub const fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    /// The fingerprint of a request for a new reservation.
    pub fn of(&self, asked: Asked, customer: &CustomerId, selection: &Selection) -> u64 {
        let mut hash = SipHasher13::new_with_key(&self.key);
        match asked {
            Asked::Hold(None) => hash.write_u8(0),
            Asked::Hold(Some(ttl)) => {
                hash.write_u8(1);
                hash.write(&ttl.as_millis().to_le_bytes());
            }
            Asked::Reserve => hash.write_u8(2),
        }
        write_text(&mut hash, customer.as_str());
        write_selection(&mut hash, selection);
        hash.finish()
    }
}

impl std::fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprints(..)")
    }
}

fn write_selection(hash: &mut SipHasher13, selection: &Selection) {
    let (tag, places, section) = match selection {
        Selection::Seats(labels) => {
            hash.write_u8(0);
            for label in labels.as_slice() {
                write_text(hash, label.section.as_ref().map_or("", |section| section.as_str()));
                hash.write(&label.row.to_le_bytes());
                hash.write(&label.number.to_le_bytes());
            }
            return;
        }
        Selection::Best { places, section, together: Together::IfPossible } => (1, places, section),
        Selection::Best { places, section, together: Together::Required } => (2, places, section),
        Selection::Standing { places, section } => (3, places, section),
    };
    hash.write_u8(tag);
    hash.write(&places.as_u32().to_le_bytes());
    write_text(hash, section.as_ref().map_or("", |section| section.as_str()));
}

/// A length before the text keeps neighbours apart.
fn write_text(hash: &mut SipHasher13, text: &str) {
    hash.write(&(text.len() as u64).to_le_bytes());
    hash.write(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_protocol::reservation::{PlaceCount, SeatLabels};

    /// Reservations are remembered across versions of this program: these may never change.
    #[test]
    fn fingerprints_stay_as_they_are() {
        let fingerprints = Fingerprints::new(*b"0123456789abcdef");
        let ann = CustomerId::parse("ann").expect("a customer");
        let seats = ["A1", "B2"].map(|label| label.parse().expect("a label"));
        let seats = Selection::Seats(SeatLabels::new(seats).expect("two seats"));
        let standing = Selection::Standing { places: PlaceCount::ONE, section: None };
        let found = [
            fingerprints.of(Asked::Hold(None), &ann, &seats),
            fingerprints.of(Asked::Hold(Some(Duration::from_secs(1))), &ann, &seats),
            fingerprints.of(Asked::Reserve, &ann, &standing),
        ];
        assert_eq!(found, FROZEN);
    }

    const FROZEN: [u64; 3] =
        [14_230_910_047_501_345_631, 5_181_722_231_428_946_135, 1_868_396_538_256_929_713];
}
