//! The seats that labels name.

use crate::adjacent::Found;
use crate::section_index::SectionIndex;
use boxoffice_protocol::event::Sections;
use boxoffice_protocol::id::SeatLabel;
use boxoffice_protocol::refusal::Refusal;

/// The seats that labels name, ascending. The index is that of these sections.
///
/// # Errors
/// `NoSuchSeat` with all that name none; `Invalid` if two name the same one.
pub(crate) fn seats_of(
    sections: &Sections,
    index: &SectionIndex,
    field: &'static str,
    labels: &[SeatLabel],
) -> Result<Found, Refusal> {
    let mut seats = Found::with_capacity(labels.len());
    let mut missing = Vec::new();
    for label in labels {
        match index.seat(sections, label) {
            Some(seat) => seats.push(seat),
            None => missing.push(label.clone()),
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::NoSuchSeat { seats: missing.into() });
    }
    seats.sort_unstable();
    match seats.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(seats),
        Some(pair) => {
            let label = sections.label(pair[0]);
            Err(Refusal::invalid(field, format!("{label} is there twice")))
        }
    }
}
