//! The places of an event in its hall.

use crate::breaks::SectionBreaks;
use crate::sections::Section;
use boxoffice_plan::Hall;
use boxoffice_protocol::event::{Sections, numbered};

/// The sections of an event in this hall, all places free.
pub(crate) fn free_sections(hall: &Hall, sections: &Sections) -> Vec<Section> {
    let all = numbered(sections.as_slice());
    all.map(|(index, section)| Section::new(&section.layout, breaks(hall, index))).collect()
}

/// The breaks in the rows of a section.
fn breaks(hall: &Hall, section: u8) -> SectionBreaks {
    let section = hall.plan().and_then(|plan| plan.section(section));
    let rows = section.map_or(&[][..], |section| section.rows());
    SectionBreaks::new(rows.iter().map(|row| row.seats.breaks()))
}
