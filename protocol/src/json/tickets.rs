//! Ticket types and their prices, as they are written and read.

use super::numbers::MinorUnits;
use crate::event::{TicketOffer, TicketPrice};
use crate::id::{SectionName, TicketType};
use crate::limits::MAX_RESERVATION_PLACES;
use crate::reservation::{RequestedTypes, TicketCount, TicketCounts};
use crate::text::InvalidField;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The price of a ticket type in a category, where it is another than the category's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TicketPrice))]
pub(super) struct TicketPriceRecord {
    /// The name of a section.
    category: SectionName,
    #[serde(rename = "type")]
    ticket_type: TicketType,
    /// Null where such tickets are not sold.
    #[serde(deserialize_with = "there")]
    #[cfg_attr(feature = "openapi", schema(required))]
    price: Option<MinorUnits>,
}

/// Has a field be there, although it may be null.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MinorUnits>, D::Error> {
    Option::deserialize(deserializer)
}

impl From<&TicketPrice> for TicketPriceRecord {
    fn from(price: &TicketPrice) -> Self {
        let TicketPrice { category, ticket_type, offer } = price.clone();
        let price = match offer {
            TicketOffer::NotSold => None,
            TicketOffer::Price(price) => Some(MinorUnits(price)),
        };
        Self { category, ticket_type, price }
    }
}

impl From<TicketPriceRecord> for TicketPrice {
    fn from(record: TicketPriceRecord) -> Self {
        let TicketPriceRecord { category, ticket_type, price } = record;
        let offer = price.map_or(TicketOffer::NotSold, |price| TicketOffer::Price(price.0));
        Self { category, ticket_type, offer }
    }
}

/// The types of a reservation's tickets: of seats a type for each, of standing places the number of
/// each.
#[derive(Debug)]
pub(super) enum TypesRecord<'a> {
    Each(&'a [TicketCount]),
    Counts(&'a [TicketCount]),
}

impl Serialize for TypesRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Each(tickets) => {
                let mut list = serializer.serialize_seq(None)?;
                for TicketCount { ticket_type, places } in *tickets {
                    (0..*places).try_for_each(|_| list.serialize_element(ticket_type))?;
                }
                list.end()
            }
            Self::Counts(tickets) => {
                let mut map = serializer.serialize_map(None)?;
                for TicketCount { ticket_type, places } in *tickets {
                    map.serialize_entry(ticket_type, places)?;
                }
                map.end()
            }
        }
    }
}

/// The types that a request says: a list with the type of each place, or an object with the number of
/// each type.
#[derive(Debug)]
pub(super) struct WrittenTypes(WrittenList);

#[derive(Debug)]
enum WrittenList {
    Each(Vec<TicketType>),
    Counts(Vec<TicketCount>),
}

impl WrittenTypes {
    /// The types, within their bounds.
    pub(super) fn requested(self) -> Result<RequestedTypes, InvalidField> {
        match self.0 {
            WrittenList::Counts(counts) => TicketCounts::new(counts).map(RequestedTypes::Counts),
            WrittenList::Each(types) if types.len() > MAX_RESERVATION_PLACES as usize => {
                let why = format!("at most {MAX_RESERVATION_PLACES}, not {}", types.len());
                Err(InvalidField::new("types", why))
            }
            WrittenList::Each(types) => Ok(RequestedTypes::Each(types)),
        }
    }
}

impl<'de> Deserialize<'de> for WrittenTypes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenTypesVisitor)
    }
}

/// By hand: serde's untagged enums do not say which of the types is wrong.
struct WrittenTypesVisitor;

impl<'de> Visitor<'de> for WrittenTypesVisitor {
    type Value = WrittenTypes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type of each place, like [\"adult\", \"child\"], or {\"adult\": 2}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, types: A) -> Result<WrittenTypes, A::Error> {
        let types = Vec::deserialize(SeqAccessDeserializer::new(types))?;
        Ok(WrittenTypes(WrittenList::Each(types)))
    }

    fn visit_map<A: MapAccess<'de>>(self, types: A) -> Result<WrittenTypes, A::Error> {
        Ok(WrittenTypes(WrittenList::Counts(counts(types)?)))
    }
}

/// The number of each type. One that is there twice is refused later. The names are parsed behind
/// their numbers, so that a wrong number is refused as that of its name.
pub(super) fn counts<'de, A: MapAccess<'de>>(mut types: A) -> Result<Vec<TicketCount>, A::Error> {
    let mut counts = Vec::new();
    while let Some((name, places)) = types.next_entry::<String, u32>()? {
        let ticket_type = TicketType::parse(&name).map_err(A::Error::custom)?;
        counts.push(TicketCount { ticket_type, places });
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<RequestedTypes, String> {
        let read: WrittenTypes = serde_json::from_str(json).map_err(|why| why.to_string())?;
        read.requested().map_err(|why| why.to_string())
    }

    #[test]
    fn types_are_a_list_or_numbers() {
        let name = |name: &str| TicketType::parse(name).expect("a name");
        let each = RequestedTypes::Each(vec![name("adult"), name("child")]);
        assert_eq!(check(r#"["adult","child"]"#), Ok(each));
        let counts = vec![TicketCount { ticket_type: name("adult"), places: 2 }];
        let counts = TicketCounts::new(counts).expect("some");
        assert_eq!(check(r#"{"adult":2}"#), Ok(RequestedTypes::Counts(counts)));
        for wrong in ["{}", r#"{"adult":0}"#, r#"{"adult":101}"#, r#"{"a":1,"a":2}"#, "2", "[1]"] {
            assert!(check(wrong).is_err(), "{wrong} was read");
        }
        let many = format!("[{}\"a\"]", "\"a\",".repeat(100));
        assert!(check(&many).is_err());
    }
}
