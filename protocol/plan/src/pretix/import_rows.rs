//! Rows and seats of pretix.

use super::areas::{optional_point, point};
use super::breaks::{breaks, line, physical_order};
use super::differences::{difference, keep};
use super::import_labels::{Notes, UsedGuids, mend_label, with_suffix};
use super::json::{Found, JsonAt};
use super::keys::{ABSENT, ORDER, SEATS, list};
use crate::file::{RowTable, SeatTable, SectionTable};
use crate::geometry::Point;
use crate::label;
use crate::limits::MAX_ROW_SEATS;
use crate::notation::LabelList;
use compact_str::CompactString;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The keys of a row that pretix knows.
pub(super) const ROW_KEYS: &[&str] =
    &["row_number", "row_label", "seat_label", "uuid", "seats", "row_number_position", "position"];

/// The keys under `pretix` of a row that are ours.
pub(super) const ROW_OWN: &[&str] = &[ABSENT, ORDER];

/// The keys of a seat that pretix knows.
const SEAT_KEYS: &[&str] =
    &["seat_guid", "seat_number", "uuid", "start_direction", "radius", "position", "category"];

/// A row as pretix has it, with its seats in physical order.
pub(super) struct PretixRow<'a> {
    number: &'a str,
    at: Option<Point>,
    seats: Vec<PretixSeat<'a>>,
    /// The physical index of each seat, if seats are listed otherwise.
    order: Option<Vec<usize>>,
}

struct PretixSeat<'a> {
    number: &'a str,
    guid: &'a str,
    category: &'a str,
    at: Point,
}

/// Ranges of seats in one text.
const RANGES: usize = 200;

pub(super) fn has_seats(row: &Value) -> bool {
    row.get("seats").and_then(Value::as_array).is_some_and(|seats| !seats.is_empty())
}

/// The row; none without seats.
pub(super) fn read<'a>(row: &JsonAt<'a>) -> Found<Option<PretixRow<'a>>> {
    let number = row.required("row_number")?.text()?;
    row.check_nullable_text("row_label")?;
    row.check_nullable_text("seat_label")?;
    row.optional_text("uuid")?;
    if row.optional("row_number_position")?.is_some_and(|value| !value.value.is_null()) {
        row.one_of("row_number_position", &["start", "end", "both"])?;
    }
    let at = optional_point(row, "position")?;
    let seats = row.required("seats")?;
    let mut seats: Vec<PretixSeat<'a>> =
        seats.list()?.map(|seat| read_seat(&seat)).collect::<Found<_>>()?;
    if seats.is_empty() {
        return Ok(None);
    }
    if seats.len() > MAX_ROW_SEATS {
        return Err(row.fault(format!("a row has at most {MAX_ROW_SEATS} seats")));
    }
    let points: Vec<_> = seats.iter().map(|seat| seat.at).collect();
    let physical = physical_order(&points);
    let order = physical.map(|physical| {
        let mut order = vec![0; physical.len()];
        physical.iter().enumerate().for_each(|(at, &original)| order[original] = at);
        let mut sorted: Vec<_> = order.iter().copied().zip(seats.drain(..)).collect();
        sorted.sort_by_key(|(at, _)| *at);
        seats = sorted.into_iter().map(|(_, seat)| seat).collect();
        order
    });
    Ok(Some(PretixRow { number, at, seats, order }))
}

fn read_seat<'a>(seat: &JsonAt<'a>) -> Found<PretixSeat<'a>> {
    if let Some(key) = seat.unknown(SEAT_KEYS)?.iter().find(|key| **key == ABSENT) {
        return Err(seat.fault(format!("unknown key {key:?}")));
    }
    seat.optional_text("uuid")?;
    seat.check_nullable_text("start_direction")?;
    if let Some(radius) = seat.optional("radius")? {
        radius.whole()?;
    }
    Ok(PretixSeat {
        number: seat.required("seat_number")?.text()?,
        guid: seat.required("seat_guid")?.text()?,
        category: seat.required("category")?.text()?,
        at: point(&seat.required("position")?)?,
    })
}

/// The rows of a zone on their way to a section.
pub(super) struct RowsImport<'a> {
    pub(super) section: &'a str,
    pub(super) guids: &'a mut UsedGuids,
    pub(super) notes: &'a mut Notes,
}

/// A row whose categories still have pretix's names.
pub(super) struct ImportedRow<'a> {
    table: RowTable,
    label: CompactString,
    labels: Vec<CompactString>,
    categories: Vec<&'a str>,
}

impl RowsImport<'_> {
    pub(super) fn rows<'a>(mut self, rows: Vec<PretixRow<'a>>) -> Vec<ImportedRow<'a>> {
        let mut used: HashMap<CompactString, HashSet<CompactString>> = HashMap::new();
        let rows = rows.into_iter().enumerate();
        rows.map(|(index, row)| self.row(index, row, &mut used)).collect()
    }

    fn row<'a>(
        &mut self,
        index: usize,
        row: PretixRow<'a>,
        used: &mut HashMap<CompactString, HashSet<CompactString>>,
    ) -> ImportedRow<'a> {
        let mut label = mend_label(row.number, &format!("R{}", index + 1));
        let wanted: Vec<_> = row
            .seats
            .iter()
            .zip(1..)
            .map(|(seat, number)| mend_label(seat.number, &format!("S{number}")))
            .collect();
        if used.get(&label).is_some_and(|seats| wanted.iter().any(|seat| seats.contains(seat))) {
            label = with_suffix(&label, |label| !used.contains_key(label));
        }
        if label != row.number {
            let (number, section) = (row.number, self.section);
            self.notes.add(format!("row {number:?} of {section} is called {label} here"));
        }
        let seats = used.entry(label.clone()).or_default();
        let mut labels = Vec::new();
        for (mut wanted, seat) in wanted.into_iter().zip(&row.seats) {
            if seats.contains(&wanted) {
                wanted = with_suffix(&wanted, |label| !seats.contains(label));
            }
            if wanted != seat.number {
                let (section, number) = (self.section, seat.number);
                let name = label::print(&label, &wanted);
                self.notes.add(format!(
                    "seat {number:?} of row {label} of {section} is called {name} here"
                ));
            }
            seats.insert(wanted.clone());
            labels.push(wanted);
        }
        let guids = row.seats.iter().map(|seat| self.guids.guid(seat.guid)).collect();
        let categories = row.seats.iter().map(|seat| seat.category).collect();
        let table = table(&label, &labels, guids, row);
        ImportedRow { table, label, labels, categories }
    }
}

fn table(
    label: &CompactString,
    labels: &[CompactString],
    guids: Vec<String>,
    row: PretixRow<'_>,
) -> RowTable {
    let points: Vec<_> = row.seats.iter().map(|seat| seat.at).collect();
    let breaks = breaks(&points);
    let mut table = RowTable {
        label: label.to_string(),
        seats: Some(LabelList { labels: labels.to_vec(), breaks: breaks.clone() }.notation()),
        at: Some(row.at.unwrap_or_default()),
        guids: Some(guids),
        ..RowTable::default()
    };
    match line(&points, &breaks) {
        Some((pitch, aisle)) => {
            table.pitch = Some(pitch);
            table.aisle = (aisle != pitch).then_some(aisle);
        }
        None => table.points = Some(points),
    }
    if let Some(order) = row.order {
        table.pretix.entries.insert(ORDER.to_owned(), order.into());
    }
    table
}

/// The section of these rows, with our names of categories.
pub(super) fn resolve(
    rows: Vec<ImportedRow<'_>>,
    mut name: impl FnMut(&str) -> String,
) -> SectionTable {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().flat_map(|row| &row.categories).for_each(|it| *counts.entry(it).or_default() += 1);
    let most = most_frequent(&counts);
    let mut section = SectionTable { category: most.map(&mut name), ..SectionTable::default() };
    for mut row in rows {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        row.categories.iter().for_each(|it| *counts.entry(it).or_default() += 1);
        let of_row = most_frequent(&counts);
        if of_row != most {
            row.table.category = of_row.map(&mut name);
        }
        for (&category, _) in counts.iter().filter(|(category, _)| Some(**category) != of_row) {
            let own = name(category);
            section.seat.extend(row.seats_of(category).chunks(RANGES).map(|seats| SeatTable {
                seats: seats.join(", "),
                category: Some(own.clone()),
                ..SeatTable::default()
            }));
        }
        section.row.push(row.table);
    }
    section
}

impl ImportedRow<'_> {
    /// The seats of a category, as ranges in physical order.
    fn seats_of(&self, category: &str) -> Vec<String> {
        let print = |at: usize| label::print(&self.label, &self.labels[at]);
        let mut ranges = Vec::new();
        let mut at = 0;
        while at < self.labels.len() {
            let rest = &self.categories[at..];
            let length = rest.iter().take_while(|of| **of == category).count();
            match length {
                0 => {}
                1 => ranges.push(print(at).into_string()),
                _ => ranges.push(format!("{}..{}", print(at), print(at + length - 1))),
            }
            at += length.max(1);
        }
        ranges
    }
}

fn most_frequent<'a>(counts: &BTreeMap<&'a str, usize>) -> Option<&'a str> {
    counts.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name)
}

/// Keeps what rows and their seats have besides what is written for them.
pub(super) fn keep_rows(
    tables: &mut [RowTable],
    original: &Map<String, Value>,
    written: &Map<String, Value>,
) {
    let rows = list(original, "rows").iter();
    let rows = rows.zip(list(written, "rows")).filter(|(row, _)| has_seats(row));
    for (table, (original, written)) in tables.iter_mut().zip(rows) {
        let (Some(original), Some(written)) = (original.as_object(), written.as_object()) else {
            continue;
        };
        keep(&mut table.pretix, difference(original, written, &["seats"]));
        let seats = list(original, "seats").iter();
        let seats = seats.zip(list(written, "seats"));
        let kept: Vec<Value> = seats
            .map(|(original, written)| match (original.as_object(), written.as_object()) {
                (Some(original), Some(written)) => difference(original, written, &[]).into(),
                _ => Value::Null,
            })
            .collect();
        if kept.iter().any(|kept| kept.as_object().is_some_and(|kept| !kept.is_empty())) {
            table.pretix.entries.insert(SEATS.to_owned(), kept.into());
        }
    }
}
