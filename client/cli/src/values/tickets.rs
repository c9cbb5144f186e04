//! Ticket types and their prices as people write them: `adult 2, child 1`, `stalls/child=20.00`.

use super::money::Amount;
use super::section::SectionPrice;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::{Currency, SectionSpec, TicketOffer, TicketPrice, Tickets};
use boxoffice_client::protocol::id::{SectionName, TicketType};
use boxoffice_client::protocol::reservation::{RequestedTypes, TicketCount, TicketCounts};
use std::str::FromStr;

/// The types of a reservation's tickets as typed: one for each place (`adult, child`), or how many of
/// each (`adult 2, child 1`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypesArg(pub(crate) RequestedTypes);

impl FromStr for TypesArg {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let entries = entries(text)?;
        if entries.iter().any(|(_, places)| places.is_some()) {
            return counted(entries).map(RequestedTypes::Counts).map(Self);
        }
        let names = entries.into_iter().map(|(name, _)| name).collect();
        Ok(Self(RequestedTypes::Each(names)))
    }
}

/// How many tickets of each type as typed: `adult 2, child 1`; one without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeCountsArg(pub(crate) TicketCounts);

impl FromStr for TypeCountsArg {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        counted(entries(text)?).map(Self)
    }
}

/// The names of types as typed: `adult, child`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeNames(pub(crate) Vec<TicketType>);

impl FromStr for TypeNames {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let names = text.split(',').map(|name| TicketType::parse(name.trim()));
        names.collect::<Result<_, _>>().map(Self)
    }
}

fn entries(text: &str) -> Result<Vec<(TicketType, Option<u32>)>, InvalidField> {
    let entry = |text: &str| {
        let text = text.trim();
        let counted = text.rsplit_once(' ');
        let counted = counted.and_then(|(name, places)| Some((name, places.parse().ok()?)));
        match counted {
            Some((name, places)) => Ok((TicketType::parse(name.trim())?, Some(places))),
            None => Ok((TicketType::parse(text)?, None)),
        }
    };
    text.split(',').map(entry).collect()
}

fn counted(entries: Vec<(TicketType, Option<u32>)>) -> Result<TicketCounts, InvalidField> {
    let counts = entries
        .into_iter()
        .map(|(ticket_type, places)| TicketCount { ticket_type, places: places.unwrap_or(1) });
    TicketCounts::new(counts.collect())
}

/// A price as typed: of a section (`stalls=45.00`), or of a type of tickets in one (`stalls/child=20.00`,
/// `stalls/child=none`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PriceArg {
    Section(SectionPrice),
    Ticket {
        category: SectionName,
        ticket_type: TicketType,
        /// None if such tickets are not sold.
        price: Option<Amount>,
    },
}

impl FromStr for PriceArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.split('=').next().unwrap_or_default();
        let Some((category, ticket_type)) = name.split_once('/') else {
            return text.parse().map(Self::Section);
        };
        let price =
            text.split_once('=').ok_or("must be SECTION/TYPE=PRICE, like stalls/child=20")?;
        Ok(Self::Ticket {
            category: SectionName::parse(category).map_err(|error| error.to_string())?,
            ticket_type: TicketType::parse(ticket_type).map_err(|error| error.to_string())?,
            price: ticket_price(price.1)?,
        })
    }
}

/// In place of a price: no tickets of this type are sold here.
pub(crate) const NOT_SOLD: &str = "none";

/// The price of a ticket as typed; none if it is not sold.
pub(crate) fn ticket_price(text: &str) -> Result<Option<Amount>, String> {
    if text == NOT_SOLD { Ok(None) } else { text.parse().map(Some) }
}

/// What a ticket costs in a currency, if it is sold.
pub(crate) fn offer(price: Option<Amount>, currency: Currency) -> Result<TicketOffer, String> {
    price.map_or(Ok(TicketOffer::NotSold), |price| price.minor(currency).map(TicketOffer::Price))
}

/// The prices of sections, and those of tickets in a currency.
///
/// # Errors
/// A price that the currency does not have.
pub(crate) fn parted(
    prices: Vec<PriceArg>,
    currency: Currency,
) -> Result<(Vec<SectionPrice>, Vec<TicketPrice>), String> {
    let (mut sections, mut tickets) = (Vec::new(), Vec::new());
    for price in prices {
        match price {
            PriceArg::Section(price) => sections.push(price),
            PriceArg::Ticket { category, ticket_type, price } => {
                let offer = offer(price, currency)?;
                tickets.push(TicketPrice { category, ticket_type, offer });
            }
        }
    }
    Ok((sections, tickets))
}

/// The types of a reservation's tickets in words, behind its places: ` (adult 2, child 1)`.
pub(crate) fn tickets(tickets: &[TicketCount]) -> String {
    if tickets.is_empty() {
        return String::new();
    }
    let tickets = tickets.iter().map(|of| format!("{} {}", of.ticket_type, of.places));
    format!(" ({})", tickets.collect::<Vec<_>>().join(", "))
}

/// What a section costs for each type of tickets; none where they are not sold.
pub(crate) fn prices_of(section: &SectionSpec, tickets: &Tickets) -> Vec<Option<u64>> {
    let types = tickets.types().iter();
    let prices = types.map(|ticket_type| match tickets.offer_in(section, ticket_type) {
        TicketOffer::NotSold => None,
        TicketOffer::Price(price) => Some(price),
    });
    prices.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read: TypesArg = text.parse().expect(text);
        let written = match read.0 {
            RequestedTypes::Each(names) => {
                names.iter().map(TicketType::as_str).collect::<Vec<_>>().join("|")
            }
            RequestedTypes::Counts(counts) => tickets(counts.as_slice()),
        };
        assert_eq!(written, expected, "{text:?}");
    }

    #[test]
    fn types_are_one_for_each_place_or_numbers() {
        check("adult, child,adult", "adult|child|adult");
        check("adult 2, child 1", " (adult 2, child 1)");
        check("adult 2,child", " (adult 2, child 1)");
        check("under 12 3", " (under 12 3)");
        for wrong in ["", "adult 0", "adult 2, adult 1", "a:b", "adult,,child"] {
            assert!(wrong.parse::<TypesArg>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn prices_are_of_sections_or_of_tickets_in_them() {
        let prices = ["stalls=45.00", "stalls/child=20", "floor/child=none"];
        let prices = prices.map(|price| price.parse().expect("a price")).to_vec();
        let (sections, tickets) = parted(prices, Currency::EUR).expect("euros");
        let tickets: Vec<_> =
            tickets.iter().map(|price| (price.to_string(), price.offer)).collect();
        assert_eq!(sections.len(), 1);
        let expected = [
            ("stalls/child".to_owned(), TicketOffer::Price(2_000)),
            ("floor/child".to_owned(), TicketOffer::NotSold),
        ];
        assert_eq!(tickets, expected);
        for wrong in ["stalls", "stalls/child", "stalls/child=", "stalls/=1", "stalls=none"] {
            assert!(wrong.parse::<PriceArg>().is_err(), "{wrong:?} was taken");
        }
    }
}
