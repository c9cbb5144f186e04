//! Which seat of a changed plan is which seat of the plan before.

use crate::hall_names::IndexedPlan;
use crate::plan::{Plan, PlanRow, SeatNumber};
use crate::reader::SeatReader;
use std::collections::{HashMap, HashSet};

/// The seats that two plans share. Each seat of one is at most one of the other.
///
/// A seat of the new plan is the old one with the same `guid`; else the one that its `was` names;
/// else the one of the same section, row and label, where `was` of a section or row counts instead of
/// its present name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanMatch {
    new_of: HashMap<SeatNumber, SeatNumber>,
    sections: Vec<Option<u8>>,
}

impl PlanMatch {
    pub fn new(old: &Plan, new: &Plan) -> Self {
        let old_sections = old_sections(old, new);
        let mut sections = vec![None; old.sections.len()];
        for (number, old) in (0u8..).zip(&old_sections) {
            if let Some(entry) = old.and_then(|old| sections.get_mut(usize::from(old))) {
                *entry = Some(number);
            }
        }
        let mut matcher =
            Matcher { old, new, old_sections, matched: HashSet::new(), new_of: HashMap::new() };
        matcher.by_guid();
        matcher.by_was();
        matcher.by_label();
        Self { new_of: matcher.new_of, sections }
    }

    /// The new number of a seat of the old plan.
    pub fn seat(&self, old: SeatNumber) -> Option<SeatNumber> {
        self.new_of.get(&old).copied()
    }

    /// The new number of a section of the old plan, standing or seated.
    pub fn section(&self, old: u8) -> Option<u8> {
        self.sections.get(usize::from(old)).copied().flatten()
    }

    /// Every seat that both plans have, old and new, in the order of the old.
    pub fn seats(&self) -> Vec<(SeatNumber, SeatNumber)> {
        let mut seats: Vec<_> = self.new_of.iter().map(|(&old, &new)| (old, new)).collect();
        seats.sort_unstable();
        seats
    }

    /// Those of the taken seats that the new plan has no place for, in their order.
    pub fn unmatched(&self, taken: impl IntoIterator<Item = SeatNumber>) -> Vec<SeatNumber> {
        taken.into_iter().filter(|seat| !self.new_of.contains_key(seat)).collect()
    }
}

/// The old section of each new one.
fn old_sections(old: &Plan, new: &Plan) -> Vec<Option<u8>> {
    let find = |name: &str| {
        let at = old.sections.iter().position(|section| section.name == name)?;
        u8::try_from(at).ok()
    };
    let only = |plan: &Plan| {
        let seated = plan.sections.iter().position(|section| section.is_seated());
        seated.filter(|_| !plan.labels_name_sections()).and_then(|at| u8::try_from(at).ok())
    };
    let mut claimed = HashSet::new();
    let named = new.sections.iter().map(|section| {
        let was = section.was.as_deref().and_then(find);
        was.or_else(|| find(&section.name)).filter(|&old| claimed.insert(old))
    });
    let mut found: Vec<_> = named.collect();
    // Labels that name no section are the same whatever the section is called.
    if let (Some(old), Some(new)) = (only(old), only(new))
        && !found.contains(&Some(old))
        && let Some(entry) = found.get_mut(usize::from(new))
    {
        entry.get_or_insert(old);
    }
    found
}

struct Matcher<'a> {
    old: &'a Plan,
    new: &'a Plan,
    old_sections: Vec<Option<u8>>,
    /// The new seats that have an old one.
    matched: HashSet<SeatNumber>,
    new_of: HashMap<SeatNumber, SeatNumber>,
}

impl Matcher<'_> {
    fn put(&mut self, old: SeatNumber, new: SeatNumber) {
        if !self.new_of.contains_key(&old) && self.matched.insert(new) {
            self.new_of.insert(old, new);
        }
    }

    fn by_guid(&mut self) {
        let old: HashMap<&str, SeatNumber> = guids(self.old).collect();
        for (guid, new) in guids(self.new) {
            if let Some(&old) = old.get(guid) {
                self.put(old, new);
            }
        }
    }

    fn by_was(&mut self) {
        let has_was = |seat: &SeatNumber| self.new.mark(*seat).is_some_and(|it| it.was.is_some());
        let seats: Vec<_> = self.new.seats().filter(has_was).collect();
        if seats.is_empty() {
            return;
        }
        let names = IndexedPlan::new(self.old);
        let reader = SeatReader::new(&names);
        for new in seats {
            let Some(was) = self.new.mark(new).and_then(|mark| mark.was.as_deref()) else {
                continue;
            };
            let section = self.old_sections.get(usize::from(new.section)).copied().flatten();
            let old = match section.filter(|_| !was.contains(':')) {
                Some(section) => reader.within(section).seat(was),
                None => reader.seat(was),
            };
            // A name from an older plan still says nothing about this one.
            if let Ok(old) = old {
                self.put(old, new);
            }
        }
    }

    fn by_label(&mut self) {
        let mut old_rows: HashMap<(u8, &str), Vec<u16>> = HashMap::new();
        for (section, number) in self.old.sections.iter().zip(0u8..) {
            for (row, at) in section.rows().iter().zip(0u16..) {
                old_rows.entry((number, &row.label)).or_default().push(at);
            }
        }
        for (section, number) in self.new.sections.iter().zip(0u8..) {
            let Some(old) = self.old_sections.get(usize::from(number)).copied().flatten() else {
                continue;
            };
            for (row, at) in section.rows().iter().zip(0u16..) {
                let label = row.was.as_deref().unwrap_or(&row.label);
                for &old_row in old_rows.get(&(old, label)).map_or(&[][..], Vec::as_slice) {
                    self.row((old, old_row), (number, at), row);
                }
            }
        }
    }

    /// The seats of a new row that an old row has.
    fn row(&mut self, old: (u8, u16), new: (u8, u16), row: &PlanRow) {
        let Some(old_row) =
            self.old.section(old.0).and_then(|it| it.rows().get(usize::from(old.1)))
        else {
            return;
        };
        let pattern = &old_row.seats;
        let by_label: HashMap<&str, u16> =
            pattern.labels().iter().map(|label| label.as_str()).zip(0u16..).collect();
        for (label, index) in row.seats.labels().iter().zip(0u16..) {
            if let Some(&at) = by_label.get(label.as_str()) {
                let old = SeatNumber { section: old.0, row: old.1, index: at };
                self.put(old, SeatNumber { section: new.0, row: new.1, index });
            }
        }
    }
}

fn guids(plan: &Plan) -> impl Iterator<Item = (&str, SeatNumber)> {
    plan.seats().filter_map(|seat| Some((plan.mark(seat)?.guid.as_deref()?, seat)))
}
