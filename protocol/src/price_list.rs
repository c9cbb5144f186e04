//! What places cost, as it was at one time.

use crate::change::TakenPlaces;
use crate::section::Sections;
use crate::ticket::{TicketOffer, Tickets};
use serde::{Deserialize, Serialize, Serializer};

/// In place of a price: such tickets are not sold.
const NOT_SOLD: u64 = u64::MAX;

/// The price of a ticket of each type in each section, as it was at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// For each section the prices of all types.
    prices: Box<[u64]>,
    /// How many types there are, at least the one without a name.
    types: usize,
    /// Whether each ticket is sold.
    sells_all: bool,
    /// Whether the types have names.
    is_named: bool,
}

impl PriceList {
    /// The prices of these sections and tickets.
    pub fn of(sections: &Sections, tickets: &Tickets) -> Self {
        let sections = sections.as_slice().iter();
        if tickets.is_empty() {
            return Self::new(sections.map(|section| section.price).collect(), 0);
        }
        let prices = sections.flat_map(|section| {
            tickets.types().iter().map(|ticket_type| match tickets.offer_in(section, ticket_type) {
                TicketOffer::Price(price) => price,
                TicketOffer::NotSold => NOT_SOLD,
            })
        });
        Self::new(prices.collect(), tickets.types().len())
    }

    /// The list whose [`flat`](Self::flat) form this is, of an event that names so many types.
    pub fn new(flat: Box<[u64]>, named_types: usize) -> Self {
        let sells_all = named_types == 0 || !flat.contains(&NOT_SOLD);
        Self { prices: flat, types: named_types.max(1), sells_all, is_named: named_types > 0 }
    }

    /// The prices of all types in the first section, then those in the second, and so on.
    pub fn flat(&self) -> &[u64] {
        &self.prices
    }

    /// How many types have names.
    pub const fn named_types(&self) -> usize {
        if self.is_named { self.types } else { 0 }
    }

    /// How many sections it has prices for.
    pub fn sections(&self) -> usize {
        self.prices.len() / self.types
    }

    /// Whether every ticket is sold everywhere.
    pub const fn sells_all(&self) -> bool {
        self.sells_all
    }

    /// The price of a ticket of the first type, which is sold.
    ///
    /// # Panics
    /// If there is no such section.
    #[inline]
    pub fn first(&self, section: u8) -> u64 {
        self.prices[usize::from(section) * self.types]
    }

    /// The price of a ticket, if it is sold.
    pub fn price(&self, section: u8, ticket_type: u8) -> Option<u64> {
        let (section, ticket_type) = (usize::from(section), usize::from(ticket_type));
        let of_section = self.prices.get(section * self.types..)?.get(..self.types)?;
        let price = *of_section.get(ticket_type)?;
        (price != NOT_SOLD || self.sells_all).then_some(price)
    }

    /// The lowest and the highest price; 0 if nothing is sold.
    pub fn range(&self) -> (u64, u64) {
        let sold = || self.prices.iter().copied().filter(|&price| price != NOT_SOLD);
        (sold().min().unwrap_or(0), sold().max().unwrap_or(0))
    }

    /// The price of places, which is theirs or that of the list; none if any has none.
    pub fn total(&self, places: &TakenPlaces) -> Option<u64> {
        let sum = |sum: u64, price: u64| sum.saturating_add(price);
        match places {
            TakenPlaces::Seats(seats) => seats
                .iter()
                .try_fold(0, |total, seat| Some(sum(total, self.price(seat.section(), 0)?))),
            TakenPlaces::Standing { section, places } => {
                Some(self.price(*section, 0)?.saturating_mul((*places).into()))
            }
            TakenPlaces::TypedSeats { seats, types } => {
                let seats = seats.iter().zip(types.iter());
                let mut prices = seats.map(|(seat, &of)| self.price(seat.section(), of));
                prices.try_fold(0, |total, price| Some(sum(total, price?)))
            }
            TakenPlaces::TypedStanding { section, types, .. } => {
                types.iter().try_fold(0, |total, &of| Some(sum(total, self.price(*section, of)?)))
            }
            TakenPlaces::PricedSeats { .. } | TakenPlaces::PricedStanding { .. } => {
                Some(places.prices().iter().copied().fold(0, sum))
            }
        }
    }
}

/// As JSON has it: a price for each section, or a list of prices with null for what is not sold.
#[derive(Deserialize)]
#[serde(untagged)]
enum SectionPrices {
    One(u64),
    OfTypes(Vec<Option<u64>>),
}

impl Serialize for PriceList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_named {
            return self.prices.serialize(serializer);
        }
        let sold = |&price: &u64| (price != NOT_SOLD).then_some(price);
        let sections = self.prices.chunks(self.types);
        serializer.collect_seq(sections.map(|of| of.iter().map(sold).collect::<Vec<_>>()))
    }
}

impl<'de> Deserialize<'de> for PriceList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut flat, mut types, mut is_first) = (Vec::new(), 0, true);
        for section in Vec::<SectionPrices>::deserialize(deserializer)? {
            let before = flat.len();
            let named = match section {
                SectionPrices::One(price) => {
                    flat.push(price);
                    0
                }
                SectionPrices::OfTypes(prices) => {
                    flat.extend(prices.into_iter().map(|price| price.unwrap_or(NOT_SOLD)));
                    flat.len() - before
                }
            };
            if !is_first && named != types || before == flat.len() {
                let why = "every section has a price for each type";
                return Err(serde::de::Error::custom(why));
            }
            (types, is_first) = (named, false);
        }
        Ok(Self::new(flat.into(), types))
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use super::*;

    #[test]
    fn lists_read_back() {
        for text in ["[]", "[4500,3000]", "[[4500,2000],[3000,null]]", "[[4500]]"] {
            let list: PriceList = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&list).expect("JSON"), text);
        }
        for wrong in ["[1,[2]]", "[[1],[2,3]]", "[[]]", "[null]", "[-1]"] {
            assert!(serde_json::from_str::<PriceList>(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn what_is_not_sold_has_no_price() {
        let list: PriceList = serde_json::from_str("[[4500,2000],[0,null]]").expect("a list");
        assert_eq!((list.price(1, 0), list.price(1, 1), list.price(2, 0)), (Some(0), None, None));
        assert_eq!((list.range(), list.sections(), list.sells_all()), ((0, 4_500), 2, false));
    }
}
