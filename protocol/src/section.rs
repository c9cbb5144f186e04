//! Sections of an event: their prices, what their seats are called, and how many of their places are
//! free. Reached through [`event`](crate::event).

use crate::id::{LetteredSeat, Seat, SeatLabel, SectionName};
use crate::layout::Layout;
use crate::limits::{MAX_EVENT_ROWS, MAX_EVENT_SEATS, MAX_PRICE_MINOR, MAX_SECTIONS};
use crate::list::bounded;
use crate::text::{InvalidField, invalid};
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// One section of an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct SectionSpec {
    /// Unique in its event.
    pub name: SectionName,
    /// The price of a place, in minor units of the event's currency.
    pub price: u64,
    /// Its seats or its capacity.
    pub layout: Layout,
}

/// The sections of an event: at least one and at most [`MAX_SECTIONS`], each name once, every
/// section and price within its bounds, at most [`MAX_EVENT_SEATS`] seats in at most
/// [`MAX_EVENT_ROWS`] rows in all.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "Vec<SectionSpec>")]
pub struct Sections(Vec<SectionSpec>);

impl Sections {
    /// Takes the list if it keeps the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names the section and the bound.
    pub fn new(sections: Vec<SectionSpec>) -> Result<Self, InvalidField> {
        Self::check_count(sections.len())?;
        for (index, section) in sections.iter().enumerate() {
            check_section(section)?;
            if sections[..index].iter().any(|earlier| earlier.name == section.name) {
                let why = format!("the section {} is there twice", section.name);
                return Err(InvalidField::new("sections", why));
            }
        }
        let seated = sections.iter().filter(|section| section.layout.is_seated());
        let seats: u64 = seated.map(|section| u64::from(section.layout.capacity())).sum();
        let rows = sections.iter().map(|section| section.layout.rows()).sum();
        Self::check_size(seats, rows)?;
        Ok(Self(sections))
    }

    /// Checks how many sections an event has.
    ///
    /// # Errors
    /// None at all, or too many.
    pub fn check_count(sections: usize) -> Result<(), InvalidField> {
        if (1..=MAX_SECTIONS).contains(&sections) {
            return Ok(());
        }
        let why = format!("an event has 1 to {MAX_SECTIONS} sections, this has {sections}");
        Err(InvalidField::new("sections", why))
    }

    /// Checks how many seats all sections of an event have, and how many rows.
    ///
    /// # Errors
    /// Too many of either.
    pub fn check_size(seats: u64, rows: usize) -> Result<(), InvalidField> {
        let why = if seats > MAX_EVENT_SEATS as u64 {
            format!("an event has at most {MAX_EVENT_SEATS} seats, this has {seats}")
        } else if rows > MAX_EVENT_ROWS {
            format!("an event has at most {MAX_EVENT_ROWS} rows, this has {rows}")
        } else {
            return Ok(());
        };
        Err(InvalidField::new("sections", why))
    }

    pub(crate) fn set_price(&mut self, section: u8, price: u64) {
        self.0[usize::from(section)].price = price;
    }

    pub(crate) fn set_layout(&mut self, section: u8, layout: Layout) {
        self.0[usize::from(section)].layout = layout;
    }

    pub(crate) fn add(&mut self, section: SectionSpec) {
        self.0.push(section);
    }

    pub(crate) fn remove_last(&mut self) {
        self.0.pop();
    }

    /// The sections, in the creator's order. A [`Seat`]'s section is an index into it.
    pub fn as_slice(&self) -> &[SectionSpec] {
        &self.0
    }

    /// The section called `name` and its index.
    pub fn named(&self, name: &SectionName) -> Option<(u8, &SectionSpec)> {
        self.called(name.as_str())
    }

    /// The section whose name is this text, and its index.
    pub fn called(&self, name: &str) -> Option<(u8, &SectionSpec)> {
        numbered(&self.0).find(|(_, section)| section.name.as_str() == name)
    }

    /// What `seat` is called in a hall without a plan: with its section's name where several sections are seated.
    ///
    /// A seat of a section that is not there gets a label without one.
    pub fn label(&self, seat: Seat) -> SeatLabel {
        self.label_among(seat, self.several_seated())
    }

    /// What these seats are called, as [`label`](Self::label) says it.
    pub fn labels<'a>(&'a self, seats: &'a [Seat]) -> impl ExactSizeIterator<Item = SeatLabel> {
        let several = self.several_seated();
        seats.iter().map(move |&seat| self.label_among(seat, several))
    }

    fn several_seated(&self) -> bool {
        self.0.iter().filter(|section| section.layout.is_seated()).nth(1).is_some()
    }

    fn label_among(&self, seat: Seat, several: bool) -> SeatLabel {
        let section = self.0.get(usize::from(seat.section())).filter(|_| several);
        SeatLabel::new(section.map(|section| &section.name), seat.row(), seat.number())
    }

    /// The seat of a hall without a plan that is written exactly so. A label without a section means
    /// the only seated section; where several are seated it names nothing.
    pub fn seat(&self, label: &SeatLabel) -> Option<Seat> {
        let seat = label.lettered()?;
        let (index, section) = match seat.section {
            Some(name) => self.called(name)?,
            None => self.only_seated()?,
        };
        section.seat(index, seat)
    }

    /// The only section that is seated, for labels without one; none where there are several.
    pub fn only_seated(&self) -> Option<(u8, &SectionSpec)> {
        let mut seated = numbered(&self.0).filter(|(_, section)| section.layout.is_seated());
        let first = seated.next()?;
        seated.next().is_none().then_some(first)
    }
}

impl SectionSpec {
    /// The seat, if this section, which has this index, has it.
    pub fn seat(&self, index: u8, seat: LetteredSeat<'_>) -> Option<Seat> {
        let Layout::Seated { rows } = &self.layout else { return None };
        let seats = *rows.get(usize::from(seat.row))?;
        (seat.number < seats).then(|| Seat::new(index, seat.row, seat.number))
    }
}

/// Sections, or what there is of each, with their indexes: at most [`MAX_SECTIONS`](crate::limits::MAX_SECTIONS).
pub fn numbered<T>(sections: impl IntoIterator<Item = T>) -> impl Iterator<Item = (u8, T)> {
    // The sections first: with 255 of them, one more number would be beyond eight bits.
    sections.into_iter().zip(0..).map(|(section, index)| (index, section))
}

fn check_section(section: &SectionSpec) -> Result<(), InvalidField> {
    check_price(&section.name, section.price)?;
    section.layout.check(&section.name)
}

/// Checks the price of a section.
pub(crate) fn check_price(section: &SectionName, price: u64) -> Result<(), InvalidField> {
    if price > MAX_PRICE_MINOR {
        let why = format!("{section}: a price is at most {MAX_PRICE_MINOR} minor units");
        return Err(InvalidField::new("sections", why));
    }
    Ok(())
}

impl TryFrom<Vec<SectionSpec>> for Sections {
    type Error = InvalidField;

    fn try_from(sections: Vec<SectionSpec>) -> Result<Self, InvalidField> {
        Self::new(sections)
    }
}

impl From<Sections> for Vec<SectionSpec> {
    fn from(sections: Sections) -> Self {
        sections.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for Sections {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::new(bounded(decoder, "sections", MAX_SECTIONS)?).map_err(invalid)
    }
}

/// How many places of a section, or of an event, are in which state.
///
/// `free + held + sold + blocked` is the capacity, always.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize,
)]
pub struct Counts {
    /// For anybody to take.
    pub free: u64,
    pub held: u64,
    pub sold: u64,
    pub blocked: u64,
}

impl Counts {
    pub const fn capacity(&self) -> u64 {
        self.free + self.held + self.sold + self.blocked
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, one| Self {
            free: sum.free + one.free,
            held: sum.held + one.held,
            sold: sum.sold + one.sold,
            blocked: sum.blocked + one.blocked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(specs: &[(&str, Layout)]) -> Sections {
        let specs = specs.iter().map(|(name, layout)| SectionSpec {
            name: SectionName::parse(name).expect("a word"),
            price: 4_500,
            layout: layout.clone(),
        });
        Sections::new(specs.collect()).expect("within the bounds")
    }

    #[test]
    fn a_label_names_its_section_only_where_several_are_seated() {
        let one = sections(&[("floor", Layout::standing(9)), ("stalls", Layout::grid(2, 3))]);
        let several = sections(&[("stalls", Layout::grid(2, 3)), ("balcony", Layout::grid(1, 2))]);
        for (sections, seat, label) in
            [(&one, Seat::new(1, 1, 2), "B3"), (&several, Seat::new(1, 0, 1), "balcony:A2")]
        {
            assert_eq!(sections.label(seat).to_string(), label);
            assert_eq!(sections.seat(&label.parse().expect("a label")), Some(seat));
        }
        assert_eq!(several.seat(&"A1".parse().expect("a label")), None);
        assert_eq!(one.seat(&"C1".parse().expect("a label")), None);
        assert_eq!(one.seat(&"A4".parse().expect("a label")), None);
    }
}
