//! Finds the sections of an event by their names.

use boxoffice_protocol::event::{SectionSpec, Sections, numbered};
use boxoffice_protocol::id::{Seat, SeatLabel, SectionName};
use hashbrown::HashTable;

/// So many sections are looked through; more have a hash table.
const COMPARED: usize = 4;

/// Finds the sections of an event, so that a request with many labels costs no look at each section
/// for each label. Operators choose the names, so equal digests are not sought.
#[derive(Debug, Clone)]
pub(crate) struct SectionIndex {
    /// The sections by their names, where there are many.
    by_name: HashTable<u8>,
    /// The only one that is seated, for labels without a section.
    only_seated: Option<u8>,
}

impl SectionIndex {
    /// The index of these sections.
    pub(crate) fn new(sections: &Sections) -> Self {
        let all = sections.as_slice();
        let mut by_name = HashTable::new();
        if all.len() > COMPARED {
            by_name.reserve(all.len(), |&index: &u8| all[usize::from(index)].name.digest());
            for (index, section) in numbered(all) {
                by_name.insert_unique(section.name.digest(), index, |_| 0);
            }
        }
        Self { by_name, only_seated: sections.only_seated().map(|(index, _)| index) }
    }

    /// The section with this name, and its index.
    pub(crate) fn named<'a>(
        &self,
        sections: &'a Sections,
        name: &SectionName,
    ) -> Option<(u8, &'a SectionSpec)> {
        if self.by_name.is_empty() {
            return sections.named(name);
        }
        let section = |index: u8| &sections.as_slice()[usize::from(index)];
        let is_it = |&index: &u8| section(index).name == *name;
        let index = *self.by_name.find(name.digest(), is_it)?;
        Some((index, section(index)))
    }

    /// The seat that a label names.
    pub(crate) fn seat(&self, sections: &Sections, label: &SeatLabel) -> Option<Seat> {
        let (index, section) = match &label.section {
            Some(name) => self.named(sections, name)?,
            None => {
                let index = self.only_seated?;
                (index, &sections.as_slice()[usize::from(index)])
            }
        };
        section.seat(index, label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixtures::event;

    #[test]
    fn the_index_finds_what_a_look_at_every_section_finds() {
        for sections in [
            "stalls=2x3",
            "stalls=2x3 floor=5",
            "a=1x3 floor=5 b=2x2",
            "floor=5",
            "a=2x3 b=2x2 c=9 d=1x1 floor=5 stalls=2x4",
            "d=9 e=9 f=9 g=9 h=9 stalls=2x3",
        ] {
            let sections = event(sections).sections;
            let index = SectionIndex::new(&sections);
            for name in [None, Some("stalls"), Some("a"), Some("b"), Some("floor"), Some("c")] {
                for (row, number) in [(0, 0), (0, 2), (1, 1), (1, 3), (2, 0)] {
                    let section = name.map(|name| name.parse().expect("a name"));
                    let label = SeatLabel { section, row, number };
                    assert_eq!(index.seat(&sections, &label), sections.seat(&label), "{label}");
                }
            }
        }
    }
}
