//! The rows of a seated section.

use super::categories::Categories;
use super::shapes::RowPlacer;
use super::{checks, shapes};
use crate::fault::{Faults, PlanFault};
use crate::file::{RowTable, SectionTable};
use crate::label::check_label;
use crate::limits::{MAX_PLAN_ROWS, MAX_PLAN_SEATS, MAX_ROW_SEATS, MAX_SECTION_ROWS};
use crate::notation::{LabelList, NotationFault};
use crate::plan::{PlanRow, SeatMark, SeatPattern, View};
use compact_str::CompactString;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The patterns of a plan by their notation, and how much the plan has of all.
#[derive(Debug, Default)]
pub(super) struct SharedPatterns {
    by_notation: HashMap<String, Arc<SeatPattern>>,
    seats: usize,
    rows: usize,
}

/// A row before its seats are known.
struct RowDraft<'a> {
    label: CompactString,
    table: Option<(usize, &'a RowTable)>,
    /// Cross aisles in front of it.
    aisles: usize,
}

pub(super) struct RowsBuilder<'a> {
    pub(super) section: usize,
    pub(super) table: &'a SectionTable,
    pub(super) name: &'a str,
    /// The category that the section names.
    pub(super) own: Option<u16>,
    pub(super) categories: &'a mut Categories,
    pub(super) faults: &'a mut Faults,
    pub(super) patterns: &'a mut SharedPatterns,
}

impl<'a> RowsBuilder<'a> {
    /// None after a fault.
    pub(super) fn build(mut self) -> Option<Vec<PlanRow>> {
        let drafts = self.drafts()?;
        self.patterns.rows += drafts.len();
        if drafts.len() > MAX_SECTION_ROWS || self.patterns.rows > MAX_PLAN_ROWS {
            let why = format!(
                "there are too many rows: a section has at most {MAX_SECTION_ROWS}, a plan \
                 {MAX_PLAN_ROWS}"
            );
            let path = self.path(None, "rows");
            self.faults.add(path, why);
            return None;
        }
        let (section, table) = (self.section, self.table);
        let mut placer = RowPlacer::new(table);
        let mut rows = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            if let Some((at, table)) = draft.table {
                let path = |key: &str| format!("section[{section}].row[{at}].{key}");
                shapes::check(self.faults, &path, table, self.table.radius.is_some());
            }
            let (frame, shape) = placer.place(index + draft.aisles, draft.table.map(|it| it.1));
            let row = self.row(draft)?;
            rows.push(PlanRow { frame, shape, ..row });
        }
        self.check_twins(&rows);
        Some(rows)
    }

    /// The path of a key, of the row's table or of the section.
    fn path(&self, table: Option<usize>, key: &str) -> String {
        match table {
            Some(table) => format!("section[{}].row[{table}].{key}", self.section),
            None => format!("section[{}].{key}", self.section),
        }
    }

    /// Rows in order, with the tables about them.
    fn drafts(&mut self) -> Option<Vec<RowDraft<'a>>> {
        let table = self.table;
        let mut drafts: Vec<RowDraft<'a>> = Vec::new();
        let mut by_label = HashMap::new();
        if let Some(rows) = &table.rows {
            let path = self.path(None, "rows");
            let list = self.list(rows, MAX_SECTION_ROWS, &path)?;
            for (index, label) in list.labels.into_iter().enumerate() {
                let aisles = list.breaks.iter().filter(|&&at| usize::from(at) <= index).count();
                if by_label.insert(label.clone(), index).is_some() {
                    let why = format!(
                        "row {label} is there twice; give each row a [[section.row]] \
                                       instead, if two parts of the hall have one name"
                    );
                    self.faults.add(&path, why);
                    return None;
                }
                drafts.push(RowDraft { label, table: None, aisles });
            }
        }
        for (at, row) in table.row.iter().enumerate() {
            let path = self.path(Some(at), "label");
            let room = MAX_SECTION_ROWS.saturating_sub(drafts.len());
            let room = if table.rows.is_some() { MAX_SECTION_ROWS } else { room };
            for label in self.list(&row.label, room, &path)?.labels {
                if table.rows.is_none() {
                    drafts.push(RowDraft { label, table: Some((at, row)), aisles: 0 });
                    continue;
                }
                let Some(draft) = by_label.get(&label).and_then(|&index| drafts.get_mut(index))
                else {
                    let why = format!(
                        "row {label} is not among the section's rows = {:?}",
                        table.rows.as_deref().unwrap_or_default()
                    );
                    self.faults.add(&path, why);
                    continue;
                };
                if draft.table.replace((at, row)).is_some() {
                    self.faults.add(&path, format!("row {label} has a table already; write one"));
                }
            }
        }
        if drafts.is_empty() {
            let path = self.path(None, "name");
            self.faults
                .add(path, "the section has no places: give it rows and seats, or a capacity");
            return None;
        }
        Some(drafts)
    }

    fn row(&mut self, draft: RowDraft<'a>) -> Option<PlanRow> {
        let RowDraft { label, table, .. } = draft;
        let at = table.map(|(at, _)| at);
        let table = table.map(|(_, table)| table);
        let seats = self.seats(&label, at, table)?;
        let category = match (table.and_then(|table| table.category.as_deref()), self.own) {
            (Some(category), _) => {
                let path = self.path(at, "category");
                self.faults.ok(&path, self.categories.find(category))?
            }
            (None, Some(own)) => own,
            (None, None) => {
                let path = self.path(None, "category");
                self.faults.ok(&path, self.categories.of_section(self.name))?
            }
        };
        let was = table.and_then(|table| table.was.as_deref()).and_then(|was| {
            let path = self.path(at, "was");
            self.faults.ok(&path, check_label(was))
        });
        let view = table.and_then(|table| table.view).or(self.table.view).unwrap_or(View::Full);
        let whole = table.and_then(|table| table.whole).unwrap_or(self.table.whole);
        let marks = self.guids(at, table, &seats);
        let (frame, shape) = RowPlacer::nowhere();
        Some(PlanRow { label, was, seats, whole, category, view, marks, frame, shape })
    }

    fn seats(
        &mut self,
        label: &str,
        at: Option<usize>,
        table: Option<&RowTable>,
    ) -> Option<Arc<SeatPattern>> {
        let own = table.and_then(|table| table.seats.as_deref());
        let path = self.path(at.filter(|_| own.is_some()), "seats");
        let Some(notation) = own.or(self.table.seats.as_deref()) else {
            let why = format!("row {label} has no seats; write them like seats = \"1..20\"");
            self.faults.add(path, why);
            return None;
        };
        let pattern = match self.patterns.by_notation.get(notation) {
            Some(pattern) => Arc::clone(pattern),
            None => {
                let list = self.list(notation, MAX_ROW_SEATS, &path)?;
                let pattern = Arc::new(SeatPattern::new(list.labels, list.breaks));
                if let Some((first, _)) = pattern.twins() {
                    let twin = &pattern.labels()[usize::from(first)];
                    let why = format!("seat {twin} is there twice; each needs a label of its own");
                    self.faults.add(path, why);
                    return None;
                }
                self.patterns.by_notation.insert(notation.to_owned(), Arc::clone(&pattern));
                pattern
            }
        };
        self.patterns.seats += usize::from(pattern.count());
        if self.patterns.seats > MAX_PLAN_SEATS {
            let path = self.path(at, if at.is_some() { "label" } else { "rows" });
            self.faults.add(path, format!("a plan has at most {MAX_PLAN_SEATS} seats"));
            return None;
        }
        Some(pattern)
    }

    fn guids(
        &mut self,
        at: Option<usize>,
        table: Option<&RowTable>,
        seats: &SeatPattern,
    ) -> BTreeMap<u16, SeatMark> {
        let mut marks = BTreeMap::new();
        let path = self.path(at, "");
        if let Some(points) = table.and_then(|table| table.points.as_ref())
            && points.len() != usize::from(seats.count())
        {
            let why = format!("a point for each seat: {}, not {}", seats.count(), points.len());
            self.faults.add(format!("{path}points"), why);
        }
        let Some(guids) = table.and_then(|table| table.guids.as_ref()) else { return marks };
        if guids.len() != usize::from(seats.count()) {
            let why = format!("a guid for each seat: {}, not {}", seats.count(), guids.len());
            self.faults.add(format!("{path}guids"), why);
        }
        for (index, guid) in (0..seats.count()).zip(guids) {
            if let Err(why) = checks::guid(guid) {
                self.faults.add(format!("{path}guids[{index}]"), why);
            }
            let mark = SeatMark { guid: Some(guid.clone()), ..SeatMark::default() };
            marks.insert(index, mark);
        }
        marks
    }

    /// Rows with one label may stand for the parts of a row; their seats differ.
    fn check_twins(&mut self, rows: &[PlanRow]) {
        let mut by_label: HashMap<&str, Vec<&PlanRow>> = HashMap::new();
        rows.iter().for_each(|row| by_label.entry(&row.label).or_default().push(row));
        for (label, parts) in by_label.iter().filter(|(_, parts)| parts.len() > 1) {
            let mut seen = HashSet::new();
            let mut seats = parts.iter().flat_map(|row| row.seats.labels());
            if let Some(twin) = seats.find(|seat| !seen.insert(seat.as_str())) {
                let path = self.path(None, "row");
                let why = format!(
                    "seat {} is there twice: two rows are called {label}, and both have it",
                    crate::label::print(label, twin)
                );
                self.faults.add(path, why);
            }
        }
    }

    fn list(&mut self, text: &str, max: usize, path: &str) -> Option<LabelList> {
        let list = LabelList::parse(text, max);
        list.map_err(|NotationFault { offset, why }| {
            self.faults.push(PlanFault { offset, ..PlanFault::new(path, why) });
        })
        .ok()
    }
}
