//! The seats that labels name, and the labels of seats.

use crate::adjacent::Found;
use boxoffice_protocol::event::{Layout, Sections};
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::refusal::Refusal;
use hashbrown::HashMap;

/// Comparisons of names that are as fast as a hash table of the sections.
const COMPARED: usize = 256;

#[expect(clippy::disallowed_types, reason = "operators choose the names of sections")]
pub(crate) type ByName<'a> = HashMap<&'a str, u8, foldhash::fast::FixedState>;

/// The seats that labels name, ascending.
///
/// # Errors
/// `NoSuchSeat` with all that name none; `Invalid` if two name the same one.
pub(crate) fn seats_of(
    sections: &Sections,
    field: &'static str,
    labels: &[SeatLabel],
) -> Result<Found, Refusal> {
    let finder = SeatFinder::new(sections, labels.len());
    let mut seats = Found::new();
    let mut missing = Vec::new();
    for label in labels {
        match finder.seat(label) {
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

/// The sections' indexes by their names.
pub(crate) fn by_name(sections: &Sections) -> ByName<'_> {
    let all = (0..=u8::MAX).zip(sections.as_slice());
    all.map(|(index, section)| (section.name.as_str(), index)).collect()
}

/// Finds seats by their labels.
enum SeatFinder<'a> {
    /// There are few to find, or few sections to look through.
    Plain(&'a Sections),
    Indexed {
        sections: &'a Sections,
        by_name: ByName<'a>,
        /// The only one that is seated, for labels without a section.
        only_seated: Option<u8>,
    },
}

impl<'a> SeatFinder<'a> {
    fn new(sections: &'a Sections, labels: usize) -> Self {
        if labels * sections.as_slice().len() <= COMPARED {
            return Self::Plain(sections);
        }
        let by_name = by_name(sections);
        let all = (0..=u8::MAX).zip(sections.as_slice());
        let mut seated = all.filter(|(_, section)| section.layout.is_seated());
        let first = seated.next().map(|(index, _)| index);
        let only_seated = first.filter(|_| seated.next().is_none());
        Self::Indexed { sections, by_name, only_seated }
    }

    fn seat(&self, label: &SeatLabel) -> Option<Seat> {
        match self {
            Self::Plain(sections) => sections.seat(label),
            Self::Indexed { sections, by_name, only_seated } => {
                let index = match &label.section {
                    Some(name) => *by_name.get(name.as_str())?,
                    None => (*only_seated)?,
                };
                let section = &sections.as_slice()[usize::from(index)];
                let Layout::Seated { rows } = &section.layout else { return None };
                let seats = *rows.get(usize::from(label.row))?;
                (label.number < seats).then(|| Seat::new(index, label.row, label.number))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixtures::event;

    #[test]
    fn the_index_finds_what_a_look_at_every_section_finds() {
        for sections in ["stalls=2x3", "stalls=2x3 floor=5", "a=1x3 floor=5 b=2x2", "floor=5"] {
            let sections = event(sections).sections;
            let (plain, indexed) =
                (SeatFinder::new(&sections, 1), SeatFinder::new(&sections, 1_000));
            for name in [None, Some("stalls"), Some("a"), Some("b"), Some("floor"), Some("c")] {
                for (row, number) in [(0, 0), (0, 2), (1, 1), (1, 3), (2, 0)] {
                    let section = name.map(|name| name.parse().expect("a name"));
                    let label = SeatLabel { section, row, number };
                    assert_eq!(plain.seat(&label), indexed.seat(&label), "{label}");
                }
            }
        }
    }
}
