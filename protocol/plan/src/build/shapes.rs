//! Where rows are within their section.

use super::checks::{self, Sign};
use crate::fault::Faults;
use crate::file::{RowTable, SectionTable};
use crate::geometry::{Align, PlanFrame, Point, RowShape};
use std::sync::Arc;

/// The distance of two seats where none is given.
const PITCH: f64 = 25.0;

/// The distance of two rows, in distances of two seats.
const ROW_PITCHES: f64 = 1.2;

/// Gives rows their places, and like rows one shape.
pub(super) struct RowPlacer<'a> {
    section: &'a SectionTable,
    pitch: f64,
    row_pitch: f64,
    last: Arc<RowShape>,
}

impl<'a> RowPlacer<'a> {
    pub(super) fn new(section: &'a SectionTable) -> Self {
        let pitch = section.pitch.unwrap_or(PITCH);
        let row_pitch = section.row_pitch.unwrap_or(pitch * ROW_PITCHES);
        Self { section, pitch, row_pitch, last: Self::nowhere().1 }
    }

    /// The place of a row that has none yet.
    pub(super) fn nowhere() -> (PlanFrame, Arc<RowShape>) {
        (PlanFrame::default(), Arc::new(RowShape::Points(Vec::new())))
    }

    /// The place of a row behind so many rows and cross aisles.
    pub(super) fn place(
        &mut self,
        behind: usize,
        table: Option<&RowTable>,
    ) -> (PlanFrame, Arc<RowShape>) {
        let depth = self.row_pitch * behind as f64;
        let shape = self.shape(depth, table);
        let at = match &shape {
            RowShape::Line { .. } => Point::new(0.0, depth),
            RowShape::Arc { .. } | RowShape::Points(_) => Point::default(),
        };
        let frame = PlanFrame {
            at: table.and_then(|table| table.at).unwrap_or(at),
            angle: table.and_then(|table| table.angle).unwrap_or_default(),
        };
        if *self.last != shape {
            self.last = Arc::new(shape);
        }
        (frame, Arc::clone(&self.last))
    }

    fn shape(&self, depth: f64, table: Option<&RowTable>) -> RowShape {
        let empty = RowTable::default();
        let table = table.unwrap_or(&empty);
        if let Some(points) = &table.points {
            return RowShape::Points(points.clone());
        }
        let pitch = table.pitch.unwrap_or(self.pitch);
        let aisle = table.aisle.or(self.section.aisle).unwrap_or(pitch);
        let align = table.align.or(self.section.align).unwrap_or(Align::Center);
        match table.radius.or_else(|| self.section.radius.map(|radius| radius + depth)) {
            Some(radius) => RowShape::Arc { radius, pitch, aisle, align, spread: table.spread },
            None => RowShape::Line { pitch, aisle, align },
        }
    }
}

/// Checks what a table says about the place of a row.
pub(super) fn check(
    faults: &mut Faults,
    path: &dyn Fn(&str) -> String,
    table: &RowTable,
    in_arcs: bool,
) {
    checks::point(faults, path, "at", table.at);
    for (key, value, sign) in [
        ("angle", table.angle, Sign::Any),
        ("pitch", table.pitch, Sign::Positive),
        ("aisle", table.aisle, Sign::NotNegative),
        ("radius", table.radius, Sign::Positive),
        ("spread", table.spread, Sign::Positive),
    ] {
        checks::number(faults, path, key, value, sign);
    }
    if table.spread.is_some_and(|spread| spread > 360.0) {
        faults.add(path("spread"), "is an angle of at most 360 degrees");
    }
    if table.spread.is_some() && table.radius.is_none() && !in_arcs {
        faults.add(path("spread"), "is for an arc; give its radius");
    }
    if let Some(points) = &table.points {
        checks::points(faults, path, "points", points);
        let others = [table.pitch, table.aisle, table.radius, table.spread];
        if others.iter().any(Option::is_some) || table.align.is_some() {
            let why = "say where each seat is; pitch, aisle, radius, spread and align do not apply";
            faults.add(path("points"), why);
        }
    }
}
