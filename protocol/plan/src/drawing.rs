//! What a page draws of a plan: where everything is, what it is called, and its colours.
//!
//! Points are whole tenths of the plan's units. Of a row there is the first point, and from there the
//! way from each seat to the next: in a straight row it is the same for all, which packs well.

use crate::arrangement::Arrangement;
use crate::colors::category_colors;
use crate::geometry::Point;
use crate::placed_shape::{PlacedForm, PlacedShape, placed_shapes};
use crate::plan::{PlanRow, PlanSection, SeatPattern, SectionPlaces, View};
use crate::source::SourcePlan;
use compact_str::CompactString;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// A plan as it is drawn. Points and sizes are in tenths of the plan's unit.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanDrawing {
    name: String,
    /// Rows and sections name them by their index.
    categories: Vec<CategoryDrawing>,
    /// What is drawn below the seats, in this order.
    shapes: Vec<ShapeDrawing>,
    /// The lists of labels that the seats of rows have.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<String>>))]
    labels: Vec<Vec<CompactString>>,
    sections: Vec<SectionDrawing>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct CategoryDrawing {
    name: String,
    /// Like `#4269d0`.
    color: String,
}

/// A polygon or an ellipse, with a text or without, or a text alone.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ShapeDrawing {
    /// The corners: x and y of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    polygon: Option<Vec<i64>>,
    /// The centre, the two radii, and the angle in tenths of a degree.
    #[serde(skip_serializing_if = "Option::is_none")]
    ellipse: Option<[i64; 5]>,
    color: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    border: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<TextDrawing>,
}

/// A text, centred at a point.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct TextDrawing {
    text: String,
    at: [i64; 2],
    size: i64,
    color: String,
}

/// A section: with rows if it is seated, with a capacity if it is standing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct SectionDrawing {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
    category: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    /// The corners: x and y of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    outline: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<RowDrawing>,
}

/// A row; its seats are named by their index.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct RowDrawing {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    label: CompactString,
    /// The list of labels that its seats have.
    labels: u32,
    /// x and y of the first seat, and the way to each next one.
    points: Vec<i64>,
    category: RowCategories,
    /// A table or box: taken entirely or not at all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    whole: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accessible: Vec<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    companions: Vec<u16>,
    /// Seats that do not see the stage well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    restricted: Vec<u16>,
}

/// The category of all seats of a row, or of each.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
enum RowCategories {
    One(u16),
    Each(Vec<u16>),
}

impl PlanDrawing {
    pub fn new(source: &SourcePlan) -> Self {
        let arrangement = Arrangement::new(source);
        let plan = &source.plan;
        let colors = plan.categories.iter().cloned().zip(category_colors(source));
        let shapes = placed_shapes(source, &arrangement);
        let mut labels = SharedLabels::default();
        let sections = (0u8..).zip(&plan.sections);
        let sections = sections
            .map(|(number, section)| {
                SectionDrawing::new(&arrangement, number, section, &mut labels)
            })
            .collect();
        Self {
            name: plan.name.clone(),
            categories: colors.map(|(name, color)| CategoryDrawing { name, color }).collect(),
            shapes: shapes.into_iter().map(ShapeDrawing::new).collect(),
            labels: labels.lists,
            sections,
        }
    }
}

impl ShapeDrawing {
    fn new(shape: PlacedShape) -> Self {
        let PlacedShape { form, color, border, text } = shape;
        let (mut polygon, mut ellipse) = (None, None);
        match form {
            Some(PlacedForm::Polygon(points)) => polygon = Some(flat(&points)),
            Some(PlacedForm::Ellipse { center, radii, angle }) => {
                let [x, y] = tenths(center);
                let [across, along] = tenths(radii);
                ellipse = Some([x, y, across, along, tenth(angle)]);
            }
            None => {}
        }
        let text = text.map(|it| TextDrawing {
            at: tenths(it.at),
            size: tenth(it.size),
            text: it.text,
            color: it.color,
        });
        Self { polygon, ellipse, color, border, text }
    }
}

impl SectionDrawing {
    fn new(
        arrangement: &Arrangement<'_>,
        number: u8,
        section: &PlanSection,
        labels: &mut SharedLabels,
    ) -> Self {
        let rows = (0u16..).zip(section.rows());
        Self {
            name: section.name.clone(),
            floor: section.floor.clone(),
            category: section.category,
            capacity: match section.places {
                SectionPlaces::Standing { capacity } => Some(capacity),
                SectionPlaces::Seated { .. } => None,
            },
            outline: arrangement.outline(number).map(|outline| flat(&outline)),
            rows: rows
                .map(|(at, row)| RowDrawing::new(row, &arrangement.row(number, at), labels))
                .collect(),
        }
    }
}

impl RowDrawing {
    fn new(row: &PlanRow, points: &[Point], labels: &mut SharedLabels) -> Self {
        let seats = || 0..row.seats.count();
        let those = |which: &dyn Fn(u16) -> bool| seats().filter(|&seat| which(seat)).collect();
        let is_companion = |seat| row.mark(seat).is_some_and(|mark| mark.companion_of.is_some());
        let category = match seats().all(|seat| row.category_of(seat) == row.category) {
            true => RowCategories::One(row.category),
            false => RowCategories::Each(seats().map(|seat| row.category_of(seat)).collect()),
        };
        Self {
            label: row.label.clone(),
            labels: labels.number_of(&row.seats),
            points: steps(points),
            category,
            whole: row.whole,
            accessible: those(&|seat| row.is_accessible(seat)),
            companions: those(&is_companion),
            restricted: those(&|seat| row.view_of(seat) == View::Restricted),
        }
    }
}

/// Lists of labels, each once.
#[derive(Default)]
struct SharedLabels {
    lists: Vec<Vec<CompactString>>,
    numbers: HashMap<*const SeatPattern, u32>,
}

impl SharedLabels {
    fn number_of(&mut self, pattern: &Arc<SeatPattern>) -> u32 {
        *self.numbers.entry(Arc::as_ptr(pattern)).or_insert_with(|| {
            self.lists.push(pattern.labels().to_vec());
            u32::try_from(self.lists.len() - 1).expect("there are fewer rows")
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates are bounded")]
fn tenth(number: f64) -> i64 {
    (number * 10.0).round() as i64
}

fn tenths(point: Point) -> [i64; 2] {
    [tenth(point.x), tenth(point.y)]
}

fn flat(points: &[Point]) -> Vec<i64> {
    points.iter().flat_map(|&point| tenths(point)).collect()
}

fn steps(points: &[Point]) -> Vec<i64> {
    let mut before = [0, 0];
    let step = |&point: &Point| {
        let now = tenths(point);
        let step = [now[0] - before[0], now[1] - before[1]];
        before = now;
        step
    };
    points.iter().flat_map(step).collect()
}
