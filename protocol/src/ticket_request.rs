//! Ticket types as they are asked for and told. Reached through [`reservation`](crate::reservation).

use crate::id::TicketType;
use crate::limits::{MAX_RESERVATION_PLACES, MAX_TICKET_TYPES};
use crate::list::bounded;
use crate::text::{InvalidField, invalid};
use bincode::de::BorrowDecoder;
use bincode::error::{AllowedEnumVariants, DecodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// Tickets of a type.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct TicketCount {
    #[serde(rename = "type")]
    pub ticket_type: TicketType,
    pub places: u32,
}

impl TicketCount {
    /// Types by their numbers, neighbours of one type together, with the names that they have.
    pub fn runs(names: &[TicketType], types: &[u8]) -> Vec<Self> {
        let runs = types.chunk_by(|one, next| one == next);
        let named = runs.filter_map(|run| {
            let ticket_type = names.get(usize::from(run[0]))?.clone();
            Some(Self { ticket_type, places: u32::try_from(run.len()).unwrap_or(u32::MAX) })
        });
        named.collect()
    }
}

/// So many tickets of each of some types: 1 to [`MAX_TICKET_TYPES`], each once, with a place each.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "Vec<TicketCount>")]
pub struct TicketCounts(Vec<TicketCount>);

impl TicketCounts {
    /// Takes a list within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names the type that is there twice or has no place, or the bound.
    pub fn new(counts: Vec<TicketCount>) -> Result<Self, InvalidField> {
        let wrong = |why: String| Err(InvalidField::new("types", why));
        if counts.is_empty() || counts.len() > MAX_TICKET_TYPES {
            return wrong(format!("1 to {MAX_TICKET_TYPES} types, not {}", counts.len()));
        }
        for (index, TicketCount { ticket_type, places }) in counts.iter().enumerate() {
            if counts[..index].iter().any(|one| one.ticket_type == *ticket_type) {
                return wrong(format!("{ticket_type} is there twice"));
            }
            if !(1..=MAX_RESERVATION_PLACES).contains(places) {
                let most = MAX_RESERVATION_PLACES;
                return wrong(format!("1 to {most} tickets of a type, not {places}"));
            }
        }
        Ok(Self(counts))
    }

    /// The types and their numbers, as they were given.
    pub fn as_slice(&self) -> &[TicketCount] {
        &self.0
    }
}

impl TryFrom<Vec<TicketCount>> for TicketCounts {
    type Error = InvalidField;

    fn try_from(counts: Vec<TicketCount>) -> Result<Self, InvalidField> {
        Self::new(counts)
    }
}

impl<'de, C> BorrowDecode<'de, C> for TicketCounts {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::new(bounded(decoder, "types", MAX_TICKET_TYPES)?).map_err(invalid)
    }
}

/// The types of the tickets that a reservation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub enum RequestedTypes {
    /// The type of each place: of seats that are named in the order of the names, else in the order of
    /// the places. At most [`MAX_RESERVATION_PLACES`].
    Each(Vec<TicketType>),
    /// So many of each, which the places take in the order of the event's types.
    Counts(TicketCounts),
}

impl<'de, C> BorrowDecode<'de, C> for RequestedTypes {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        match u32::borrow_decode(decoder)? {
            0 => Ok(Self::Each(bounded(decoder, "types", MAX_RESERVATION_PLACES as usize)?)),
            1 => Ok(Self::Counts(TicketCounts::borrow_decode(decoder)?)),
            found => Err(DecodeError::UnexpectedVariant {
                type_name: "RequestedTypes",
                allowed: &AllowedEnumVariants::Range { min: 0, max: 1 },
                found,
            }),
        }
    }
}
