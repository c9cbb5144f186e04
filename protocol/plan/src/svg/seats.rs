//! Seats: a dot in the colour of its category. An accessible seat is ringed, a companion's seat has a
//! thinner ring, and a seat with a restricted view is paler.

use super::xml::{Short, escape, put};
use crate::arrangement::Arrangement;
use crate::geometry::Point;
use crate::plan::{PlanRow, View};
use std::collections::BTreeMap;

/// A seat is so wide, in distances of two seats.
const WIDTH: f64 = 0.78;

/// The width of a lonely seat.
const LONELY: f64 = 20.0;

/// The most seats of a plan whose seats are numbered.
const NUMBERED: usize = 3_000;

/// The most rows of a plan whose rows are labelled.
const LABELLED: usize = 600;

/// What is written beside seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) seats: bool,
    pub(super) rows: bool,
}

impl Written {
    /// As much as can be read.
    pub(super) fn of(arrangement: &Arrangement<'_>) -> Self {
        let plan = arrangement.plan();
        let rows = plan.sections.iter().map(|section| section.rows().len()).sum::<usize>();
        Self { seats: plan.seats().nth(NUMBERED).is_none(), rows: rows <= LABELLED }
    }
}

/// The distance of two seats of a row.
pub(super) fn pitch(points: &[Point]) -> f64 {
    let distances = points.windows(2).map(|pair| pair[0].distance(pair[1]));
    let least = distances.filter(|&distance| distance > 0.0).fold(f64::INFINITY, f64::min);
    if least.is_finite() { least } else { LONELY / WIDTH }
}

/// Draws a row.
pub(super) fn draw(
    svg: &mut String,
    row: &PlanRow,
    points: &[Point],
    colors: &[String],
    written: Written,
) {
    let width = pitch(points) * WIDTH;
    // Seats that look alike are one path of dots.
    let mut alike: BTreeMap<(u16, bool), String> = BTreeMap::new();
    for (index, &Point { x, y }) in (0u16..).zip(points) {
        let restricted = row.view_of(index) == View::Restricted;
        let dots = alike.entry((row.category_of(index), restricted)).or_default();
        put(dots, format_args!("M{} {}h0", Short(x), Short(y)));
    }
    for ((category, restricted), dots) in alike {
        let color = colors.get(usize::from(category)).map_or("#888", String::as_str);
        let pale = if restricted { " stroke-opacity=\".45\"" } else { "" };
        put(
            svg,
            format_args!(
                "<path class=\"s\" d=\"{dots}\" stroke=\"{color}\" stroke-width=\"{}\"{pale}/>\n",
                Short(width)
            ),
        );
    }
    for (&index, mark) in row.marks.iter() {
        let Some(Point { x, y }) = points.get(usize::from(index)) else { continue };
        let ring = match (mark.accessible, mark.companion_of) {
            (true, _) => 0.16,
            (false, Some(_)) => 0.06,
            _ => continue,
        };
        put(
            svg,
            format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\" stroke=\"#111\" stroke-width=\"{}\"/>\n",
                Short(*x),
                Short(*y),
                Short(width * 0.5),
                Short(width * ring)
            ),
        );
    }
    write(svg, row, points, width, written);
}

fn write(svg: &mut String, row: &PlanRow, points: &[Point], width: f64, written: Written) {
    if written.seats {
        for (label, &Point { x, y }) in row.seats.labels().iter().zip(points) {
            let size = width * (0.9 / label.chars().count().max(2) as f64).min(0.42);
            label_at(svg, "n", Point::new(x, y), size, label);
        }
    }
    let Some((&first, &last)) = points.first().zip(points.last()) else { return };
    // Around a table there is room in the middle.
    let count = points.len() as f64;
    let sum = points.iter().fold(Point::default(), |sum, point| sum.plus(*point));
    let middle = Point::new(sum.x / count, sum.y / count);
    if row.whole && points.iter().all(|point| point.distance(middle) > width) {
        label_at(svg, "r", middle, width * 0.5, &row.label);
    } else if written.rows {
        let neighbours = [(first, points.get(1)), (last, points.iter().rev().nth(1))];
        // The front of one box is near the back of the next.
        let ends = if row.whole { 1 } else { 2 };
        for (end, next) in neighbours.into_iter().take(ends) {
            let next = next.copied().unwrap_or(Point::new(end.x + 1.0, end.y));
            let length = end.distance(next).max(f64::MIN_POSITIVE);
            let out = width * 1.25 / length;
            let beside = Point::new(end.x + (end.x - next.x) * out, end.y + (end.y - next.y) * out);
            label_at(svg, "r", beside, width * 0.6, &row.label);
        }
    }
}

fn label_at(svg: &mut String, class: &str, Point { x, y }: Point, size: f64, label: &str) {
    put(
        svg,
        format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</text>\n",
            Short(x),
            Short(y),
            Short(size),
            escape(label)
        ),
    );
}
