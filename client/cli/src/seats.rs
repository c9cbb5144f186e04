//! Lists of seats as people write them: `A1 A2`, `A1-A4`, `balcony:C4; balcony:C6-C8`.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{RowLabel, SeatLabel};
use boxoffice_client::protocol::limits::MAX_RESERVATION_PLACES;
use boxoffice_client::protocol::reservation::SeatLabels;

/// Reads seats and ranges of seats, separated by spaces, commas or semicolons.
///
/// # Errors
/// [`InvalidField`] says which part is wrong, or that there are none or too many.
pub(crate) fn seats_of(text: &str) -> Result<SeatLabels, InvalidField> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let mut labels = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        range_of(part, &mut labels)?;
        if labels.len() > MAX_RESERVATION_PLACES as usize {
            let why = format!("a reservation has at most {MAX_RESERVATION_PLACES} seats");
            return Err(InvalidField::new("seats", why));
        }
    }
    SeatLabels::new(labels)
}

/// Reads `A1`, or `A1-A4` (also `balcony:A1-A4` and `A1-4`), and appends its seats. Rows may be
/// written in lower case.
///
/// # Errors
/// [`InvalidField`] says what a range looks like.
pub(crate) fn range_of(part: &str, labels: &mut Vec<SeatLabel>) -> Result<(), InvalidField> {
    // A section's name may have hyphens of its own: only what is after it can be a range.
    let place = part.rfind(':').map_or(0, |colon| colon + 1);
    let Some(hyphen) = part[place..].find('-').map(|hyphen| place + hyphen) else {
        labels.push(label_of(part)?);
        return Ok(());
    };
    let first = label_of(&part[..hyphen])?;
    let last = last_of(&part[hyphen + 1..], &first)?;
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

/// A range's end is in the section of its beginning, and if it is only a number, in its row.
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

    fn check(text: &str, expected: &str) {
        let labels = seats_of(text).expect(text);
        let labels: Vec<_> = labels.as_slice().iter().map(SeatLabel::to_string).collect();
        assert_eq!(labels.join(" "), expected, "{text:?}");
    }

    #[test]
    fn lists_and_ranges_of_seats() {
        check("A1", "A1");
        check("A1-A4", "A1 A2 A3 A4");
        check("A9-11", "A9 A10 A11");
        check(" A1,A2;B3  B5 ", "A1 A2 B3 B5");
        check("a1-a2 b3 Balcony:c4", "A1 A2 B3 Balcony:C4");
        check("balcony:C4-C5", "balcony:C4 balcony:C5");
        check("stage-left:C4-C5 stage-left:D1", "stage-left:C4 stage-left:C5 stage-left:D1");
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
        ] {
            assert!(seats_of(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
