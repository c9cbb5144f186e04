//! What is asked for and what was reserved.

use crate::event::Currency;
use crate::id::{CustomerId, EventId, ReservationId, SeatLabel, SectionName};
use crate::limits::MAX_RESERVATION_PLACES;
use crate::list::Seats;
use crate::text::{InvalidField, invalid};
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::fmt;

/// What a reservation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Selection {
    /// These seats, all or none.
    Seats(SeatLabels),
    /// The best free seats.
    Best {
        places: PlaceCount,
        /// Only in this section.
        section: Option<SectionName>,
        /// Whether they must be adjacent.
        together: Together,
    },
    /// Places of a standing section.
    Standing {
        places: PlaceCount,
        /// Which section; may be left out where only one is standing.
        section: Option<SectionName>,
    },
}

/// Whether the places of a [`Selection::Best`] must be adjacent in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Together {
    /// Adjacent if possible, else in as few rows as close as possible.
    IfPossible,
    /// Adjacent or not at all.
    Required,
}

/// A number of places: 1 to [`MAX_RESERVATION_PLACES`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PlaceCount(u32);

impl PlaceCount {
    pub const ONE: Self = Self(1);

    /// Takes a number within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names them.
    pub fn new(places: u32) -> Result<Self, InvalidField> {
        if (1..=MAX_RESERVATION_PLACES).contains(&places) {
            Ok(Self(places))
        } else {
            let why =
                format!("a reservation has 1 to {MAX_RESERVATION_PLACES} places, not {places}");
            Err(InvalidField::new("places", why))
        }
    }

    pub const fn as_u32(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PlaceCount {
    type Error = InvalidField;

    fn try_from(places: u32) -> Result<Self, InvalidField> {
        Self::new(places)
    }
}

impl From<PlaceCount> for u32 {
    fn from(places: PlaceCount) -> Self {
        places.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for PlaceCount {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::new(u32::borrow_decode(decoder)?).map_err(invalid)
    }
}

impl fmt::Debug for PlaceCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// So many labels are compared each with each; more are sorted.
const COMPARED: usize = 8;

/// Seats of a reservation, by their labels.
pub type Labels = Seats<SeatLabel, { MAX_RESERVATION_PLACES as usize }>;

/// Labels of 1 to [`MAX_RESERVATION_PLACES`] seats, each once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "Labels")]
pub struct SeatLabels(Labels);

impl SeatLabels {
    /// Takes a list within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names the bound, or the seat that is there twice.
    pub fn new(labels: impl IntoIterator<Item = SeatLabel>) -> Result<Self, InvalidField> {
        Self::try_from(labels.into_iter().collect::<Labels>())
    }

    /// The labels, as they were given.
    pub fn as_slice(&self) -> &[SeatLabel] {
        &self.0
    }
}

impl TryFrom<Labels> for SeatLabels {
    type Error = InvalidField;

    fn try_from(labels: Labels) -> Result<Self, InvalidField> {
        if labels.is_empty() || labels.len() > MAX_RESERVATION_PLACES as usize {
            let why = format!(
                "a reservation has 1 to {MAX_RESERVATION_PLACES} seats, not {}",
                labels.len()
            );
            return Err(InvalidField::new("seats", why));
        }
        match repeated(&labels) {
            Some(label) => Err(InvalidField::new("seats", format!("{label} is there twice"))),
            None => Ok(Self(labels)),
        }
    }
}

/// The first label that was there before, if there is one.
fn repeated(labels: &[SeatLabel]) -> Option<&SeatLabel> {
    if labels.len() <= COMPARED {
        let index = (1..labels.len()).find(|&index| labels[..index].contains(&labels[index]))?;
        return labels.get(index);
    }
    let keys: SmallVec<[u64; MAX_RESERVATION_PLACES as usize]> = labels.iter().map(key).collect();
    if are_different(&keys) {
        return None;
    }
    let mut order: SmallVec<[usize; MAX_RESERVATION_PLACES as usize]> = (0..labels.len()).collect();
    order.sort_by(|&one, &other| labels[one].cmp(&labels[other]));
    let repeats = order.windows(2).filter(|pair| labels[pair[0]] == labels[pair[1]]);
    repeats.map(|pair| pair[1]).min().map(|index| &labels[index])
}

/// A number that is compared faster than a label: the same for equal ones, and seldom for others.
fn key(SeatLabel { section, row, number }: &SeatLabel) -> u64 {
    let place = u64::from(*row) << 12 ^ u64::from(*number);
    let section = section.as_ref().map_or(0, SectionName::digest);
    (section ^ place).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Keys that are passed by to find a place for one, all together: a list that needs more is made to.
const MOST_PASSED: usize = 4 * MAX_RESERVATION_PLACES as usize;

/// Whether it is sure that these keys, 255 at most, are different: each is put into a table, at its
/// first byte or behind it.
fn are_different(keys: &[u64]) -> bool {
    let (mut table, mut passed) = ([0_u8; 256], 0);
    for (index, &key) in (0..).zip(keys) {
        let mut place = (key >> 56) as usize;
        while let Some(other) = table[place].checked_sub(1) {
            passed += 1;
            if keys[usize::from(other)] == key || passed > MOST_PASSED {
                return false;
            }
            place = (place + 1) % table.len();
        }
        table[place] = index + 1;
    }
    true
}

impl From<SeatLabels> for Labels {
    fn from(labels: SeatLabels) -> Self {
        labels.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for SeatLabels {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::try_from(Labels::borrow_decode(decoder)?).map_err(invalid)
    }
}

/// What a confirm, release or cancel keeps of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Keep {
    /// These of its seats.
    Seats(SeatLabels),
    /// So many of its standing places.
    Standing(PlaceCount),
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Status {
    /// The customer's until a deadline.
    Held,
    Confirmed,
    /// Given back before it was confirmed.
    Released,
    /// Not confirmed in time.
    Expired,
    /// Given back after it was confirmed.
    Cancelled,
}

impl Status {
    /// Whether it has places.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed)
    }

    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Reservation {
    /// Chosen by the client, unique in its event.
    pub id: ReservationId,
    pub event: EventId,
    pub customer: CustomerId,
    pub status: Status,
    /// What it has; of an ended one, what it had at last.
    pub places: Places,
    /// What the places cost, in minor units, at the prices of when they were taken.
    pub total: u64,
    /// What the total is in.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is or was held; for one that was reserved at once, when it was made.
    pub expires_at: Timestamp,
    /// How often it was transferred.
    pub revision: u64,
}

/// The places of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Places {
    /// Seats, by their labels, in the order of sections, rows and numbers.
    Seats(Labels),
    /// Places of a standing section.
    Standing { section: SectionName, places: u32 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_repeated_label_is_found_in_short_lists_and_long_ones() {
        let label = |number| SeatLabel { section: None, row: 3, number };
        for length in [1, 2, 8, 9, 100] {
            let labels: Vec<_> = (0..length).map(label).collect();
            assert_eq!(repeated(&labels), None, "{length} different ones");
            for (index, one) in labels.iter().enumerate() {
                let mut repeating = labels.clone();
                repeating.push(one.clone());
                assert_eq!(repeated(&repeating), Some(one));
                repeating.splice(index..index, [label(999), label(999)]);
                assert_eq!(repeated(&repeating), Some(&label(999)));
            }
        }
    }
}
