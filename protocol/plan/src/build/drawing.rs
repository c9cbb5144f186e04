//! What is drawn and decides nothing.

use super::checks::{self, Sign};
use crate::fault::Faults;
use crate::file::{PlanFile, ShapeTable};
use crate::limits::{MAX_DRAWN_TEXT_BYTES, MAX_SECTION_NAME_BYTES, MAX_SHAPES};
use crate::name::{check_color, check_text};

pub(super) fn check(file: &PlanFile, faults: &mut Faults) {
    let mut shapes = 0;
    for (at, section) in file.section.iter().enumerate() {
        let path = |key: &str| format!("section[{at}].{key}");
        if let Some(outline) = &section.outline {
            shapes += 1;
            if outline.len() < 3 {
                faults.add(path("outline"), "has at least three points");
            }
            checks::points(faults, &path, "outline", outline);
        }
        shapes += section.shape.len();
        check_shapes(faults, &path, &section.shape);
    }
    for (at, drawing) in file.drawing.iter().enumerate() {
        let path = |key: &str| format!("drawing[{at}].{key}");
        checks::point(faults, &path, "at", drawing.at);
        if let Some(Err(why)) =
            drawing.name.as_deref().map(|name| check_text(name, MAX_SECTION_NAME_BYTES))
        {
            faults.add(path("name"), why);
        }
        shapes += drawing.shape.len();
        check_shapes(faults, &path, &drawing.shape);
    }
    if shapes > MAX_SHAPES {
        faults.add("drawing", format!("a plan has at most {MAX_SHAPES} shapes, not {shapes}"));
    }
}

fn check_shapes(faults: &mut Faults, path: &dyn Fn(&str) -> String, shapes: &[ShapeTable]) {
    for (at, shape) in shapes.iter().enumerate() {
        check_shape(faults, &|key| path(&format!("shape[{at}].{key}")), shape);
    }
}

fn check_shape(faults: &mut Faults, path: &dyn Fn(&str) -> String, shape: &ShapeTable) {
    let forms = [
        shape.rectangle.is_some(),
        shape.ellipse.is_some(),
        shape.circle.is_some(),
        shape.polygon.is_some(),
    ];
    if forms.iter().filter(|form| **form).count() > 1 {
        faults.add(path("at"), "a shape is one of rectangle, ellipse, circle and polygon");
    }
    checks::point(faults, path, "at", shape.at);
    checks::point(faults, path, "rectangle", shape.rectangle);
    checks::point(faults, path, "ellipse", shape.ellipse);
    checks::point(faults, path, "text_at", shape.text_at);
    checks::number(faults, path, "rotation", shape.rotation, Sign::Any);
    checks::number(faults, path, "circle", shape.circle, Sign::NotNegative);
    checks::number(faults, path, "text_size", shape.text_size, Sign::NotNegative);
    checks::points(faults, path, "polygon", shape.polygon.as_deref().unwrap_or_default());
    let colors =
        [("color", &shape.color), ("border", &shape.border), ("text_color", &shape.text_color)];
    for (key, color) in colors {
        if let Some(Err(why)) = color.as_deref().map(check_color) {
            faults.add(path(key), why);
        }
    }
    if let Some(Err(why)) = shape.text.as_deref().map(|text| check_text(text, MAX_DRAWN_TEXT_BYTES))
    {
        faults.add(path("text"), why);
    }
}
