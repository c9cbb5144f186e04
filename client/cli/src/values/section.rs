//! Sections, their prices and rows, as arguments.

use super::money::Amount;
use super::seats::SeatList;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::{CustomerLimit, Layout};
use boxoffice_client::protocol::id::{LetteredSeat, SectionName};
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::str::FromStr;

/// A section as typed: `stalls=10x20@45.00` has rows of seats, `floor=500@30.00` is standing. The
/// price may be left out for an existing section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SectionArg {
    pub(crate) name: SectionName,
    pub(crate) layout: Layout,
    pub(crate) price: Option<Amount>,
}

impl FromStr for SectionArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, size) = text.split_once('=').ok_or(
            "must be NAME=SIZE@PRICE, like stalls=10x20@45.00 (rows x seats) or floor=500@30.00 \
             (standing)",
        )?;
        let (size, price) = match size.split_once('@') {
            Some((size, price)) => (size, Some(price.parse()?)),
            None => (size, None),
        };
        let layout = match size.parse() {
            Ok(capacity) => Layout::standing(capacity),
            Err(_) => layout_of_rows(size)?,
        };
        Ok(Self { name: section_name(name)?, layout, price })
    }
}

/// Rows like `10x20`: ten rows of twenty seats. The bounds are checked later, but nothing is allocated
/// beyond what a section can have.
pub(crate) fn layout_of_rows(text: &str) -> Result<Layout, String> {
    let size = text
        .split_once(['x', 'X', '×'])
        .and_then(|(rows, seats)| Some((rows.parse::<u16>().ok()?, seats.parse::<u16>().ok()?)));
    match size {
        Some((rows, seats)) => Ok(Layout::grid(rows, seats)),
        None => Err("a size is like 10x20 (rows x seats) or 500 (standing)".to_owned()),
    }
}

/// What to block, as typed: seats, or how many places of a standing section (`floor=50`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlockArg {
    Seats(SeatList),
    Standing { name: SectionName, places: u32 },
}

impl FromStr for BlockArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, places)) = text.split_once('=') else {
            return text.parse().map(Self::Seats).map_err(|why: InvalidField| why.to_string());
        };
        let places = places.parse().map_err(|_| "must be seats, or NAME=PLACES like floor=50")?;
        Ok(Self::Standing { name: section_name(name)?, places })
    }
}

/// The price of a section as typed: `stalls=45.00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SectionPrice {
    pub(crate) name: SectionName,
    pub(crate) price: Amount,
}

impl FromStr for SectionPrice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, price) =
            text.split_once('=').ok_or("must be SECTION=PRICE, like stalls=45.00")?;
        Ok(Self { name: section_name(name)?, price: price.parse()? })
    }
}

/// The limit of places of a customer as typed: `4`, or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitArg(pub(crate) CustomerLimit);

impl FromStr for LimitArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse::<NonZeroU32>()) {
            ("none", _) => Ok(Self(CustomerLimit::Unlimited)),
            (_, Ok(places)) => Ok(Self(CustomerLimit::Places(places))),
            (_, Err(_)) => Err("must be a number from 1, or none for any number".to_owned()),
        }
    }
}

/// `none`, or a time that is read when its zone is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SalesTimeArg(Option<String>);

impl FromStr for SalesTimeArg {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Some(text.to_owned()).filter(|text| text != "none")))
    }
}

impl SalesTimeArg {
    /// The time, as it is typed; none for the default.
    pub(crate) fn typed(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

fn section_name(text: &str) -> Result<SectionName, String> {
    SectionName::parse(text).map_err(|error| error.to_string())
}

/// A range of rows as typed: `C`, or `C-F`. The event's hall says which rows these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowRange {
    first: String,
    last: String,
}

impl RowRange {
    /// The first and the last row, as typed.
    pub(crate) fn ends(&self) -> (&str, &str) {
        (&self.first, &self.last)
    }

    /// The first and the last row, from 0, where rows are lettered.
    pub(crate) fn lettered(&self) -> Option<(usize, usize)> {
        let row = |letters: &str| {
            let first_seat = format!("{}1", letters.to_ascii_uppercase());
            let seat = LetteredSeat::read(&first_seat).filter(|seat| seat.section.is_none());
            seat.map(|seat| usize::from(seat.row))
        };
        row(&self.first).zip(row(&self.last))
    }
}

impl FromStr for RowRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let [first, last] = [first, last].map(str::trim);
        let is_label = |label: &str| !label.is_empty() && !label.contains(['-', ':', ',']);
        if is_label(first) && is_label(last) {
            return Ok(Self { first: first.to_owned(), last: last.to_owned() });
        }
        Err("must be a row or rows, like C or C-F".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_seated_or_standing() {
        let stalls: SectionArg = "stalls=10x20@45.00".parse().expect("rows");
        assert_eq!(stalls.layout, Layout::grid(10, 20));
        assert_eq!(stalls.price, Some("45.00".parse().expect("a price")));
        let floor: SectionArg = "floor=500".parse().expect("a number");
        assert_eq!(floor.layout, Layout::standing(500));
        assert_eq!(floor.price, None);
        for wrong in [
            "",
            "stalls",
            "stalls=",
            "stalls=x",
            "stalls=10x",
            "stalls=10x20@",
            "st/alls=5@1",
            "=5@1",
            "a=70000x1@1",
            "a=5000000000@1",
            "a=-5@1",
            "a=10x20@x",
        ] {
            assert!(wrong.parse::<SectionArg>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn limits_and_prices() {
        assert_eq!("none".parse(), Ok(LimitArg(CustomerLimit::Unlimited)));
        assert!("4".parse::<LimitArg>().is_ok() && "0".parse::<LimitArg>().is_err());
        assert!("stalls=45.00".parse::<SectionPrice>().is_ok());
        assert!("stalls".parse::<SectionPrice>().is_err());
    }
}
