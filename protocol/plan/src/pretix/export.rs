//! From a plan to pretix's seating plan.

use super::areas::{self, point_json};
use super::differences::restore;
use super::export_rows;
use super::keys::{IMPORTED, INDEX, ROWS, empty_rows};
use crate::arrangement::Arrangement;
use crate::file::{DrawingTable, SectionTable, ShapeTable};
use crate::geometry::{PlanBox, Point};
use crate::plan::PlanSection;
use crate::source::SourcePlan;
use crate::summary::PlanSummary;
use serde_json::{Map, Value, json};

/// The room around a plan that pretix draws.
const MARGIN: f64 = 40.0;

/// A seating plan of pretix.
#[derive(Debug, Clone)]
pub struct PretixExport {
    pub json: Value,
    /// What pretix cannot say.
    pub notes: Vec<String>,
}

/// Writes a plan as pretix's seating plan.
pub fn export(source: &SourcePlan) -> PretixExport {
    let arrangement = Arrangement::new(source);
    let is_imported = source.file.pretix.entries.contains_key(IMPORTED);
    let bounds = bounds(&arrangement, source);
    let shift = match is_imported {
        true => Point::default(),
        false => Point::new(MARGIN - bounds.low.x, MARGIN - bounds.low.y),
    };
    let exporter = Exporter { source, arrangement: &arrangement, shift };
    let mut zones: Vec<Value> = exporter.sections().collect();
    for (at, drawing) in source.file.drawing.iter().enumerate() {
        let index = drawing.pretix.entries.get(INDEX).and_then(Value::as_u64);
        let index = index.and_then(|index| usize::try_from(index).ok()).unwrap_or(at);
        zones.insert(index.min(zones.len()), exporter.drawing(drawing));
    }
    let size = (bounds.width() + 2.0 * MARGIN, bounds.height() + 2.0 * MARGIN);
    let mut plan = Map::new();
    plan.insert("name".to_owned(), source.plan.name.as_str().into());
    plan.insert("size".to_owned(), json!({ "width": ceil(size.0), "height": ceil(size.1) }));
    plan.insert("categories".to_owned(), categories(source));
    plan.insert("zones".to_owned(), zones.into());
    restore(&mut plan, &source.file.pretix.entries, &[IMPORTED]);
    PretixExport { json: plan.into(), notes: notes(source) }
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates are bounded")]
fn ceil(length: f64) -> i64 {
    length.ceil() as i64
}

fn bounds(arrangement: &Arrangement<'_>, source: &SourcePlan) -> PlanBox {
    let sections = (0u8..).take(source.plan.sections.len());
    let sections = sections.filter_map(|number| arrangement.bounds(number));
    let mut points: Vec<_> = sections.flat_map(|bounds| bounds.corners()).collect();
    for drawing in &source.file.drawing {
        let at = drawing.at.unwrap_or_default();
        points.extend(drawing.shape.iter().flat_map(reach).map(|point| point.plus(at)));
    }
    let nothing = PlanBox { low: Point::default(), high: Point::default() };
    PlanBox::around(points).unwrap_or(nothing)
}

/// Points that a shape reaches.
fn reach(shape: &ShapeTable) -> Vec<Point> {
    let at = shape.at.unwrap_or_default();
    let round = shape.ellipse.or(shape.circle.map(|radius| Point::new(radius, radius)));
    let corners = shape.polygon.iter().flatten().map(|point| point.plus(at));
    let far = shape.rectangle.or(round).map(|size| size.plus(at));
    let near = round.map(|size| Point::new(at.x - size.x, at.y - size.y));
    corners.chain(far).chain(near).chain([at]).collect()
}

fn categories(source: &SourcePlan) -> Value {
    let category = |name: &String| {
        let table = source.file.category.iter().find(|table| table.name == *name);
        match table.and_then(|table| table.color.as_ref()) {
            Some(color) => json!({ "name": name, "color": color }),
            None => json!({ "name": name }),
        }
    };
    source.plan.categories.iter().map(category).collect::<Vec<_>>().into()
}

struct Exporter<'a> {
    source: &'a SourcePlan,
    arrangement: &'a Arrangement<'a>,
    shift: Point,
}

impl Exporter<'_> {
    fn sections(&self) -> impl Iterator<Item = Value> {
        let sections = self.source.plan.sections.iter().zip(&self.source.file.section);
        (0u8..).zip(sections).map(|(number, (section, table))| self.section(number, section, table))
    }

    fn section(&self, number: u8, section: &PlanSection, table: &SectionTable) -> Value {
        let at = self.arrangement.place(number, Point::default());
        let mut rows = export_rows::write(section, table, &self.source.plan, number);
        for (at, row) in empty_rows(&table.pretix.entries) {
            rows.insert(at.min(rows.len()), row);
        }
        let mut zone = zone(Some(&section.name), at.plus(self.shift), rows);
        let mut shapes: Vec<_> = table.shape.iter().map(areas::write).collect();
        if let Some(outline) = self.arrangement.outline(number) {
            let text = (!section.is_seated()).then(|| section.name.clone());
            shapes.push(areas::write(&outlined(&outline, at, text)));
        }
        if !shapes.is_empty() {
            zone.insert("areas".to_owned(), shapes.into());
        }
        restore(&mut zone, &table.pretix.entries, &[ROWS]);
        zone.into()
    }

    fn drawing(&self, drawing: &DrawingTable) -> Value {
        let at = drawing.at.unwrap_or_default().plus(self.shift);
        let rows = empty_rows(&drawing.pretix.entries).into_iter().map(|(_, row)| row).collect();
        let mut zone = zone(drawing.name.as_deref(), at, rows);
        if !drawing.shape.is_empty() {
            let shapes: Vec<_> = drawing.shape.iter().map(areas::write).collect();
            zone.insert("areas".to_owned(), shapes.into());
        }
        restore(&mut zone, &drawing.pretix.entries, &[ROWS, INDEX]);
        zone.into()
    }
}

fn zone(name: Option<&str>, at: Point, rows: Vec<Value>) -> Map<String, Value> {
    let mut zone = Map::new();
    if let Some(name) = name {
        zone.insert("name".to_owned(), name.into());
    }
    zone.insert("position".to_owned(), point_json(at));
    zone.insert("rows".to_owned(), rows.into());
    zone
}

/// An outline as a shape of its section.
fn outlined(outline: &[Point], at: Point, text: Option<String>) -> ShapeTable {
    let points: Vec<_> =
        outline.iter().map(|point| Point::new(point.x - at.x, point.y - at.y)).collect();
    let middle = PlanBox::around(points.iter().copied()).map(|bounds| bounds.center());
    ShapeTable {
        at: Some(Point::default()),
        text_at: text.is_some().then_some(middle).flatten(),
        text,
        polygon: Some(points),
        ..ShapeTable::default()
    }
}

/// What pretix has no words for.
fn notes(source: &SourcePlan) -> Vec<String> {
    let summary = PlanSummary::of(&source.plan);
    let counted = [
        (summary.standing, "standing places: pretix draws the section, and has no capacity for it"),
        (summary.whole_rows, "rows that are taken entirely: their seats are sold one by one"),
        (summary.accessible, "accessible seats: they are like all others"),
        (summary.companions, "seats of companions: they are like all others"),
        (summary.restricted, "seats with a restricted view: they are like all others"),
    ];
    let mut notes: Vec<_> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let sections = &source.plan.sections;
    let breaks = sections.iter().flat_map(|section| section.rows());
    let breaks: usize = breaks.map(|row| row.seats.breaks().len()).sum();
    let floors = sections.iter().filter(|section| section.floor.is_some()).count();
    if breaks > 0 {
        notes.push(format!("{breaks} breaks: they are distances only"));
    }
    if floors > 0 {
        notes.push(format!("the floors of {floors} sections"));
    }
    if source.plan.focus.is_some() {
        notes.push("the focus".to_owned());
    }
    notes
}
