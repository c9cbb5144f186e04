//! The types of an event's tickets, and what a ticket of each costs where that differs from the price
//! of its category. Reached through [`event`](crate::event).

use crate::id::{SectionName, TicketType};
use crate::limits::{MAX_PRICE_MINOR, MAX_TICKET_PRICES, MAX_TICKET_TYPES};
use crate::list::bounded;
use crate::section::{SectionSpec, Sections};
use crate::text::{InvalidField, invalid};
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// Whether a ticket is sold, and for how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum TicketOffer {
    NotSold,
    /// In minor units; 0 is free.
    Price(u64),
}

/// What tickets of a type cost in a category.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct TicketPrice {
    /// A section's own category has its name.
    pub category: SectionName,
    #[serde(rename = "type")]
    pub ticket_type: TicketType,
    pub offer: TicketOffer,
}

impl TicketPrice {
    /// Checks it as far as it does not depend on the event.
    ///
    /// # Errors
    /// A price out of its bounds.
    pub fn check(&self) -> Result<(), InvalidField> {
        match self.offer {
            TicketOffer::Price(price) if price > MAX_PRICE_MINOR => Err(InvalidField::new(
                "prices",
                format!("{self}: a price is at most {MAX_PRICE_MINOR} minor units"),
            )),
            TicketOffer::Price(_) | TicketOffer::NotSold => Ok(()),
        }
    }

    fn key(&self) -> (&SectionName, &TicketType) {
        (&self.category, &self.ticket_type)
    }
}

impl std::fmt::Display for TicketPrice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.category, self.ticket_type)
    }
}

/// The types of an event's tickets, and their prices. An event that names no type has one without a
/// name.
///
/// A category and a type without a price of their own cost as much as the category. Prices are in the
/// order of categories and types, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Serialize, Deserialize)]
#[serde(try_from = "UncheckedTickets")]
pub struct Tickets {
    types: Vec<TicketType>,
    prices: Vec<TicketPrice>,
}

/// The same, as it is written.
#[derive(Deserialize)]
struct UncheckedTickets {
    types: Vec<TicketType>,
    prices: Vec<TicketPrice>,
}

impl Tickets {
    /// Takes types and prices within their bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names what is there twice, is of no such type, or is beyond a bound.
    pub fn new(types: Vec<TicketType>, mut prices: Vec<TicketPrice>) -> Result<Self, InvalidField> {
        let wrong = |field, why: String| Err(InvalidField::new(field, why));
        if types.len() > MAX_TICKET_TYPES {
            let why = format!("an event has at most {MAX_TICKET_TYPES} types of tickets");
            return wrong("types", why);
        }
        let twice = |(index, name): &(usize, &TicketType)| types[..*index].contains(name);
        if let Some((_, name)) = types.iter().enumerate().find(twice) {
            return wrong("types", format!("the type {name} is there twice"));
        }
        if prices.len() > MAX_TICKET_PRICES {
            return wrong("prices", format!("at most {MAX_TICKET_PRICES} entries"));
        }
        prices.sort_by(|one, two| one.key().cmp(&two.key()));
        if let Some(pair) = prices.windows(2).find(|pair| pair[0].key() == pair[1].key()) {
            return wrong("prices", format!("{} is there twice", pair[0]));
        }
        prices.iter().try_for_each(TicketPrice::check)?;
        let tickets = Self { types, prices };
        match tickets.prices.iter().find(|price| tickets.number(&price.ticket_type).is_none()) {
            Some(price) => wrong("prices", format!("there is no type {}", price.ticket_type)),
            None => Ok(tickets),
        }
    }

    /// The names of the types; a ticket is of the first one unless another is asked for.
    pub fn types(&self) -> &[TicketType] {
        &self.types
    }

    /// The prices that differ from those of their categories.
    pub fn prices(&self) -> &[TicketPrice] {
        &self.prices
    }

    pub const fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The number of a type, from 0.
    pub fn number(&self, name: &TicketType) -> Option<u8> {
        (0..).zip(&self.types).find(|(_, one)| *one == name).map(|(number, _)| number)
    }

    /// Checks that each price is of one of these sections.
    ///
    /// # Errors
    /// [`InvalidField`] names one that is not.
    pub fn check_categories(&self, sections: &Sections) -> Result<(), InvalidField> {
        for of_category in self.prices.chunk_by(|one, next| one.category == next.category) {
            let category = &of_category[0].category;
            if sections.named(category).is_none() {
                let why = format!("there is no section {category}");
                return Err(InvalidField::new("prices", why));
            }
        }
        Ok(())
    }

    /// What is said of a category and a type.
    pub fn offer(&self, category: &SectionName, ticket_type: &TicketType) -> Option<TicketOffer> {
        let found = self.prices.binary_search_by(|one| one.key().cmp(&(category, ticket_type)));
        found.ok().map(|index| self.prices[index].offer)
    }

    /// What a ticket of a type costs in a section.
    pub fn offer_in(&self, section: &SectionSpec, ticket_type: &TicketType) -> TicketOffer {
        let offer = self.offer(&section.name, ticket_type);
        offer.unwrap_or(TicketOffer::Price(section.price))
    }

    /// Says something else of a category and a type; none if nothing is said of them from now on.
    pub(crate) fn set(
        &mut self,
        category: &SectionName,
        ticket_type: &TicketType,
        offer: Option<TicketOffer>,
    ) {
        let found = self.prices.binary_search_by(|one| one.key().cmp(&(category, ticket_type)));
        match (found, offer) {
            (Ok(index), Some(offer)) => self.prices[index].offer = offer,
            (Ok(index), None) => drop(self.prices.remove(index)),
            (Err(index), Some(offer)) => {
                let (category, ticket_type) = (category.clone(), ticket_type.clone());
                self.prices.insert(index, TicketPrice { category, ticket_type, offer });
            }
            (Err(_), None) => {}
        }
    }
}

impl TryFrom<UncheckedTickets> for Tickets {
    type Error = InvalidField;

    fn try_from(unchecked: UncheckedTickets) -> Result<Self, InvalidField> {
        Self::new(unchecked.types, unchecked.prices)
    }
}

impl<'de, C> BorrowDecode<'de, C> for Tickets {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let types = bounded(decoder, "types", MAX_TICKET_TYPES)?;
        let prices = bounded(decoder, "prices", MAX_TICKET_PRICES)?;
        Self::new(types, prices).map_err(invalid)
    }
}
