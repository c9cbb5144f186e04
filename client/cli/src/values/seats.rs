//! Seats as people write them: `A1 A2`, `a1-a4`, `balcony:C4; balcony:C6-C8`.

use super::pasted::{is_space, with_hyphens};
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{RowLabel, SeatLabel};
use boxoffice_client::protocol::limits::MAX_RESERVATION_PLACES;
use boxoffice_client::protocol::reservation::{Keep, PlaceCount, Places, SeatLabels};
use std::str::FromStr;

/// The seats of one argument: `A1`, `a1-a4`, `A1,A2,B5-B7`, `balcony:C4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeatList(Vec<SeatLabel>);

impl FromStr for SeatList {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let mut labels = Vec::new();
        for part in text.split(',') {
            range_of(part, &mut labels)?;
        }
        Ok(Self(labels))
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
        Err(_) => SeatLabels::new(text.parse::<SeatList>()?.0).map(Keep::Seats),
    }
}

/// A reservation's places in words: `A1 A2`, `B3-B9`, `4 standing in floor`.
pub(crate) fn places(places: &Places) -> String {
    match places {
        Places::Seats(seats) => {
            let runs = seats.chunk_by(follows);
            runs.map(run).collect::<Vec<_>>().join(" ")
        }
        Places::Standing { section, places } => format!("{places} standing in {section}"),
    }
}

fn follows(seat: &SeatLabel, next: &SeatLabel) -> bool {
    next.section == seat.section && next.row == seat.row && next.number == seat.number + 1
}

/// Adjacent seats, as a range if that is shorter.
fn run(seats: &[SeatLabel]) -> String {
    match seats {
        [first, _, .., last] => {
            let last = SeatLabel { section: None, ..last.clone() };
            format!("{first}-{last}")
        }
        few => few.iter().map(SeatLabel::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// The beginning of a foreign text, short enough for a message.
pub(crate) fn clip(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}

/// Reads seats and ranges of seats, separated by spaces, commas or semicolons. The hyphen of a range
/// may be any dash, with spaces around it.
///
/// # Errors
/// [`InvalidField`] for a part that is no seat, and for none or too many seats.
pub(crate) fn seats_of(text: &str) -> Result<SeatLabels, InvalidField> {
    let mut labels = Vec::new();
    for part in text.split([',', ';']).flat_map(parts_of) {
        range_of(&part, &mut labels)?;
        if labels.len() > MAX_RESERVATION_PLACES as usize {
            let why = format!("a reservation has at most {MAX_RESERVATION_PLACES} seats");
            return Err(InvalidField::new("seats", why));
        }
    }
    SeatLabels::new(labels)
}

/// The parts between spaces; `A1 - A4` is one, and so is `Block D:A1`.
fn parts_of(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(is_space).filter(|part| !part.is_empty()) {
        let part = if part.contains(':') { part.into() } else { with_hyphens(part) };
        match parts.last_mut() {
            Some(last) if !part.contains(':') && (part.starts_with('-') || last.ends_with('-')) => {
                last.push_str(&part);
            }
            _ => {
                let section =
                    if part.contains(':') { take_section(&mut parts) } else { String::new() };
                parts.push(section + &part);
            }
        }
    }
    parts
}

/// Takes from the end of the parts those that are no seats: the first words of a section's name.
fn take_section(parts: &mut Vec<String>) -> String {
    let is_seat = |part: &String| part.contains(':') || range_of(part, &mut Vec::new()).is_ok();
    let first = parts.iter().rposition(is_seat).map_or(0, |seat| seat + 1);
    parts.drain(first..).fold(String::new(), |name, word| name + &word + " ")
}

/// Reads `A1`, or `A1-A4` (also `balcony:A1-A4` and `A1-4`), and appends its seats. Rows may be
/// written in lower case.
///
/// # Errors
/// [`InvalidField`] with an example of a range.
fn range_of(part: &str, labels: &mut Vec<SeatLabel>) -> Result<(), InvalidField> {
    // The name of a section may have hyphens; a range can only follow it.
    let place = part.rfind(':').map_or(0, |colon| colon + 1);
    let (section, seats) = part.split_at(place);
    let seats = with_hyphens(seats);
    let Some((first, last)) = seats.split_once('-') else {
        labels.push(label_of(part)?);
        return Ok(());
    };
    let first = label_of(&format!("{section}{first}"))?;
    let last = last_of(last, &first)?;
    let wrong = |why: String| Err(InvalidField::new("seats", why));
    if last.row != first.row || last.number < first.number {
        return wrong(format!("{first}-{last} is not a range; one looks like A1-A4, in one row"));
    }
    let count = u32::from(last.number - first.number) + 1;
    if count > MAX_RESERVATION_PLACES {
        return wrong(format!(
            "{first}-{last} is {count} seats; a reservation has at most {MAX_RESERVATION_PLACES}"
        ));
    }
    labels.extend((first.number..=last.number).map(|number| SeatLabel { number, ..first.clone() }));
    Ok(())
}

fn label_of(text: &str) -> Result<SeatLabel, InvalidField> {
    let place = text.rfind(':').map_or(0, |colon| colon + 1);
    let (section, place) = text.split_at(place);
    SeatLabel::parse(&format!("{section}{}", place.to_ascii_uppercase()))
}

/// The end of a range is in the section of its beginning; a mere number is in its row too.
fn last_of(text: &str, first: &SeatLabel) -> Result<SeatLabel, InvalidField> {
    let in_row = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let last = if in_row {
        SeatLabel::parse(&format!("{}{text}", RowLabel(first.row)))?
    } else {
        label_of(text)?
    };
    Ok(SeatLabel { section: first.section.clone(), ..last })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str], expected: &str) {
        let lists = texts.iter().map(|text| text.parse().expect(text)).collect();
        let labels: Vec<_> = one_list(lists).iter().map(SeatLabel::to_string).collect();
        assert_eq!(labels.join(" "), expected, "{texts:?}");
    }

    #[test]
    fn seats_ranges_and_lists() {
        check(&["A1"], "A1");
        check(&["A1-A4", "b3"], "A1 A2 A3 A4 B3");
        check(&["a9-a11,aa1"], "A9 A10 A11 AA1");
        check(&["vip-left:c4-c5"], "vip-left:C4 vip-left:C5");
        for wrong in ["", "A", "1", "A1-", "A4-A1", "A1-B4", "A1,,A2", "A1-A5000"] {
            assert!(wrong.parse::<SeatList>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn runs_of_seats_read_as_ranges() {
        let labels = ["A1", "A2", "B3", "B4", "B5", "c:D1", "c:D2", "c:D3", "c:D4"];
        let seats = labels.map(|label| label.parse().expect("a seat")).into_iter().collect();
        assert_eq!(places(&Places::Seats(seats)), "A1 A2 B3-B5 c:D1-D4");
    }

    #[test]
    fn keep_is_seats_or_a_number() {
        assert_eq!(keep_of("2"), Ok(Keep::Standing(PlaceCount::new(2).expect("a few"))));
        assert!(
            matches!(keep_of("A1,A2"), Ok(Keep::Seats(labels)) if labels.as_slice().len() == 2)
        );
        assert!(keep_of("0").is_err() && keep_of("A1,A1").is_err() && keep_of("").is_err());
    }

    fn check_list(text: &str, expected: &str) {
        let labels = seats_of(text).expect(text);
        let labels: Vec<_> = labels.as_slice().iter().map(SeatLabel::to_string).collect();
        assert_eq!(labels.join(" "), expected, "{text:?}");
    }

    #[test]
    fn lists_and_ranges_of_seats() {
        check_list("A1", "A1");
        check_list("A1-A4", "A1 A2 A3 A4");
        check_list("A9-11", "A9 A10 A11");
        check_list(" A1,A2;B3  B5 ", "A1 A2 B3 B5");
        check_list("a1-a2 b3 Balcony:c4", "A1 A2 B3 Balcony:C4");
        check_list("A1 - A3,B1\u{2013}B2; C1 \u{2212} 2", "A1 A2 A3 B1 B2 C1 C2");
        check_list("\u{FEFF}A2\u{A0}A3\u{202F}\u{200B}", "A2 A3");
        check_list("stage-left:C4\u{2014}C5", "stage-left:C4 stage-left:C5");
        check_list("A1 Block D:A2; 1st  floor:B3-B4", "A1 Block D:A2 1st floor:B3 1st floor:B4");
        check_list("balcony:C4-C5", "balcony:C4 balcony:C5");
        check_list("stage-left:C4-C5 stage-left:D1", "stage-left:C4 stage-left:C5 stage-left:D1");
    }

    #[test]
    fn what_is_no_list_of_seats_is_refused() {
        for wrong in [
            "",
            " ",
            "A",
            "A1-",
            "-A1",
            "A4-A1",
            "A1-B2",
            "A1-A101 B1",
            "A1-A4096",
            "A1 A1",
            "A1-A2-A3",
            "A1,-A2",
            "A1- ,A2",
            "A1 A2 - - A4",
        ] {
            assert!(seats_of(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
