//! Stage, walls, bars and texts.

use super::xml::{Short, corners, escape, put};
use crate::geometry::Point;
use crate::placed_shape::{PlacedForm, PlacedShape, PlacedText};

/// Draws a shape, and notes points that it reaches.
pub(super) fn draw(svg: &mut String, shape: &PlacedShape, reach: &mut Vec<Point>) {
    let border = shape.border.as_deref().unwrap_or("none");
    let style = format!("fill=\"{}\" stroke=\"{border}\"", shape.color);
    match &shape.form {
        Some(PlacedForm::Polygon(points)) => {
            let corners = corners(points.iter().copied());
            put(svg, format_args!("<polygon points=\"{corners}\" {style}/>\n"));
            reach.extend(points);
        }
        Some(PlacedForm::Ellipse { center, radii, angle }) => {
            let (cx, cy) = (Short(center.x), Short(center.y));
            put(
                svg,
                format_args!(
                    "<ellipse cx=\"{cx}\" cy=\"{cy}\" rx=\"{}\" ry=\"{}\" {style} \
                     transform=\"rotate({} {cx} {cy})\"/>\n",
                    Short(radii.x),
                    Short(radii.y),
                    Short(*angle)
                ),
            );
            reach.push(Point::new(center.x - radii.x, center.y - radii.y));
            reach.push(center.plus(*radii));
        }
        None => {}
    }
    if let Some(PlacedText { text, at, size, color }) = &shape.text {
        reach.push(*at);
        put(
            svg,
            format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{color}\">{}</text>\n",
                Short(at.x),
                Short(at.y),
                Short(*size),
                escape(text)
            ),
        );
    }
}
