//! Finds the sections of an event by their names.

use boxoffice_plan::fold;
use boxoffice_protocol::event::{SectionSpec, Sections, numbered};
use boxoffice_protocol::id::{LetteredSeat, Seat, SectionName};
use hashbrown::HashTable;
use smallvec::SmallVec;

/// So many sections are looked through; more have a hash table.
const COMPARED: usize = 4;

/// Finds the sections of an event, so that a request with many labels costs no look at each section
/// for each label. Operators choose the names, so equal digests are not sought.
#[derive(Debug, Clone)]
pub(crate) struct SectionIndex {
    /// The sections by their names, where there are many.
    by_name: HashTable<u8>,
    /// The sections by their folded names.
    by_fold: HashTable<u8>,
    /// The only one that is seated, for labels without a section.
    only_seated: Option<u8>,
    /// Whether several are seated.
    several_seated: bool,
}

impl SectionIndex {
    /// The index of these sections.
    pub(crate) fn new(sections: &Sections) -> Self {
        let all = sections.as_slice();
        let (mut by_name, mut by_fold) = (HashTable::new(), HashTable::new());
        if all.len() > COMPARED {
            by_name.reserve(all.len(), |&index: &u8| all[usize::from(index)].name.digest());
            for (index, section) in numbered(all) {
                by_name.insert_unique(section.name.digest(), index, |_| 0);
            }
            let digest = |&index: &u8| folded_digest(all[usize::from(index)].name.as_str());
            by_fold.reserve(all.len(), digest);
            for (index, _) in numbered(all) {
                by_fold.insert_unique(digest(&index), index, |_| 0);
            }
        }
        let only_seated = sections.only_seated().map(|(index, _)| index);
        let any_seated = all.iter().any(|section| section.layout.is_seated());
        Self { by_name, by_fold, only_seated, several_seated: any_seated && only_seated.is_none() }
    }

    /// The section with this name, and its index.
    pub(crate) fn named<'a>(
        &self,
        sections: &'a Sections,
        name: &SectionName,
    ) -> Option<(u8, &'a SectionSpec)> {
        self.exactly(sections, name.as_str())
    }

    #[inline]
    fn exactly<'a>(&self, sections: &'a Sections, name: &str) -> Option<(u8, &'a SectionSpec)> {
        if self.by_name.is_empty() {
            return sections.called(name);
        }
        let section = |index: u8| &sections.as_slice()[usize::from(index)];
        let is_it = |&index: &u8| section(index).name.as_str() == name;
        let index = *self.by_name.find(SectionName::digest_of(name), is_it)?;
        Some((index, section(index)))
    }

    /// The section that is called this, or else the only one whose name folds to the same.
    pub(crate) fn called<'a>(
        &self,
        sections: &'a Sections,
        name: &str,
    ) -> Option<(u8, &'a SectionSpec)> {
        if let Some(section) = self.exactly(sections, name) {
            return Some(section);
        }
        let folded = fold(name);
        let all = sections.as_slice();
        let is_it = |index: &u8| fold(all[usize::from(*index)].name.as_str()) == folded;
        let indices: SmallVec<[u8; COMPARED]> = if self.by_fold.is_empty() {
            numbered(all).map(|(index, _)| index).filter(is_it).collect()
        } else {
            let digest = SectionName::digest_of(&folded);
            self.by_fold.iter_hash(digest).copied().filter(is_it).collect()
        };
        let &[index] = indices.as_slice() else { return None };
        Some((index, &all[usize::from(index)]))
    }

    /// Whether labels name their section.
    pub(crate) const fn labels_name_sections(&self) -> bool {
        self.several_seated
    }

    /// The seat that is written so.
    #[inline]
    pub(crate) fn seat(&self, sections: &Sections, seat: LetteredSeat<'_>) -> Option<Seat> {
        let (index, section) = match seat.section {
            Some(name) => self.exactly(sections, name)?,
            None => {
                let index = self.only_seated?;
                (index, &sections.as_slice()[usize::from(index)])
            }
        };
        section.seat(index, seat)
    }
}

fn folded_digest(name: &str) -> u64 {
    SectionName::digest_of(&fold(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixtures::event;
    use boxoffice_protocol::id::SeatLabel;

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
                    let seat = LetteredSeat { section: name, row, number };
                    let label = SeatLabel::from(seat);
                    assert_eq!(index.seat(&sections, seat), sections.seat(&label), "{label}");
                }
            }
        }
    }
}
