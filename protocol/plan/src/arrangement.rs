//! Where everything of a plan is. Sections without positions are put below each other, in the order
//! of the plan and below those that have one.

use crate::geometry::{PlanBox, PlanFrame, Point};
use crate::plan::{Plan, PlanSection, SeatNumber, SectionPlaces};
use crate::source::SourcePlan;

/// The room between two sections without positions, and around a standing one.
const GAP: f64 = 60.0;

/// The side of a standing section without an outline, for each place of a row as long as the hall.
const STANDING_PITCH: f64 = 14.0;

/// The least and the largest side of a standing section without an outline.
const STANDING_SIDES: (f64, f64) = (80.0, 900.0);

/// The place of each section, row and seat of one plan.
#[derive(Debug, Clone)]
pub struct Arrangement<'a> {
    source: &'a SourcePlan,
    frames: Vec<PlanFrame>,
}

impl<'a> Arrangement<'a> {
    pub fn new(source: &'a SourcePlan) -> Self {
        let mut this = Self { source, frames: Vec::new() };
        let sections = &source.plan.sections;
        this.frames = sections.iter().map(|section| section.frame).collect();
        let placed = (0u8..).zip(sections).filter(|(_, section)| section.is_placed);
        let mut bounds = placed.filter_map(|(number, _)| this.bounds(number)).fold(None, union);
        for (number, section) in (0u8..).zip(sections) {
            if section.is_placed {
                continue;
            }
            let Some(own) = this.bounds(number) else { continue };
            let (middle, below) = match bounds {
                Some(bounds) => (bounds.center().x, bounds.high.y + GAP),
                None => (0.0, 0.0),
            };
            let frame = &mut this.frames[usize::from(number)];
            let shift = Point::new(middle - own.center().x, below - own.low.y);
            frame.at = frame.at.plus(shift);
            bounds =
                union(bounds, PlanBox { low: own.low.plus(shift), high: own.high.plus(shift) });
        }
        this
    }

    /// The points of the seats of a row.
    pub fn row(&self, section: u8, row: u16) -> Vec<Point> {
        let (Some(found), Some(frame)) =
            (self.source.plan.section(section), self.frames.get(usize::from(section)))
        else {
            return Vec::new();
        };
        let row = found.rows().get(usize::from(row));
        row.map(|row| row.points().map(|point| frame.place(point)).collect()).unwrap_or_default()
    }

    /// The point of a seat.
    pub fn seat(&self, seat: SeatNumber) -> Option<Point> {
        self.row(seat.section, seat.row).get(usize::from(seat.index)).copied()
    }

    /// The outline of a section: the one that the file gives, or a square for a standing section.
    pub fn outline(&self, section: u8) -> Option<Vec<Point>> {
        let found = self.source.plan.section(section)?;
        let frame = self.frames.get(usize::from(section))?;
        let given = self.source.file.section.get(usize::from(section));
        let points = match given.and_then(|table| table.outline.clone()) {
            Some(outline) => outline,
            None => standing_square(found)?,
        };
        Some(points.into_iter().map(|point| frame.place(point)).collect())
    }

    /// A point of a section's own coordinates on the drawing.
    pub(crate) fn place(&self, section: u8, point: Point) -> Point {
        self.frames.get(usize::from(section)).map_or(point, |frame| frame.place(point))
    }

    /// The rectangle around the seats and the outline of a section.
    pub(crate) fn bounds(&self, section: u8) -> Option<PlanBox> {
        let rows = self.source.plan.section(section)?.rows().len();
        let rows = (0u16..).take(rows).flat_map(|row| self.row(section, row));
        PlanBox::around(rows.chain(self.outline(section).into_iter().flatten()))
    }

    pub(crate) fn plan(&self) -> &'a Plan {
        &self.source.plan
    }
}

fn union(bounds: Option<PlanBox>, more: PlanBox) -> Option<PlanBox> {
    let before = bounds.into_iter().flat_map(|bounds| bounds.corners());
    PlanBox::around(before.chain(more.corners()))
}

fn standing_square(section: &PlanSection) -> Option<Vec<Point>> {
    let SectionPlaces::Standing { capacity } = section.places else { return None };
    let (least, most) = STANDING_SIDES;
    let side = (f64::from(capacity).sqrt() * STANDING_PITCH).clamp(least, most);
    let high = Point::new(side, side / 2.0);
    Some(PlanBox { low: Point::default(), high }.corners().to_vec())
}
