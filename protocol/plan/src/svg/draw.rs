//! The whole drawing.

use super::seats::{self, Written};
use super::shapes;
use super::xml::{Short, corners, escape, put};
use crate::arrangement::Arrangement;
use crate::colors::category_colors;
use crate::geometry::{PlanBox, Point};
use crate::placed_shape::placed_shapes;
use crate::source::SourcePlan;

/// The room around the drawing.
const MARGIN: f64 = 40.0;

/// Draws a plan as SVG. The same plan gives the same bytes.
pub fn draw(source: &SourcePlan) -> String {
    let arrangement = Arrangement::new(source);
    let colors = category_colors(source);
    let (mut body, mut reach) = (String::new(), Vec::new());
    for shape in &placed_shapes(source, &arrangement) {
        shapes::draw(&mut body, shape, &mut reach);
    }
    let written = Written::of(&arrangement);
    let mut names = String::new();
    for number in (0u8..).take(source.plan.sections.len()) {
        draw_section(&arrangement, number, &colors, written, &mut body, &mut reach);
        draw_name(&arrangement, number, written, &mut names, &mut reach);
    }
    body.push_str(&names);
    let around = PlanBox::around(reach);
    let bounds = around.unwrap_or(PlanBox { low: Point::default(), high: Point::default() });
    if source.file.drawing.iter().all(|drawing| drawing.shape.is_empty())
        && source.file.section.iter().all(|section| section.shape.is_empty())
    {
        draw_front(&bounds, &mut body);
    }
    let legend = draw_legend(source, &colors, &bounds, &mut body);
    page(source, &bounds, legend, &body)
}

fn draw_section(
    arrangement: &Arrangement<'_>,
    number: u8,
    colors: &[String],
    written: Written,
    svg: &mut String,
    reach: &mut Vec<Point>,
) {
    let Some(section) = arrangement.plan().section(number) else { return };
    if let Some(outline) = arrangement.outline(number) {
        let color = colors.get(usize::from(section.category)).map_or("#888", String::as_str);
        let opacity = if section.is_seated() { ".07" } else { ".3" };
        put(
            svg,
            format_args!(
                "<polygon points=\"{}\" fill=\"{color}\" fill-opacity=\"{opacity}\" stroke=\"{color}\" \
             stroke-opacity=\".5\"/>\n",
                corners(outline.iter().copied())
            ),
        );
        reach.extend(outline);
    }
    for (row, at) in section.rows().iter().zip(0u16..) {
        let points = arrangement.row(number, at);
        seats::draw(svg, row, &points, colors, written);
        let beside = seats::pitch(&points) * 1.5;
        reach.extend(points.iter().map(|point| Point::new(point.x - beside, point.y - beside)));
        reach.extend(points.iter().map(|point| Point::new(point.x + beside, point.y + beside)));
    }
}

/// The name of a section: over its middle, or behind the last row of a small hall.
fn draw_name(
    arrangement: &Arrangement<'_>,
    number: u8,
    written: Written,
    svg: &mut String,
    reach: &mut Vec<Point>,
) {
    let (Some(section), Some(bounds)) =
        (arrangement.plan().section(number), arrangement.bounds(number))
    else {
        return;
    };
    let size = bounds.width().min(bounds.height()) / 4.0;
    let (at, size) = match (section.is_seated(), written.seats) {
        (false, true) => (bounds.center(), size.clamp(10.0, 26.0)),
        (false, false) => (bounds.center(), size.clamp(16.0, 160.0)),
        (true, true) => (behind(arrangement, number).unwrap_or(bounds.low), 16.0),
        (true, false) => {
            let middle = middle(arrangement, number, section.rows().len() / 2);
            (middle.unwrap_or(bounds.center()), size.clamp(16.0, 160.0))
        }
    };
    reach.push(at);
    put(
        svg,
        format_args!(
            "<text class=\"name\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</text>\n",
            Short(at.x),
            Short(at.y),
            Short(size),
            escape(&section.name)
        ),
    );
}

/// The seat in the middle of a row.
fn middle(arrangement: &Arrangement<'_>, section: u8, row: usize) -> Option<Point> {
    let points = arrangement.row(section, u16::try_from(row).ok()?);
    points.get(points.len() / 2).copied()
}

/// A point behind the middle of a section's last row.
fn behind(arrangement: &Arrangement<'_>, number: u8) -> Option<Point> {
    let last = arrangement.plan().section(number)?.rows().len().checked_sub(1)?;
    let points = arrangement.row(number, u16::try_from(last).ok()?);
    let end = middle(arrangement, number, last)?;
    let front = middle(arrangement, number, 0)?;
    let along = Point::new(points.last()?.x - points[0].x, points.last()?.y - points[0].y);
    let away = match last {
        // To the right of a row is behind it, seen along it.
        0 => Point::new(-along.y, along.x),
        _ => Point::new(end.x - front.x, end.y - front.y),
    };
    let step = seats::pitch(&points) * 1.9;
    let away = if away == Point::default() { Point::new(0.0, 1.0) } else { away };
    let far = step / away.distance(Point::default());
    Some(end.plus(Point::new(away.x * far, away.y * far)))
}

/// A stage for a plan that draws nothing.
fn draw_front(bounds: &PlanBox, svg: &mut String) {
    let width = (bounds.width() * 0.6).max(120.0);
    let (x, y) = (bounds.center().x - width / 2.0, bounds.low.y - 70.0);
    put(
        svg,
        format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"36\" rx=\"6\" fill=\"#d8d4cc\"/>\n\
         <text x=\"{}\" y=\"{}\" font-size=\"16\" fill=\"#333\">front</text>\n",
            Short(x),
            Short(y),
            Short(width),
            Short(bounds.center().x),
            Short(y + 18.0)
        ),
    );
}

/// The categories below the drawing. Returns the height of the legend.
fn draw_legend(source: &SourcePlan, colors: &[String], bounds: &PlanBox, svg: &mut String) -> f64 {
    let size = (bounds.width() / 50.0).clamp(12.0, 60.0);
    let top = bounds.high.y + size * 1.5;
    let (mut x, mut y) = (bounds.low.x, top);
    for (name, color) in source.plan.categories.iter().zip(colors).take(60) {
        let width = size * (2.6 + name.chars().count() as f64 * 0.62);
        if x > bounds.low.x && x + width > bounds.high.x {
            (x, y) = (bounds.low.x, y + size * 1.8);
        }
        put(
            svg,
            format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{color}\"/>\
             <text class=\"legend\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</text>\n",
                Short(x + size * 0.5),
                Short(y),
                Short(size * 0.45),
                Short(x + size * 1.3),
                Short(y),
                Short(size),
                escape(name)
            ),
        );
        x += width;
    }
    y - bounds.high.y + size
}

fn page(source: &SourcePlan, bounds: &PlanBox, legend: f64, body: &str) -> String {
    let (low, high) = (bounds.low, bounds.high);
    // A front may be above, and names are.
    let (x, y) = (low.x - MARGIN, low.y - MARGIN - 50.0);
    let (width, height) = (high.x + MARGIN - x, high.y + legend + MARGIN - y);
    let view = format!("{} {} {} {}", Short(x), Short(y), Short(width), Short(height));
    let name = escape(&source.plan.name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view}\" role=\"img\" \
         aria-label=\"{name}\">\n<title>{name}</title>\n<style>\n\
         text{{font-family:system-ui,\"DejaVu Sans\",sans-serif;text-anchor:middle;\
         dominant-baseline:central}}\n\
         .s{{fill:none;stroke-linecap:round}}\n.n{{fill:#fff}}\n.r{{fill:#555}}\n\
         .name{{font-weight:600;fill:#222;stroke:#fff;stroke-width:.18em;paint-order:stroke}}\n\
         .legend{{text-anchor:start;fill:#222}}\n</style>\n\
         <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fff\"/>\n{body}</svg>\n",
        Short(x),
        Short(y),
        Short(width),
        Short(height)
    )
}
