//! Lists of places. Commas, semicolons and lines always separate two; a space may also be within one.

use super::error::LabelError;
use super::found::{ReadScope, SeatRange};
use super::seat_reader::{PlaceRead, SeatReader};
use crate::fold::tidy;
use crate::limits::{MAX_LISTED_RANGES, MAX_PLAN_SEATS};

/// The most words of one place: `section stalls row A seat 7`, and a name of some words.
const MOST_WORDS: usize = 10;

/// The most words of a place without any of [`WORDS`] and without a section: a row, a seat and the end
/// of a range.
const MOST_LABELS: usize = 4;

/// Words that only a place in words has.
const WORDS: &[&str] = &["row", "rows", "seat", "seats", "section"];

impl SeatReader<'_> {
    /// The places of a list, in its order.
    pub(super) fn list(&self, text: &str, scope: ReadScope) -> Result<Vec<SeatRange>, LabelError> {
        let mut ranges = Vec::new();
        for line in text.split([';', '\n']) {
            // "Row A, seat 7" is one place.
            let whole = glue(&line.replace(',', " "));
            if is_worded(&whole)
                && let Ok(place) = self.read(&whole, scope).and_then(|read| self.one(read))
            {
                ranges.extend(place);
                continue;
            }
            for part in line.split(',').map(glue).filter(|part| !part.is_empty()) {
                let words: Vec<_> = part.split(' ').collect();
                self.words(&words, scope, &mut ranges)?;
            }
        }
        if ranges.is_empty() {
            return Err(self.nothing());
        }
        Ok(ranges)
    }

    fn words(
        &self,
        mut words: &[&str],
        scope: ReadScope,
        ranges: &mut Vec<SeatRange>,
    ) -> Result<(), LabelError> {
        while !words.is_empty() {
            let mut reads: Vec<(usize, PlaceRead)> = Vec::new();
            for length in 1..=longest_place(words) {
                match self.read(&words[..length].join(" "), scope) {
                    Ok(read) if read.is_exact => {
                        reads.push((length, read));
                        break;
                    }
                    Ok(read) if !read.found.is_empty() => reads.push((length, read)),
                    Err(error @ LabelError::TooVague { .. }) => return Err(error),
                    _ => {}
                }
            }
            let exact = reads.iter().position(|(_, read)| read.is_exact);
            if exact.is_none() && reads.len() > 1 {
                // `A 2` is no row A where nothing is called 2.
                let goes_on = |(length, _): &(usize, PlaceRead)| {
                    self.begins_with_place(&words[*length..], scope)
                };
                if reads.iter().any(goes_on) {
                    reads.retain(goes_on);
                }
            }
            let (length, read) = match (reads.len(), exact) {
                (0, _) => return Err(self.unread(words, scope)),
                (1, _) => reads.remove(0),
                (_, Some(exact)) => reads.remove(exact),
                (last, None) if words[..reads[last - 1].0].iter().any(|word| is_word(word)) => {
                    reads.remove(last - 1)
                }
                _ => return Err(self.several(reads)),
            };
            ranges.extend(self.one(read)?);
            if ranges.len() > MAX_LISTED_RANGES {
                return Err(LabelError::TooMany {
                    ranges: MAX_LISTED_RANGES,
                    seats: MAX_PLAN_SEATS,
                });
            }
            words = &words[length..];
        }
        Ok(())
    }

    /// Whether nothing is left, or first something that is a place.
    fn begins_with_place(&self, words: &[&str], scope: ReadScope) -> bool {
        let reads = |length| self.read(&words[..length].join(" "), scope);
        let is_place = |length| reads(length).is_ok_and(|read| !read.found.is_empty());
        words.is_empty() || (1..=longest_place(words)).any(is_place)
    }

    /// Why the first words are no place.
    fn unread(&self, words: &[&str], scope: ReadScope) -> LabelError {
        let longest = longest_place(words);
        for length in 1..=longest {
            match self.read(&words[..length].join(" "), scope) {
                Ok(read) if read.across_rows || longest == 1 => {
                    return self.one(read).err().unwrap_or_else(|| self.nothing());
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        self.unread(&words[..1], scope)
    }

    fn nothing(&self) -> LabelError {
        LabelError::Empty { example: self.example() }
    }

    /// Words that are places with and without their neighbours.
    fn several(&self, reads: Vec<(usize, PlaceRead)>) -> LabelError {
        let text = reads.last().map(|(_, read)| read.text.clone()).unwrap_or_default();
        let found: Vec<_> = reads.into_iter().flat_map(|(_, read)| read.found).collect();
        self.ambiguous(&text, &found)
    }
}

/// How many of the first words can be one place.
fn longest_place(words: &[&str]) -> usize {
    let words = &words[..words.len().min(MOST_WORDS)];
    let may_be_long = words.iter().any(|word| is_word(word) || word.contains(':'));
    if may_be_long { words.len() } else { words.len().min(MOST_LABELS) }
}

fn is_word(word: &str) -> bool {
    WORDS.contains(&word.to_ascii_lowercase().as_str())
}

fn is_worded(text: &str) -> bool {
    text.split(' ').any(is_word)
}

/// The tidied text, without spaces about dashes and dots, and with dots for `to`.
fn glue(text: &str) -> String {
    let mut tidied = tidy(text);
    for (spaced, mark) in [(" to ", ".."), (" -", "-"), ("- ", "-"), (" ..", ".."), (".. ", "..")] {
        tidied = tidied.replace(spaced, mark);
    }
    tidied
}
