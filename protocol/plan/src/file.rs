//! A plan as it is written, in TOML or JSON. `docs/plans.md` says what each key means.

use crate::bounded::{at_most, some_at_most};
use crate::geometry::{Align, Point, optional_number};
use crate::kept::Kept;
use crate::limits::{
    MAX_CATEGORIES, MAX_OUTLINE_POINTS, MAX_PLAN_SECTIONS, MAX_ROW_SEATS, MAX_SEAT_TABLES,
    MAX_SECTION_ROWS, MAX_SHAPES,
};
use crate::plan::View;
use serde::{Deserialize, Serialize};

/// Whether a key is left out.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// All of a plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    pub name: String,
    /// The point that seats are the better the nearer they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Point>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub pretix: Kept,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_CATEGORIES>"
    )]
    pub category: Vec<CategoryTable>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_PLAN_SECTIONS>"
    )]
    pub section: Vec<SectionTable>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_SHAPES>"
    )]
    pub drawing: Vec<DrawingTable>,
}

/// A category of places with the same prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryTable {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// A section: seated if it has rows, standing if it has a capacity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionTable {
    pub name: String,
    /// The section's name in the plan before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// Its own name if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// The labels of its rows, the front one first; a break is a cross aisle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// The labels of the seats of each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<String>,
    /// Whether each row is taken entirely or not at all.
    #[serde(default, skip_serializing_if = "is_false")]
    pub whole: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub angle: Option<f64>,
    /// The distance of two seats.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub pitch: Option<f64>,
    /// The distance of two rows.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub row_pitch: Option<f64>,
    /// What a break adds to the distance of two seats.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub aisle: Option<f64>,
    /// The radius of the first row, if rows are arcs.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub radius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_at_most::<_, _, MAX_OUTLINE_POINTS>"
    )]
    pub outline: Option<Vec<Point>>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub pretix: Kept,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_SECTION_ROWS>"
    )]
    pub row: Vec<RowTable>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_SEAT_TABLES>"
    )]
    pub seat: Vec<SeatTable>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_SHAPES>"
    )]
    pub shape: Vec<ShapeTable>,
}

/// What is special about one row, or about several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowTable {
    /// Which rows, in the short notation.
    pub label: String,
    /// The row's label in the plan before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub angle: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub pitch: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub aisle: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub radius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub spread: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    /// The point of each seat.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_at_most::<_, _, MAX_ROW_SEATS>"
    )]
    pub points: Option<Vec<Point>>,
    /// The id of each seat in another system.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_at_most::<_, _, MAX_ROW_SEATS>"
    )]
    pub guids: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub pretix: Kept,
}

/// What is special about some seats of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatTable {
    /// Which seats, as people write them: `A1`, `A1..A4, B3`, or whole rows.
    pub seats: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub accessible: bool,
    /// The accessible seat that these belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// The seat's label in the plan before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// Shapes that belong to no section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawingTable {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub pretix: Kept,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "at_most::<_, _, MAX_SHAPES>"
    )]
    pub shape: Vec<ShapeTable>,
}

/// A stage, a bar, a wall, a text: at most one of the four shapes, and a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeTable {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    /// About `at`, clockwise.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub rotation: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border: Option<String>,
    /// Its width and height; `at` is its upper left corner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectangle: Option<Point>,
    /// Its two radii; `at` is its centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ellipse: Option<Point>,
    /// Its radius; `at` is its centre.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub circle: Option<f64>,
    /// Its corners, from `at`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_at_most::<_, _, MAX_OUTLINE_POINTS>"
    )]
    pub polygon: Option<Vec<Point>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The text's middle, from `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_at: Option<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_color: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "optional_number")]
    pub text_size: Option<f64>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub pretix: Kept,
}
