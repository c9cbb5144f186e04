//! Seats as arguments.

use crate::seats::range_of;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::SeatLabel;
use boxoffice_client::protocol::reservation::{Keep, PlaceCount, Places, SeatLabels};
use std::str::FromStr;

/// One argument's seats: `A1`, `a1-a4`, `A1,A2,B5-B7`, `balcony:C4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeatList(Vec<SeatLabel>);

impl FromStr for SeatList {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let mut labels = Vec::new();
        for part in text.split(',') {
            range_of(&upper_rows(part), &mut labels)?;
        }
        Ok(Self(labels))
    }
}

/// Rows may be typed in lower case; a section's name is as it is.
fn upper_rows(part: &str) -> String {
    match part.rsplit_once(':') {
        Some((section, place)) => format!("{section}:{}", place.to_ascii_uppercase()),
        None => part.to_ascii_uppercase(),
    }
}

/// All the seats of several arguments.
pub(crate) fn one_list(lists: Vec<SeatList>) -> Vec<SeatLabel> {
    lists.into_iter().flat_map(|list| list.0).collect()
}

/// What to keep of a reservation: seats (`A1,A2`), or so many standing places (`2`).
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

/// Adjacent seats, as a range where that is shorter.
fn run(seats: &[SeatLabel]) -> String {
    match seats {
        [first, _, .., last] => {
            let last = SeatLabel { section: None, ..last.clone() };
            format!("{first}-{last}")
        }
        few => few.iter().map(SeatLabel::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// The beginning of a text from outside, short enough for a message.
pub(super) fn clip(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
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
}
