//! Shapes at their place on the drawing: stage, walls, bars and texts.

use crate::arrangement::Arrangement;
use crate::colors::color;
use crate::file::ShapeTable;
use crate::geometry::{PlanFrame, Point};
use crate::source::SourcePlan;

/// The size of a text that gives none.
const TEXT_SIZE: f64 = 16.0;

/// A shape, in the drawing's own coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedShape {
    pub(crate) form: Option<PlacedForm>,
    pub(crate) color: String,
    pub(crate) border: Option<String>,
    pub(crate) text: Option<PlacedText>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlacedForm {
    Polygon(Vec<Point>),
    /// Turned by an angle in degrees, clockwise.
    Ellipse {
        center: Point,
        radii: Point,
        angle: f64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedText {
    pub(crate) text: String,
    pub(crate) at: Point,
    pub(crate) size: f64,
    pub(crate) color: String,
}

/// All shapes of a plan, those below others first.
pub(crate) fn placed_shapes(
    source: &SourcePlan,
    arrangement: &Arrangement<'_>,
) -> Vec<PlacedShape> {
    let mut shapes = Vec::new();
    for drawing in &source.file.drawing {
        let frame = PlanFrame { at: drawing.at.unwrap_or_default(), angle: 0.0 };
        shapes.extend(drawing.shape.iter().map(|shape| PlacedShape::new(frame, shape)));
    }
    for (section, number) in source.file.section.iter().zip(0u8..) {
        let at = arrangement.place(number, Point::default());
        let frame = PlanFrame { at, angle: section.angle.unwrap_or_default() };
        shapes.extend(section.shape.iter().map(|shape| PlacedShape::new(frame, shape)));
    }
    shapes
}

impl PlacedShape {
    fn new(frame: PlanFrame, shape: &ShapeTable) -> Self {
        let at = frame.place(shape.at.unwrap_or_default());
        let angle = frame.angle + shape.rotation.unwrap_or_default();
        let place = |point: Point| point.turned(angle).plus(at);
        let ellipse = |radii| PlacedForm::Ellipse { center: at, radii, angle };
        let (form, middle) = match shape {
            ShapeTable { rectangle: Some(Point { x, y }), .. } => {
                let (x, y) = (*x, *y);
                let ends = [(0.0, 0.0), (x, 0.0), (x, y), (0.0, y)];
                let ends = ends.map(|(x, y)| place(Point::new(x, y)));
                (Some(PlacedForm::Polygon(ends.to_vec())), Point::new(x / 2.0, y / 2.0))
            }
            ShapeTable { polygon: Some(points), .. } if !points.is_empty() => {
                let placed = points.iter().map(|&point| place(point)).collect();
                let sum = points.iter().fold(Point::default(), |sum, point| sum.plus(*point));
                let count = points.len() as f64;
                (Some(PlacedForm::Polygon(placed)), Point::new(sum.x / count, sum.y / count))
            }
            ShapeTable { ellipse: Some(radii), .. } => (Some(ellipse(*radii)), Point::default()),
            ShapeTable { circle: Some(radius), .. } => {
                (Some(ellipse(Point::new(*radius, *radius))), Point::default())
            }
            _ => (None, Point::default()),
        };
        let text = shape.text.as_ref().map(|text| PlacedText {
            text: text.clone(),
            at: place(shape.text_at.unwrap_or(middle)),
            size: shape.text_size.unwrap_or(TEXT_SIZE),
            color: color(shape.text_color.as_deref(), "#333").to_owned(),
        });
        let border = color(shape.border.as_deref(), "none");
        Self {
            form,
            color: color(shape.color.as_deref(), "#d8d4cc").to_owned(),
            border: (border != "none").then(|| border.to_owned()),
            text,
        }
    }
}
