//! The places of an event in its hall.

use crate::breaks::SectionBreaks;
use crate::sections::Section;
use boxoffice_plan::Hall;
use boxoffice_protocol::event::{SectionSpec, Sections, numbered};

/// The sections of an event in this hall, all places free.
pub(crate) fn free_sections(hall: &Hall, sections: &Sections) -> Vec<Section> {
    let section = |(index, section): (u8, &SectionSpec)| {
        Section::new(&section.layout, breaks(hall, index), &special(hall, index))
    };
    numbered(sections.as_slice()).map(section).collect()
}

/// The seats of a section that are sold only by their names, by row and number.
fn special(hall: &Hall, section: u8) -> Vec<(u16, u16)> {
    let section = hall.plan().and_then(|plan| plan.section(section));
    let rows = (0u16..).zip(section.map_or(&[][..], |section| section.rows()));
    let seats = rows.flat_map(|(number, row)| {
        (0..row.seats.count())
            .filter(move |&seat| row.is_special(seat))
            .map(move |seat| (number, seat))
    });
    seats.collect()
}

/// The breaks in the rows of a section.
fn breaks(hall: &Hall, section: u8) -> SectionBreaks {
    let section = hall.plan().and_then(|plan| plan.section(section));
    let rows = section.map_or(&[][..], |section| section.rows());
    SectionBreaks::new(rows.iter().map(|row| row.seats.breaks()))
}
