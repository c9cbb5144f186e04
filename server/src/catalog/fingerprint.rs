//! Tells a request that is sent again from another one under the same id.

use boxoffice_protocol::id::{CustomerId, LetteredSeat, OrderNumber, SeatLabel};
use boxoffice_protocol::reservation::{RequestedTypes, Selection, TicketCount, Together};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::time::Duration;

/// Keyed hashes of requests. The key is secret, so clients cannot make two requests that have the
/// same hash; the bytes that are hashed are written out here, so that no compiler can change them.
#[derive(Clone)]
pub struct Fingerprints {
    key: [u8; 16],
}

/// Which request for a new reservation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationKind {
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
    pub fn of(
        &self,
        kind: ReservationKind,
        customer: CustomerId<&str>,
        selection: &Selection,
        order: Option<OrderNumber<&str>>,
    ) -> u64 {
        let mut text = HashedText::new(&self.key);
        match kind {
            ReservationKind::Hold(None) => text.put(&[0]),
            ReservationKind::Hold(Some(ttl)) => {
                text.put(&[1]);
                text.put(&ttl.as_millis().to_le_bytes());
            }
            ReservationKind::Reserve => text.put(&[2]),
        }
        text.put_text(customer.as_str());
        text.put_selection(selection);
        if let Some(order) = order {
            // No text of a request is so long, so that no selection ends like that.
            text.put(&[ORDER]);
            text.put_text(order.as_str());
        }
        text.hash()
    }
}

/// In place of a length: an order follows.
const ORDER: u8 = u8::MAX - 1;

/// In place of a section's length: the text of a label follows that has no row and number.
const NOT_LETTERED: u8 = u8::MAX;

/// The length of a name, of which none has more bytes than fit.
fn length(text: &str) -> u8 {
    u8::try_from(text.len()).unwrap_or(u8::MAX)
}

/// The bytes to hash. They are gathered and hashed in long pieces, which is faster than in many
/// short ones and comes to the same.
struct HashedText {
    hash: SipHasher13,
    gathered: [u8; 256],
    /// Where the gathered bytes end.
    end: usize,
}

impl HashedText {
    fn new(key: &[u8; 16]) -> Self {
        Self { hash: SipHasher13::new_with_key(key), gathered: [0; 256], end: 0 }
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.end + bytes.len();
        match self.gathered.get_mut(self.end..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.end = end;
            }
            None => {
                self.hash.write(&self.gathered[..self.end]);
                self.hash.write(bytes);
                self.end = 0;
            }
        }
    }

    /// A length before the text keeps neighbours apart.
    fn put_text(&mut self, text: &str) {
        self.put(&[length(text)]);
        self.put(text.as_bytes());
    }

    fn put_selection(&mut self, selection: &Selection) {
        let (tag, places, section) = match selection {
            Selection::Ticketed(_) => return self.put_typed(selection),
            Selection::Seats(labels) => {
                self.put(&[0]);
                labels.as_slice().iter().for_each(|label| self.put_label(label));
                return;
            }
            Selection::Best { places, section, together: Together::IfPossible } => {
                (1, places, section)
            }
            Selection::Best { places, section, together: Together::Required } => {
                (2, places, section)
            }
            Selection::Standing { places, section } => (3, places, section),
        };
        self.put(&[tag]);
        self.put(&places.as_u32().to_le_bytes());
        self.put_text(section.as_ref().map_or("", |section| section.as_str()));
    }

    /// Places behind a number that none have without types, then the types.
    #[cold]
    fn put_typed(&mut self, selection: &Selection) {
        let (places, types) = selection.parts();
        self.put(&[4]);
        match types {
            None => self.put(&[0]),
            Some(RequestedTypes::Each(types)) => {
                self.put(&(types.len() as u64).to_le_bytes());
                types.iter().for_each(|name| self.put_text(name.as_str()));
            }
            Some(RequestedTypes::Counts(counts)) => {
                self.put(&u64::MAX.to_le_bytes());
                for TicketCount { ticket_type, places } in counts.as_slice() {
                    self.put(&places.to_le_bytes());
                    self.put_text(ticket_type.as_str());
                }
                self.put(&0u32.to_le_bytes());
            }
        }
        if let Some(most) = selection.limit() {
            self.put(&[5]);
            self.put(&most.to_le_bytes());
        }
        self.put_selection(places);
    }

    /// The section of a lettered one as a text, then its row and number, in one piece, as there can be a
    /// hundred of them; or a text behind a length that no section has.
    #[inline]
    fn put_label(&mut self, label: &SeatLabel) {
        let Some(LetteredSeat { section, row, number }) = label.lettered() else {
            let text = label.text();
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            self.put(&[NOT_LETTERED]);
            self.put(&length.to_le_bytes());
            return self.put(text.as_bytes());
        };
        let section = section.unwrap_or_default();
        let named = length(section);
        let section = section.as_bytes();
        let length = 1 + section.len() + 4;
        if self.end + length > self.gathered.len() {
            self.hash.write(&self.gathered[..self.end]);
            self.end = 0;
        }
        let Some(room) = self.gathered.get_mut(self.end..self.end + length) else {
            self.put(&[named]);
            self.put(section);
            self.put(&row.to_le_bytes());
            return self.put(&number.to_le_bytes());
        };
        self.end += length;
        let (name, place) = room.split_at_mut(1 + section.len());
        name[0] = named;
        name[1..].copy_from_slice(section);
        place[..2].copy_from_slice(&row.to_le_bytes());
        place[2..].copy_from_slice(&number.to_le_bytes());
    }

    fn hash(mut self) -> u64 {
        self.hash.write(&self.gathered[..self.end]);
        self.hash.finish()
    }
}

impl std::fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprints(..)")
    }
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
            fingerprints.of(ReservationKind::Hold(None), ann.borrowed(), &seats, None),
            fingerprints.of(
                ReservationKind::Hold(Some(Duration::from_secs(1))),
                ann.borrowed(),
                &seats,
                None,
            ),
            fingerprints.of(ReservationKind::Reserve, ann.borrowed(), &standing, None),
        ];
        assert_eq!(found, FROZEN);
    }

    #[test]
    fn an_order_is_part_of_its_request() {
        let fingerprints = Fingerprints::new(*b"0123456789abcdef");
        let ann = CustomerId::parse("ann").expect("a customer");
        let standing = Selection::Standing { places: PlaceCount::ONE, section: None };
        let of = |order: Option<&str>| {
            let order = order.map(|order| OrderNumber::parse(order).expect("an order"));
            let order = order.as_ref().map(OrderNumber::borrowed);
            fingerprints.of(ReservationKind::Reserve, ann.borrowed(), &standing, order)
        };
        assert_ne!(of(None), of(Some("1")));
        assert_ne!(of(Some("2")), of(Some("1")));
        assert_eq!(of(Some("1")), of(Some("1")));
    }

    #[test]
    fn a_long_selection_is_hashed_in_pieces_as_if_it_were_in_one() {
        let key = *b"0123456789abcdef";
        let labels = (0..100).map(|number| format!("b:A{}", number + 1).parse().expect("a label"));
        let seats = Selection::Seats(SeatLabels::new(labels).expect("a hundred seats"));
        let ann = CustomerId::parse("ann").expect("a customer");
        let mut text = vec![2, 3, b'a', b'n', b'n', 0];
        for number in 0..100 {
            text.extend([1, b'b', 0, 0, number, 0]);
        }
        let mut hash = SipHasher13::new_with_key(&key);
        hash.write(&text);
        assert_eq!(
            Fingerprints::new(key).of(ReservationKind::Reserve, ann.borrowed(), &seats, None),
            hash.finish()
        );
    }

    const FROZEN: [u64; 3] =
        [8_825_997_913_174_954_601, 12_229_371_643_585_167_433, 7_690_844_398_012_824_217];
}
