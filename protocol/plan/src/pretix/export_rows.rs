//! Rows and seats as pretix has them.

use super::areas::point_json;
use super::differences::restore;
use super::keys::{ORDER, SEATS};
use crate::file::{RowTable, SectionTable};
use crate::geometry::Point;
use crate::plan::{Plan, PlanRow, PlanSection, SeatNumber};
use serde_json::{Map, Value, json};

/// The rows of a section.
pub(super) fn write(
    section: &PlanSection,
    table: &SectionTable,
    plan: &Plan,
    number: u8,
) -> Vec<Value> {
    // Without `rows`, tables and rows are the same in the same order, unless one is for several.
    let is_one_each = table.rows.is_none() && table.row.len() == section.rows().len();
    let empty = RowTable::default();
    let rows = (0u16..).zip(section.rows()).enumerate();
    rows.map(|(at, (row_number, row))| {
        let table = table.row.get(at).filter(|_| is_one_each).unwrap_or(&empty);
        let seat = SeatNumber { section: number, row: row_number, index: 0 };
        write_row(section, row, table, plan, seat)
    })
    .collect()
}

fn write_row(
    section: &PlanSection,
    row: &PlanRow,
    table: &RowTable,
    plan: &Plan,
    first: SeatNumber,
) -> Value {
    // Where nothing is turned, points stay what they are: relative to their row.
    let is_turned = section.frame.angle != 0.0;
    let at = if is_turned { Point::default() } else { row.frame.at };
    let points = row.shape.points(usize::from(row.seats.count()), row.seats.breaks());
    let points = points.into_iter().map(|point| match is_turned {
        true => row.frame.place(point).turned(section.frame.angle),
        false => point.turned(row.frame.angle),
    });
    let numbers = (0..row.seats.count()).map(|index| SeatNumber { index, ..first });
    let labels = row.seats.labels();
    let seats = points.zip(numbers).zip(labels).map(|((point, number), label)| {
        let category = plan.categories.get(usize::from(row.category_of(number.index)));
        let guid = row.mark(number.index).and_then(|mark| mark.guid.clone());
        json!({
            "seat_guid": guid.unwrap_or_else(|| guid_of(section, row, number.index)),
            "seat_number": label.as_str(),
            "position": point_json(point),
            "category": category,
        })
    });
    let mut seats = ordered(seats.collect(), table);
    let kept = table.pretix.entries.get(SEATS).and_then(Value::as_array);
    if let Some(kept) = kept.filter(|kept| kept.len() == seats.len()) {
        for (seat, kept) in seats.iter_mut().zip(kept) {
            if let (Some(seat), Some(kept)) = (seat.as_object_mut(), kept.as_object()) {
                restore(seat, kept, &[]);
            }
        }
    }
    let mut object = Map::new();
    object.insert("row_number".to_owned(), row.label.as_str().into());
    object.insert("position".to_owned(), point_json(at));
    object.insert("seats".to_owned(), seats.into());
    restore(&mut object, &table.pretix.entries, &[SEATS, ORDER]);
    object.into()
}

/// An id for a seat that has none: its name, which is unique.
fn guid_of(section: &PlanSection, row: &PlanRow, index: u16) -> String {
    format!("{}:{}", section.name, row.label_of(index))
}

/// Seats in the order of pretix's list.
fn ordered(seats: Vec<Value>, table: &RowTable) -> Vec<Value> {
    let order = table.pretix.entries.get(ORDER).and_then(Value::as_array);
    let Some(order) = order.filter(|order| order.len() == seats.len()) else { return seats };
    let at = |index: &Value| {
        let index = usize::try_from(index.as_u64()?).ok()?;
        seats.get(index).cloned()
    };
    order.iter().map(at).collect::<Option<Vec<_>>>().unwrap_or(seats)
}
