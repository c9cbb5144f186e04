//! Everything that a text can mean in a plan.

use super::found::{PlacesFound, ReadScope, SeatRange};
use super::lookups::Lookups;
use crate::hall_names::{HallNames, RowNumber};
use crate::plan::SeatNumber;

/// The most spaces and dashes of a text that is looked at: words and labels have fewer.
const MOST_SEPARATORS: usize = 16;

/// The most ways to read a text as a range: labels have no dash, and each is joined by one at most.
const MOST_RANGES: usize = 6;

/// What a text is read against, and what was found.
pub(super) struct Candidates<'a> {
    hall: &'a dyn HallNames,
    lookups: &'a Lookups,
    /// The only section that is meant.
    section: Option<u8>,
    pub(super) found: Vec<PlacesFound>,
    /// Whether the ends of a range were there, but in different rows.
    pub(super) across_rows: bool,
    /// A row that is there although its seat is not.
    pub(super) near: Option<RowNumber>,
}

impl<'a> Candidates<'a> {
    /// All meanings of a tidied text without its section.
    pub(super) fn of(
        hall: &'a dyn HallNames,
        lookups: &'a Lookups,
        section: Option<u8>,
        text: &str,
        scope: ReadScope,
    ) -> Self {
        let mut this =
            Self { hall, lookups, section, found: Vec::new(), across_rows: false, near: None };
        if text.matches([' ', '-']).count() > MOST_SEPARATORS {
            return this;
        }
        this.worded(text, scope);
        for (row, seat) in cuts(text) {
            let seats = this.seats(row, seat);
            this.found.extend(seats.into_iter().map(|seat| PlacesFound::Seats(range(seat, seat))));
        }
        for (first, last) in range_ends(text) {
            this.range(first, last);
        }
        if scope == ReadScope::Blocks {
            this.rows(text);
            this.whole_section(text);
        }
        this.found.sort_unstable();
        this.found.dedup();
        this
    }

    /// `row A seat 7`, with a section before it or not; `rows A..C`; `section stalls`.
    fn worded(&mut self, text: &str, scope: ReadScope) {
        if let Some(name) = after_word(text, &["section "])
            && !name.to_ascii_lowercase().contains(" row ")
            && scope == ReadScope::Blocks
        {
            self.whole_section(name);
        }
        let lower = text.to_ascii_lowercase();
        let Some((before, rest)) = split_word(text, &lower, &["row ", "rows "]) else { return };
        let section = self.section;
        if !before.is_empty() {
            let name = after_word(before, &["section "]).unwrap_or(before);
            match self.hall.section_named(name) {
                Some(found) if section.is_none_or(|section| section == found) => {
                    self.section = Some(found);
                }
                _ => return,
            }
        }
        let lower = rest.to_ascii_lowercase();
        match split_word(rest, &lower, &["seat ", "seats "]) {
            Some((row, seats)) => {
                let single = self.seats(row, seats).into_iter();
                self.found.extend(single.map(|seat| PlacesFound::Seats(range(seat, seat))));
                for (first, last) in range_ends(seats) {
                    for seat in self.seats(row, first) {
                        self.to(seat, last);
                    }
                }
            }
            None if scope == ReadScope::Blocks => self.rows(rest),
            None => {}
        }
        self.section = section;
    }

    /// The rows that a text names, of the section that is meant.
    fn named_rows(&self, text: &str) -> Vec<RowNumber> {
        if joins_numbers(text) {
            return Vec::new();
        }
        if self.lookups.take() { self.hall.rows_named(text, self.section) } else { Vec::new() }
    }

    /// The seats of a row that a text names.
    fn named_seats(&self, row: RowNumber, text: &str) -> Vec<u16> {
        if self.lookups.take() { self.hall.seats_named(row, text) } else { Vec::new() }
    }

    fn seats(&mut self, row: &str, seat: &str) -> Vec<SeatNumber> {
        if joins_numbers(seat) {
            return Vec::new();
        }
        let rows = self.named_rows(row);
        let mut seats = Vec::new();
        for (section, row) in rows {
            let indices = self.named_seats((section, row), seat).into_iter();
            seats.extend(indices.map(|index| SeatNumber { section, row, index }));
            self.near.get_or_insert((section, row));
        }
        seats
    }

    /// A range from a seat to another, of which only the label may be written.
    fn range(&mut self, first: &str, last: &str) {
        let firsts: Vec<_> =
            cuts(first).into_iter().flat_map(|(row, seat)| self.seats(row, seat)).collect();
        for seat in firsts {
            self.to(seat, last);
        }
    }

    fn to(&mut self, first: SeatNumber, last: &str) {
        // The section may be repeated.
        let last = last.rsplit(':').next().unwrap_or(last);
        let mut ends = Vec::new();
        if !joins_numbers(last) {
            let indices = self.named_seats((first.section, first.row), last).into_iter();
            ends.extend(indices.map(|index| SeatNumber { index, ..first }));
        }
        for (row, seat) in cuts(last) {
            ends.extend(self.seats(row, seat));
        }
        for end in ends.into_iter().filter(|end| end.section == first.section) {
            if end.row == first.row {
                self.found.push(PlacesFound::Seats(range(first, end)));
            } else {
                self.across_rows = true;
            }
        }
    }

    /// A row, or rows from one to another.
    fn rows(&mut self, text: &str) {
        let rows = self.named_rows(text);
        let row =
            |(section, row)| PlacesFound::Rows { section, first: row, last: row, backwards: false };
        self.found.extend(rows.into_iter().map(row));
        for (first, last) in range_ends(text) {
            let (firsts, lasts) = (self.named_rows(first), self.named_rows(last));
            for (section, first) in firsts {
                let lasts = lasts.iter().filter(|last| last.0 == section && last.1 != first);
                self.found.extend(lasts.map(|&(_, last)| PlacesFound::Rows {
                    section,
                    first: first.min(last),
                    last: first.max(last),
                    backwards: last < first,
                }));
            }
        }
    }

    fn whole_section(&mut self, text: &str) {
        if let Some(section) = self.hall.section_named(text)
            && self.section.is_none_or(|only| only == section)
            && self.hall.rows(section) > 0
        {
            self.found.push(PlacesFound::Section(section));
        }
    }
}

fn range(first: SeatNumber, last: SeatNumber) -> SeatRange {
    let (low, high) = (first.index.min(last.index), first.index.max(last.index));
    SeatRange { section: first.section, row: first.row, first: low, last: high }
}

/// Whether leaving separators out would make one number of two.
fn joins_numbers(text: &str) -> bool {
    let mut parts = text.split([' ', '-']).filter(|part| !part.is_empty());
    let Some(mut before) = parts.next() else { return false };
    parts.any(|part| {
        let joins = before.ends_with(|c: char| c.is_ascii_digit())
            && part.starts_with(|c: char| c.is_ascii_digit());
        before = part;
        joins
    })
}

/// The ways to cut a text into a row and a seat: at separators if it has any, else anywhere.
fn cuts(text: &str) -> Vec<(&str, &str)> {
    let separators = [' ', '-'];
    let trimmed = text.trim_matches(separators);
    let positions: Vec<_> = if trimmed.contains(separators) {
        trimmed.match_indices(separators).map(|(at, _)| at).collect()
    } else {
        trimmed.char_indices().skip(1).map(|(at, _)| at).collect()
    };
    let cut = |at| {
        let (row, seat) = trimmed.split_at(at);
        (row.trim_matches(separators), seat.trim_matches(separators))
    };
    let mut cuts: Vec<_> = positions.into_iter().map(cut).collect();
    cuts.dedup();
    cuts
}

/// The ways to read a text as a range: `A4..A6`, `A4-A6`.
fn range_ends(text: &str) -> Vec<(&str, &str)> {
    let marks = text.match_indices("..").map(|(at, mark)| (at, mark.len()));
    let marks = marks.chain(text.match_indices('-').map(|(at, mark)| (at, mark.len())));
    marks
        .map(|(at, length)| (text[..at].trim(), text[at + length..].trim()))
        .filter(|(first, last)| !first.is_empty() && !last.is_empty())
        .take(MOST_RANGES)
        .collect()
}

fn after_word<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let lower = text.to_ascii_lowercase();
    words.iter().find_map(|word| lower.starts_with(word).then(|| text[word.len()..].trim()))
}

/// What is before and after the first of these words, which begins the text or follows a space.
fn split_word<'t>(text: &'t str, lower: &str, words: &[&str]) -> Option<(&'t str, &'t str)> {
    let starts = words.iter().filter_map(|word| {
        let mut places = lower.match_indices(word).map(|(at, _)| at);
        let at = places.find(|&at| at == 0 || lower[..at].ends_with(' '))?;
        Some((at, word.len()))
    });
    let (at, length) = starts.min()?;
    Some((text[..at].trim(), text[at + length..].trim()))
}
