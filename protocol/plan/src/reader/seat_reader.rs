//! The reader of a hall's seats.

use super::candidates::Candidates;
use super::error::LabelError;
use super::found::{PlacesFound, ReadScope, SeatRange};
use super::lookups::Lookups;
use crate::fold::tidy;
use crate::hall_names::{HallNames, RowNumber};
use crate::limits::{MAX_LISTED_RANGES, MAX_PLAN_SEATS, MAX_SEATS_TEXT_BYTES};
use crate::notation::LabelList;
use crate::plan::SeatNumber;
use std::collections::BTreeSet;

/// Bytes of one place of a list: two labels of one section, and some words.
const MAX_PLACE_BYTES: usize = 300;

/// Finds seats of a hall by what people write.
///
/// Case, spaces, leading zeros and the kind of a dash do not matter unless seats differ in them.
#[derive(Debug, Clone)]
pub struct SeatReader<'a> {
    pub(super) hall: &'a dyn HallNames,
    section: Option<u8>,
    lookups: Lookups,
    /// Whether it looks for what a text that names nothing may have meant.
    tells_near: bool,
}

/// What a text was read as.
pub(super) struct PlaceRead {
    /// The text, tidied.
    pub(super) text: String,
    /// Everything that it can mean, or what is written so exactly.
    pub(super) found: Vec<PlacesFound>,
    pub(super) is_exact: bool,
    /// Whether the ends of a range were there, but in different rows.
    pub(super) across_rows: bool,
    /// A row that is there although its seat is not.
    near: Option<RowNumber>,
}

impl<'a> SeatReader<'a> {
    pub const fn new(hall: &'a dyn HallNames) -> Self {
        Self { hall, section: None, lookups: Lookups::new(u32::MAX), tells_near: true }
    }

    /// The same, which tries at most so many readings in all, and says of a text that names nothing
    /// no more than that.
    #[must_use]
    pub fn trying(self, most: u32) -> Self {
        Self { lookups: Lookups::new(most), tells_near: false, ..self }
    }

    /// The same for texts that mean one section.
    pub fn within(&self, section: u8) -> Self {
        Self { section: Some(section), ..self.clone() }
    }

    /// Reads one seat.
    ///
    /// # Errors
    /// [`LabelError`] for what is no seat, more than one, or could be more than one.
    pub fn seat(&self, text: &str) -> Result<SeatNumber, LabelError> {
        check_length(text)?;
        let ranges = self.one(self.read(&tidy(text), ReadScope::Seats)?)?;
        let mut seats = ranges.iter().flat_map(|range| range.seats());
        match (seats.next(), seats.count()) {
            (Some(seat), 0) => Ok(seat),
            (_, more) => Err(LabelError::NotOne { text: text.to_owned(), found: more + 1 }),
        }
    }

    /// Reads a list of seats and ranges, in its order; ranges run in physical order.
    ///
    /// # Errors
    /// [`LabelError`] for a part that is no seat or could be several, and for a seat that is there
    /// twice.
    pub fn seats(&self, text: &str) -> Result<Vec<SeatNumber>, LabelError> {
        let ranges = self.places(text, ReadScope::Seats)?;
        if ranges.iter().map(|range| range.count()).sum::<usize>() > MAX_PLAN_SEATS {
            return Err(LabelError::TooMany { ranges: MAX_LISTED_RANGES, seats: MAX_PLAN_SEATS });
        }
        let seats: Vec<_> = ranges.iter().flat_map(|range| range.seats()).collect();
        let mut seen = BTreeSet::new();
        match seats.iter().find(|&&seat| !seen.insert(seat)) {
            Some(&twice) => Err(LabelError::Twice { label: self.hall.label(twice).into_string() }),
            None => Ok(seats),
        }
    }

    /// Reads a list of places.
    ///
    /// # Errors
    /// [`LabelError`] for a part that is no place or could be several.
    pub fn places(&self, text: &str, scope: ReadScope) -> Result<Vec<SeatRange>, LabelError> {
        check_length(text)?;
        self.list(text, scope)
    }

    /// Reads one place of a tidied text.
    pub(super) fn read(&self, text: &str, scope: ReadScope) -> Result<PlaceRead, LabelError> {
        if text.len() > MAX_PLACE_BYTES {
            return Err(LabelError::TooLong { max: MAX_PLACE_BYTES });
        }
        if self.section.is_none()
            && let Some(SeatNumber { section, row, index }) = self.hall.exact(text)
        {
            let range = SeatRange { section, row, first: index, last: index };
            let (text, found) = (text.to_owned(), vec![PlacesFound::Seats(range)]);
            return Ok(PlaceRead { text, found, is_exact: true, across_rows: false, near: None });
        }
        let (section, place) = match text.split_once(':') {
            None => (self.section, text),
            Some((name, place)) => (Some(self.section_of(name.trim())?), place.trim()),
        };
        // A place of another section than the one that is meant is none.
        let place = if self.section.is_some() && section != self.section { "" } else { place };
        let candidates = Candidates::of(self.hall, &self.lookups, section, place, scope);
        if self.lookups.are_used_up() {
            let (text, example) = (text.to_owned(), self.example());
            return Err(LabelError::TooVague { text, example });
        }
        let Candidates { mut found, across_rows, near, .. } = candidates;
        let exact = found.iter().find(|found| self.is_exact(**found, text)).copied();
        if let Some(exact) = exact {
            found = vec![exact];
        }
        let is_exact = exact.is_some();
        Ok(PlaceRead { text: text.to_owned(), found, is_exact, across_rows, near })
    }

    /// The seats of the only meaning.
    pub(super) fn one(&self, read: PlaceRead) -> Result<Vec<SeatRange>, LabelError> {
        match read.found.as_slice() {
            [found] => Ok(found.ranges(self.hall)),
            [] if read.across_rows => Err(LabelError::SeveralRows { text: read.text }),
            [] => Err(self.unknown(read.text, read.near)),
            several => Err(self.ambiguous(&read.text, several)),
        }
    }

    /// Whether this is printed as the text, or as it is within the section that is meant.
    fn is_exact(&self, found: PlacesFound, text: &str) -> bool {
        let printed = found.write(self.hall);
        let local = printed.split_once(':').map_or(printed.as_str(), |(_, local)| local);
        printed == text || self.section.is_some() && local == text
    }

    fn section_of(&self, name: &str) -> Result<u8, LabelError> {
        self.hall.section_named(name).ok_or_else(|| LabelError::UnknownSection {
            section: name.to_owned(),
            known: some(self.all_sections().filter_map(|section| self.hall.section(section))),
        })
    }

    pub(super) fn ambiguous(&self, text: &str, found: &[PlacesFound]) -> LabelError {
        let text = text.to_owned();
        let written: Vec<_> = found.iter().map(|found| found.write(self.hall)).collect();
        let local = |text: &String| text.rsplit(':').next().map(str::to_owned);
        let is_one_label = written.windows(2).all(|pair| local(&pair[0]) == local(&pair[1]));
        let choices = either(&written);
        if is_one_label {
            let count = match found.len() {
                2 => "two".to_owned(),
                3 => "three".to_owned(),
                many => many.to_string(),
            };
            return LabelError::SeveralSections { text, count, choices };
        }
        let meanings: Vec<_> = found.iter().map(|found| found.describe(self.hall)).collect();
        LabelError::Ambiguous { text, meanings: meanings.join(", or "), choices }
    }

    /// Nothing is called that; what is near is told.
    fn unknown(&self, text: String, near: Option<RowNumber>) -> LabelError {
        let hall = self.hall;
        let only = self.section.or((hall.sections() == 1).then_some(0));
        let hint = match (near, only) {
            _ if !self.tells_near => format!("seats are called like {}", self.example()),
            (Some(row), _) => {
                let labels = (0..hall.seats(row)).map(|index| hall.seat_label(row, index));
                let list =
                    LabelList { labels: labels.collect(), breaks: hall.breaks(row).to_vec() };
                format!("row {} has the seats {}", hall.row_label(row), clip(list.notation()))
            }
            (None, Some(only)) => {
                let labels = (0..hall.rows(only)).map(|row| hall.row_label((only, row)));
                let list = LabelList { labels: labels.collect(), breaks: Vec::new() };
                format!("the rows are {}", clip(list.notation()))
            }
            _ => format!("seats are called like {}", self.example()),
        };
        LabelError::Unknown { text, hint }
    }

    /// A seat that there is.
    pub(super) fn example(&self) -> String {
        let mut sections = self.all_sections();
        let section = self.section.or(sections.find(|&section| self.hall.rows(section) > 0));
        let label = |section| self.hall.label(SeatNumber { section, row: 0, index: 0 });
        section.map(label).unwrap_or_default().into_string()
    }

    fn all_sections(&self) -> impl Iterator<Item = u8> {
        (0..self.hall.sections()).filter_map(|section| u8::try_from(section).ok())
    }
}

/// The beginning of a text that may be long.
fn clip(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(80) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn check_length(text: &str) -> Result<(), LabelError> {
    if text.len() > MAX_SEATS_TEXT_BYTES {
        return Err(LabelError::TooLong { max: MAX_SEATS_TEXT_BYTES });
    }
    Ok(())
}

/// The first of some names.
fn some<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<_> = names.take(11).collect();
    if names.len() > 10 {
        names[10] = "…";
    }
    names.join(", ")
}

/// `a, b or c`
fn either(choices: &[String]) -> String {
    match choices {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if first.len() < 10 => format!("{} or {last}", first.join(", ")),
        [first @ .., _] => format!("{}, …", first[..10].join(", ")),
    }
}
