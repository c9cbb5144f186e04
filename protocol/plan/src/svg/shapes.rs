//! Stage, walls, bars and texts.

use super::xml::{Short, color, corners, escape, put};
use crate::file::ShapeTable;
use crate::geometry::{PlanFrame, Point};

/// The size of a text that gives none.
const TEXT_SIZE: f64 = 16.0;

/// Draws a shape within a frame, and notes points that it reaches.
pub(super) fn draw(svg: &mut String, frame: PlanFrame, shape: &ShapeTable, reach: &mut Vec<Point>) {
    let at = frame.place(shape.at.unwrap_or_default());
    let angle = frame.angle + shape.rotation.unwrap_or_default();
    let place = |point: Point| point.turned(angle).plus(at);
    let fill = color(shape.color.as_deref(), "#d8d4cc");
    let border = color(shape.border.as_deref(), "none");
    let style = format!("fill=\"{fill}\" stroke=\"{border}\"");
    let mut round = |svg: &mut String, x: f64, y: f64| {
        let (cx, cy) = (Short(at.x), Short(at.y));
        put(
            svg,
            format_args!(
                "<ellipse cx=\"{cx}\" cy=\"{cy}\" rx=\"{}\" ry=\"{}\" {style} \
             transform=\"rotate({} {cx} {cy})\"/>\n",
                Short(x),
                Short(y),
                Short(angle)
            ),
        );
        reach.extend([Point::new(at.x - x, at.y - y), Point::new(at.x + x, at.y + y)]);
    };
    let middle = match shape {
        ShapeTable { rectangle: Some(size), .. } => {
            let (w, h) = (size.x, size.y);
            let ends = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)];
            polygon(svg, ends.map(|(x, y)| place(Point::new(x, y))).to_vec(), &style, reach);
            Point::new(w / 2.0, h / 2.0)
        }
        ShapeTable { polygon: Some(points), .. } if !points.is_empty() => {
            polygon(svg, points.iter().map(|&point| place(point)).collect(), &style, reach);
            let count = points.len() as f64;
            let sum = points.iter().fold(Point::default(), |sum, point| sum.plus(*point));
            Point::new(sum.x / count, sum.y / count)
        }
        ShapeTable { ellipse: Some(Point { x, y }), .. } => {
            round(svg, *x, *y);
            Point::default()
        }
        ShapeTable { circle: Some(radius), .. } => {
            round(svg, *radius, *radius);
            Point::default()
        }
        _ => Point::default(),
    };
    if let Some(text) = &shape.text {
        let at = place(shape.text_at.unwrap_or(middle));
        reach.push(at);
        put(
            svg,
            format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\">{}</text>\n",
                Short(at.x),
                Short(at.y),
                Short(shape.text_size.unwrap_or(TEXT_SIZE)),
                color(shape.text_color.as_deref(), "#333"),
                escape(text)
            ),
        );
    }
}

fn polygon(svg: &mut String, points: Vec<Point>, style: &str, reach: &mut Vec<Point>) {
    put(svg, format_args!("<polygon points=\"{}\" {style}/>\n", corners(points.iter().copied())));
    reach.extend(points);
}
