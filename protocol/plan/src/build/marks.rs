//! What is special about seats: read last, because it names seats.

use super::categories::Categories;
use super::checks;
use crate::fault::Faults;
use crate::file::{PlanFile, SeatTable};
use crate::hall_names::IndexedPlan;
use crate::limits::MAX_PLAN_SEATS;
use crate::plan::{Plan, SeatMark, SeatNumber, SectionPlaces};
use crate::reader::{ReadScope, SeatRange, SeatReader};
use std::collections::HashMap;

/// Adds the tables of seats to a plan.
pub(super) fn add(file: &PlanFile, plan: &mut Plan, categories: &Categories, faults: &mut Faults) {
    if file.section.iter().any(|section| !section.seat.is_empty()) {
        for (ranges, change) in read(file, plan, categories, faults) {
            for seat in ranges.iter().flat_map(|range| range.seats()) {
                if let Some(mark) = mark_mut(plan, seat) {
                    merge(mark, &change);
                }
            }
        }
        check_companions(plan, faults);
    }
    if faults.is_empty() {
        check_guids(plan, faults);
    }
}

/// What the tables say about which seats; together they name no more seats than a plan may have.
fn read(
    file: &PlanFile,
    plan: &Plan,
    categories: &Categories,
    faults: &mut Faults,
) -> Vec<(Vec<SeatRange>, SeatMark)> {
    let names = IndexedPlan::new(plan);
    let reader = SeatReader::new(&names);
    let (mut marks, mut named) = (Vec::new(), 0);
    for (section, number) in file.section.iter().zip(0u8..) {
        for (at, table) in section.seat.iter().enumerate() {
            let path = |key: &str| format!("section[{number}].seat[{at}].{key}");
            let ranges = reader.within(number).places(&table.seats, ReadScope::Blocks);
            let Some(ranges) = faults.ok(&path("seats"), ranges.map_err(|it| it.to_string()))
            else {
                continue;
            };
            let seats = ranges.iter().map(|range| range.count()).sum::<usize>();
            named += seats;
            if named > MAX_PLAN_SEATS {
                faults.add(path("seats"), format!("{MAX_PLAN_SEATS} seats were named before"));
                return marks;
            }
            if seats > 1 && (table.guid.is_some() || table.was.is_some()) {
                faults.add(path("seats"), "a guid, and what a seat was, is about one seat");
            }
            let companion_of = table.companion.as_ref().and_then(|text| {
                let seat = reader.within(number).seat(text).map_err(|it| it.to_string());
                faults.ok(&path("companion"), seat)
            });
            if let Some(mark) = mark(&path, table, companion_of, categories, faults) {
                marks.push((ranges, mark));
            }
        }
    }
    marks
}

fn mark(
    path: &dyn Fn(&str) -> String,
    table: &SeatTable,
    companion_of: Option<SeatNumber>,
    categories: &Categories,
    faults: &mut Faults,
) -> Option<SeatMark> {
    let category = match &table.category {
        Some(category) => Some(faults.ok(&path("category"), categories.find(category))?),
        None => None,
    };
    if let Some(Err(why)) = table.guid.as_deref().map(checks::guid) {
        faults.add(path("guid"), why);
    }
    Some(SeatMark {
        category,
        accessible: table.accessible,
        companion_of,
        view: table.view,
        guid: table.guid.clone(),
        was: table.was.clone(),
    })
}

fn merge(mark: &mut SeatMark, change: &SeatMark) {
    mark.category = change.category.or(mark.category);
    mark.accessible |= change.accessible;
    mark.companion_of = change.companion_of.or(mark.companion_of);
    mark.view = change.view.or(mark.view);
    mark.guid = change.guid.clone().or(mark.guid.take());
    mark.was = change.was.clone().or(mark.was.take());
}

fn mark_mut(plan: &mut Plan, seat: SeatNumber) -> Option<&mut SeatMark> {
    match &mut plan.sections.get_mut(usize::from(seat.section))?.places {
        SectionPlaces::Seated { rows } => {
            Some(rows.get_mut(usize::from(seat.row))?.marks.entry(seat.index).or_default())
        }
        SectionPlaces::Standing { .. } => None,
    }
}

/// All marks of a plan.
fn marks(plan: &Plan) -> impl Iterator<Item = (SeatNumber, &SeatMark)> {
    plan.sections.iter().zip(0u8..).flat_map(|(section, number)| {
        section.rows().iter().zip(0u16..).flat_map(move |(row, at)| {
            let marks = row.marks.iter();
            marks.map(move |(&index, mark)| (SeatNumber { section: number, row: at, index }, mark))
        })
    })
}

fn check_companions(plan: &Plan, faults: &mut Faults) {
    for (seat, mark) in marks(plan) {
        let Some(of) = mark.companion_of else { continue };
        let path = format!("section[{}].seat", seat.section);
        let name = |seat| plan.label(seat).unwrap_or_default();
        if of == seat {
            faults.add(path, format!("{} cannot be its own companion", name(seat)));
        } else if !plan.mark(of).is_some_and(|mark| mark.accessible) {
            let why = format!(
                "{} is the companion of {1}, so {1} must be accessible = true",
                name(seat),
                name(of)
            );
            faults.add(path, why);
        }
    }
}

fn check_guids(plan: &Plan, faults: &mut Faults) {
    let mut seen: HashMap<&str, SeatNumber> = HashMap::new();
    for (seat, mark) in marks(plan) {
        let Some(guid) = mark.guid.as_deref() else { continue };
        if let Some(other) = seen.insert(guid, seat) {
            let name = |seat| plan.label(seat).unwrap_or_default();
            let why = format!("{} and {} have the guid {guid:?}", name(other), name(seat));
            faults.add(format!("section[{}]", seat.section), why);
        }
    }
}
