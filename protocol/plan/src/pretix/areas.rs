//! Areas of pretix and shapes of a plan.

use super::differences::restore;
use super::json::{Found, JsonAt};
use crate::file::ShapeTable;
use crate::geometry::{Point, whole};
use crate::limits::{MAX_COORDINATE, MAX_DRAWN_TEXT_BYTES, MAX_OUTLINE_POINTS};
use crate::name::{check_color, check_text};
use serde_json::{Map, Value, json};

const SHAPES: &[&str] = &["polygon", "rectangle", "ellipse", "circle", "text"];

/// A coordinate within the bounds of a plan.
fn bounded(number: f64) -> f64 {
    number.clamp(-MAX_COORDINATE, MAX_COORDINATE)
}

/// The point that an object with `x` and `y` is.
pub(super) fn point(at: &JsonAt<'_>) -> Found<Point> {
    let (x, y) = (at.required("x")?.number()?, at.required("y")?.number()?);
    Ok(Point::new(bounded(x), bounded(y)))
}

pub(super) fn optional_point(at: &JsonAt<'_>, key: &str) -> Found<Option<Point>> {
    at.optional(key)?.map(|value| point(&value)).transpose()
}

fn number_json(number: f64) -> Value {
    whole(number).map_or_else(|| Value::from(number), Value::from)
}

pub(super) fn point_json(point: Point) -> Value {
    json!({ "x": number_json(point.x), "y": number_json(point.y) })
}

fn color(at: &JsonAt<'_>, key: &str) -> Found<Option<String>> {
    let text = at.optional_text(key)?;
    Ok(text.filter(|text| check_color(text).is_ok()).map(str::to_owned))
}

/// The shape that an area is, as far as a plan has words for it.
pub(super) fn read(area: &JsonAt<'_>) -> Found<ShapeTable> {
    area.object()?;
    area.optional_text("uuid")?;
    let mut shape = ShapeTable {
        at: optional_point(area, "position")?,
        rotation: area.optional("rotation")?.map(|value| value.number()).transpose()?.map(bounded),
        color: color(area, "color")?,
        border: color(area, "border_color")?,
        ..ShapeTable::default()
    };
    let form = area.one_of("shape", SHAPES)?;
    if let Some(polygon) = area.optional("polygon")? {
        let points = polygon.required("points")?;
        let points = points.list()?.map(|at| point(&at)).collect::<Found<Vec<_>>>()?;
        let fits = form == Some("polygon") && points.len() <= MAX_OUTLINE_POINTS;
        shape.polygon = fits.then_some(points);
    }
    let size = |of: &JsonAt<'_>, x: &str, y: &str| {
        let (x, y) = (of.required(x)?.whole()?, of.required(y)?.whole()?);
        Ok(Point::new(bounded(x), bounded(y)))
    };
    if let Some(rectangle) = area.optional("rectangle")? {
        let size = size(&rectangle, "width", "height")?;
        shape.rectangle = (form == Some("rectangle")).then_some(size);
    }
    if let Some(ellipse) = area.optional("ellipse")? {
        let radii = point(&ellipse.required("radius")?)?;
        shape.ellipse = (form == Some("ellipse")).then_some(radii);
    }
    if let Some(circle) = area.optional("circle")? {
        let radius = bounded(circle.required("radius")?.whole()?);
        shape.circle = (form == Some("circle") && radius >= 0.0).then_some(radius);
    }
    if let Some(text) = area.optional("text")? {
        read_text(&text, &mut shape)?;
    }
    Ok(shape)
}

fn read_text(text: &JsonAt<'_>, shape: &mut ShapeTable) -> Found<()> {
    let words = text.required("text")?.text()?;
    let at = point(&text.required("position")?)?;
    let size = text.optional("size")?.map(|value| value.whole()).transpose()?;
    let color = color(text, "color")?;
    // What is written in another normal form is kept with its own.
    if check_text(words, MAX_DRAWN_TEXT_BYTES).as_deref() == Ok(words) {
        shape.text = Some(words.to_owned());
        shape.text_at = Some(at);
        shape.text_size = size.filter(|size| (0.0..=MAX_COORDINATE).contains(size));
        shape.text_color = color;
    }
    Ok(())
}

/// The area that a shape is.
pub(super) fn write(shape: &ShapeTable) -> Value {
    let mut area = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            area.insert(key.to_owned(), value);
        }
    };
    put("position", shape.at.map(point_json));
    put("rotation", shape.rotation.map(number_json));
    put("color", shape.color.clone().map(Value::from));
    put("border_color", shape.border.clone().map(Value::from));
    let polygon = shape.polygon.as_ref().map(|points| {
        json!({ "points": points.iter().map(|&point| point_json(point)).collect::<Vec<_>>() })
    });
    let rectangle = shape
        .rectangle
        .map(|size| json!({ "width": number_json(size.x), "height": number_json(size.y) }));
    let form = match shape {
        ShapeTable { polygon: Some(_), .. } => Some("polygon"),
        ShapeTable { rectangle: Some(_), .. } => Some("rectangle"),
        ShapeTable { ellipse: Some(_), .. } => Some("ellipse"),
        ShapeTable { circle: Some(_), .. } => Some("circle"),
        ShapeTable { text: Some(_), .. } => Some("text"),
        _ => None,
    };
    put("shape", form.map(Value::from));
    put("polygon", polygon);
    put("rectangle", rectangle);
    put("ellipse", shape.ellipse.map(|radii| json!({ "radius": point_json(radii) })));
    put("circle", shape.circle.map(|radius| json!({ "radius": number_json(radius) })));
    put("text", shape.text.as_ref().map(|text| text_json(text, shape)));
    restore(&mut area, &shape.pretix.entries, &[]);
    area.into()
}

fn text_json(text: &str, shape: &ShapeTable) -> Value {
    let at = shape.text_at.unwrap_or_else(|| {
        shape.rectangle.map_or(Point::default(), |size| Point::new(size.x / 2.0, size.y / 2.0))
    });
    let mut object = Map::new();
    object.insert("text".to_owned(), text.into());
    object.insert("position".to_owned(), point_json(at));
    if let Some(size) = shape.text_size {
        object.insert("size".to_owned(), number_json(size));
    }
    if let Some(color) = &shape.text_color {
        object.insert("color".to_owned(), color.as_str().into());
    }
    object.into()
}
