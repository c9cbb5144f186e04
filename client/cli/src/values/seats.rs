//! Seats as people write them: `A1 A2`, `a1-a4`, `Row A seat 7`, `balcony:C4; balcony:C6..C8`. Which
//! seats are meant, the event's hall knows; here a text is only cut where two places are separate.

use super::pasted::{is_space, with_hyphens};
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{SeatLabel, SectionName};
use boxoffice_client::protocol::limits::{MAX_SEAT_LABEL_BYTES, MAX_SECTION_NAME_BYTES};
use boxoffice_client::protocol::reservation::{Keep, PlaceCount, Places, SeatLabels};
use std::str::FromStr;

/// The seats of one argument: `A1`, `a1-a4`, `A1,A2,B5-B7`, `balcony:C4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeatList(Vec<SeatLabel>);

impl FromStr for SeatList {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        texts_of(text, None).map(Self)
    }
}

/// All the seats of several arguments.
pub(crate) fn one_list(lists: Vec<SeatList>) -> Vec<SeatLabel> {
    lists.into_iter().flat_map(|list| list.0).collect()
}

/// The part of a reservation to keep: seats (`A1,A2`), or a number of standing places (`2`).
pub(crate) fn keep_of(text: &str) -> Result<Keep, InvalidField> {
    match text.parse::<u32>() {
        Ok(places) => PlaceCount::new(places).map(Keep::Standing),
        Err(_) => SeatLabels::new(texts_of(text, None)?).map(Keep::Seats),
    }
}

/// A reservation's places in words: `A1 A2`, `B3..B9`, `4 standing in floor`.
pub(crate) fn places(places: &Places) -> String {
    match places {
        Places::Seats(seats) if seats.is_empty() => "no places".to_owned(),
        Places::Seats(seats) => {
            let runs = seats.chunk_by(follows);
            runs.map(run).collect::<Vec<_>>().join(" ")
        }
        Places::Standing { section, places } => format!("{places} standing in {section}"),
    }
}

fn follows(seat: &SeatLabel, next: &SeatLabel) -> bool {
    seat.lettered().zip(next.lettered()).is_some_and(|(seat, next)| {
        next.section == seat.section && next.row == seat.row && next.number == seat.number + 1
    })
}

/// Adjacent seats, as a range if that is shorter.
fn run(seats: &[SeatLabel]) -> String {
    match seats {
        [first, _, .., last] => {
            let last = last.text();
            let last = last.rsplit(':').next().unwrap_or_default();
            format!("{first}..{last}")
        }
        few => few.iter().map(SeatLabel::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// The beginning of a foreign text, short enough for a message.
pub(crate) fn clip(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}

/// Reads a list of seats. Places without a section are in `section`, if one is given.
///
/// # Errors
/// [`InvalidField`] for none or too many places, for a place of another section, and for what no text
/// may have.
pub(crate) fn seats_of(
    text: &str,
    section: Option<&SectionName>,
) -> Result<SeatLabels, InvalidField> {
    SeatLabels::new(texts_of(text, section)?)
}

/// The texts that stand between semicolons, lines and, where it is not within one place, commas.
fn texts_of(text: &str, section: Option<&SectionName>) -> Result<Vec<SeatLabel>, InvalidField> {
    let mut texts = Vec::new();
    for line in text.split([';', '\n']) {
        // "Row A, seat 7" is one place.
        if is_worded(line) && line.len() <= MAX_SEAT_LABEL_BYTES / 2 {
            push(line, section, &mut texts)?;
            continue;
        }
        for part in line.split(',') {
            let words: Vec<&str> = part.split(is_space).filter(|word| !word.is_empty()).collect();
            if part.len() > MAX_SEAT_LABEL_BYTES / 2 || words.iter().all(|word| is_whole(word)) {
                let places = words_of_places(&words, section).into_iter();
                places
                    .map(|words| words.join(" "))
                    .try_for_each(|place| push(&place, section, &mut texts))?;
            } else {
                push(part, section, &mut texts)?;
            }
        }
    }
    if texts.is_empty() {
        return Err(InvalidField::new("seats", "are missing; write them like A1, or A1..A4"));
    }
    Ok(texts)
}

/// Each word for itself, but with those before it that may be of its section's name: `1st floor:B3`.
fn words_of_places<'a>(words: &[&'a str], section: Option<&SectionName>) -> Vec<Vec<&'a str>> {
    let longest = section.map_or(MAX_SECTION_NAME_BYTES, |section| section.as_str().len());
    let mut places: Vec<Vec<&str>> = Vec::with_capacity(words.len());
    for word in words {
        let mut place = vec![*word];
        if let Some(mut name) = word.find(':') {
            while let Some(&[before]) = places.last().map(Vec::as_slice)
                && !before.contains(':')
                && before.len() + 1 + name <= longest
            {
                name += before.len() + 1;
                place.insert(0, before);
                places.pop();
            }
        }
        places.push(place);
    }
    places
}

fn push(
    text: &str,
    section: Option<&SectionName>,
    texts: &mut Vec<SeatLabel>,
) -> Result<(), InvalidField> {
    let words = text.split(is_space).filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Ok(());
    }
    let (name, place) = match (text.rsplit_once(':'), section) {
        (Some((other, _)), Some(section)) if other.trim() != section.as_str() => {
            let why = format!("{text} is not in the row's section {section}");
            return Err(InvalidField::new("seats", why));
        }
        (Some((name, place)), _) => (Some(name), place),
        (None, section) => (section.map(SectionName::as_str), text.as_str()),
    };
    // The name of a section keeps its dashes.
    let place = with_hyphens(place);
    let label = name.map(|name| format!("{name}:{place}"));
    texts.push(SeatLabel::parse(label.as_deref().unwrap_or(&place))?);
    Ok(())
}

/// Whether a word is a place by itself: `A1`, `12-7`, `A1-A4`, and no part of `A 5` or `A1 - A4`.
fn is_whole(word: &str) -> bool {
    let has = |is: fn(char) -> bool| word.contains(is);
    let ends = |c: char| c.is_alphanumeric() || c == '.';
    let is_joined = has(|c| c.is_alphabetic()) || has(|c| !c.is_alphanumeric());
    has(|c| c.is_ascii_digit()) && is_joined && word.starts_with(ends) && word.ends_with(ends)
}

fn is_worded(line: &str) -> bool {
    let words = line.split(|c: char| is_space(c) || c == ',');
    words
        .map(str::to_ascii_lowercase)
        .any(|word| matches!(word.as_str(), "row" | "rows" | "seat" | "seats" | "section"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let list: SeatList = text.parse().expect(text);
        let labels: Vec<_> = list.0.iter().map(SeatLabel::to_string).collect();
        assert_eq!(labels.join("|"), expected, "{text:?}");
    }

    #[test]
    fn lists_are_cut_between_places() {
        check("A1", "A1");
        check("A1-A4", "A1-A4");
        check(" A1,A2;B3  B5 ", "A1|A2|B3|B5");
        check("A 5, B 6", "A 5|B 6");
        check("Row A, seat 7; Row B, seat 8", "Row A, seat 7|Row B, seat 8");
        check("A1 - A3,B1\u{2013}B2; C1 \u{2212} 2", "A1 - A3|B1-B2|C1 - 2");
        check("\u{FEFF}A2\u{A0}A3\u{202F}\u{200B}", "A2|A3");
        check("12-7 12-8", "12-7|12-8");
        check("Block D:A2; 1st  floor:B3-B4", "Block D:A2|1st floor:B3-B4");
        check("Tier 1 \u{2013} left:A2\u{2013}A4", "Tier 1 \u{2013} left:A2-A4");
        check("balcony:C4 balcony:C5 B1", "balcony:C4|balcony:C5|B1");
        check("A1,,A2", "A1|A2");
        for wrong in ["", " ", ";,"] {
            assert!(wrong.parse::<SeatList>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn long_lists_are_cut_at_spaces() {
        let many = (1..=100).map(|number| format!("A{number}")).collect::<Vec<_>>().join(" ");
        assert_eq!(seats_of(&many, None).expect("a hundred").as_slice().len(), 100);
        assert!(seats_of(&format!("{many} B1"), None).is_err());
        let named = "Block D:A1 ".repeat(100);
        let seats = seats_of(&named, None).expect("a hundred");
        assert!(seats.as_slice().iter().all(|seat| &*seat.text() == "Block D:A1"));
    }

    #[test]
    fn places_are_in_the_section_that_is_given() {
        let stalls: SectionName = "stalls".parse().expect("a name");
        let seats = seats_of("A1 A2; stalls:B3, C 4", Some(&stalls)).expect("seats");
        let seats: Vec<_> = seats.as_slice().iter().map(SeatLabel::to_string).collect();
        assert_eq!(seats, ["stalls:A1", "stalls:A2", "stalls:B3", "stalls:C 4"]);
        let seats = seats_of("A1 stalls:A2", Some(&stalls)).expect("seats");
        assert_eq!(seats.as_slice().len(), 2);
        assert!(seats_of("balcony:A1", Some(&stalls)).is_err());
    }

    #[test]
    fn runs_of_seats_read_as_ranges() {
        let labels = ["A1", "A2", "B3", "B4", "B5", "c:D1", "c:D2", "c:D3", "c:D4", "12-7", "12-8"];
        let seats = labels.map(|label| label.parse().expect("a seat")).into_iter().collect();
        assert_eq!(places(&Places::Seats(seats)), "A1 A2 B3..B5 c:D1..D4 12-7 12-8");
    }

    #[test]
    fn keep_is_seats_or_a_number() {
        assert_eq!(keep_of("2"), Ok(Keep::Standing(PlaceCount::new(2).expect("a few"))));
        assert!(
            matches!(keep_of("A1,A2"), Ok(Keep::Seats(labels)) if labels.as_slice().len() == 2)
        );
        assert!(keep_of("0").is_err() && keep_of("").is_err());
    }
}
