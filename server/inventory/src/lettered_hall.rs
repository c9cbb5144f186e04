//! The names of a hall without a plan: rows are lettered from A, seats are numbered from 1.

use crate::section_index::SectionIndex;
use boxoffice_plan::{HallNames, RowNumber, SeatNumber, fold};
use boxoffice_protocol::event::{Layout, SectionSpec, Sections, numbered};
use boxoffice_protocol::id::{LetteredSeat, RowLabel, Seat};
use compact_str::{CompactString, ToCompactString, format_compact};

/// Sections with the index of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LetteredHall<'a> {
    pub(crate) sections: &'a Sections,
    pub(crate) index: &'a SectionIndex,
}

impl<'a> LetteredHall<'a> {
    fn spec(self, section: u8) -> Option<&'a SectionSpec> {
        self.sections.as_slice().get(usize::from(section))
    }

    /// The seat that is written so.
    #[inline]
    pub(crate) fn seat(self, seat: LetteredSeat<'_>) -> Option<Seat> {
        self.index.seat(self.sections, seat)
    }

    fn lengths(self, section: u8) -> &'a [u16] {
        match self.spec(section).map(|spec| &spec.layout) {
            Some(Layout::Seated { rows }) => rows,
            _ => &[],
        }
    }
}

impl HallNames for LetteredHall<'_> {
    fn sections(&self) -> usize {
        self.sections.as_slice().len()
    }

    fn section(&self, section: u8) -> Option<&str> {
        self.spec(section).map(|spec| spec.name.as_str())
    }

    fn rows(&self, section: u8) -> u16 {
        u16::try_from(self.lengths(section).len()).unwrap_or(u16::MAX)
    }

    fn row_label(&self, (_, row): RowNumber) -> CompactString {
        RowLabel(row).to_compact_string()
    }

    fn seats(&self, (section, row): RowNumber) -> u16 {
        self.lengths(section).get(usize::from(row)).copied().unwrap_or(0)
    }

    fn seat_label(&self, _: RowNumber, index: u16) -> CompactString {
        format_compact!("{}", u32::from(index) + 1)
    }

    fn breaks(&self, _: RowNumber) -> &[u16] {
        &[]
    }

    fn labels_name_sections(&self) -> bool {
        self.index.labels_name_sections()
    }

    #[inline]
    fn exact(&self, text: &str) -> Option<SeatNumber> {
        let seat = self.seat(LetteredSeat::read(text)?)?;
        Some(SeatNumber { section: seat.section(), row: seat.row(), index: seat.number() })
    }

    fn section_named(&self, text: &str) -> Option<u8> {
        self.index.called(self.sections, text).map(|(index, _)| index)
    }

    fn rows_named(&self, text: &str, section: Option<u8>) -> Vec<RowNumber> {
        let label = format!("{}1", fold(text).to_ascii_uppercase());
        let Some(LetteredSeat { section: None, row, number: 0 }) = LetteredSeat::read(&label)
        else {
            return Vec::new();
        };
        let has = |of: u8| row < self.rows(of);
        let all = numbered(self.sections.as_slice()).map(|(index, _)| index);
        all.filter(|&of| section.is_none_or(|only| only == of) && has(of))
            .map(|of| (of, row))
            .collect()
    }

    fn seats_named(&self, row: RowNumber, text: &str) -> Vec<u16> {
        let label = format!("A{}", fold(text));
        let seat = LetteredSeat::read(&label).filter(|seat| seat.row == 0);
        seat.map(|seat| seat.number)
            .filter(|&number| number < self.seats(row))
            .into_iter()
            .collect()
    }
}
