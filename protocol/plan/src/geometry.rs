//! Points on the drawing, and where the seats of a row are. The x axis goes right, the y axis down;
//! angles are in degrees, clockwise.

use serde::{Deserialize, Serialize, Serializer};

/// A point, or a width and a height.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(from = "[f64; 2]")]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The point turned about the origin.
    pub(crate) fn turned(self, degrees: f64) -> Self {
        if degrees == 0.0 {
            return self;
        }
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self { x: self.x * cos - self.y * sin, y: self.x * sin + self.y * cos }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }

    pub(crate) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

impl From<[f64; 2]> for Point {
    fn from([x, y]: [f64; 2]) -> Self {
        Self { x, y }
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [Whole(self.x), Whole(self.y)].serialize(serializer)
    }
}

/// A number that is written without a fraction where it has none.
struct Whole(f64);

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match whole(self.0) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0),
        }
    }
}

/// The whole number that this is, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the bound is far within an i64")]
pub(crate) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

pub(crate) fn optional_number<S: Serializer>(
    number: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    number.map(Whole).serialize(serializer)
}

/// Which seat of a straight or curved row is at the row's own point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// The first seat.
    Left,
    /// The middle of the row.
    #[default]
    Center,
    /// The last seat.
    Right,
}

/// A place on the drawing and the angle by which what is there is turned.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct PlanFrame {
    pub(crate) at: Point,
    pub(crate) angle: f64,
}

impl PlanFrame {
    pub(crate) fn place(&self, point: Point) -> Point {
        point.turned(self.angle).plus(self.at)
    }
}

/// The seats of a row, in the row's own frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowShape {
    Line {
        pitch: f64,
        /// What a break adds.
        aisle: f64,
        align: Align,
    },
    /// An arc about the frame's point. Its middle is below the point, and the seats face the point.
    Arc {
        radius: f64,
        pitch: f64,
        aisle: f64,
        align: Align,
        /// The angle from the first seat to the last, instead of a pitch; all around for 360.
        spread: Option<f64>,
    },
    Points(Vec<Point>),
}

impl RowShape {
    /// The points of `count` seats, of which those at `breaks` follow a break.
    pub(crate) fn points(&self, count: usize, breaks: &[u16]) -> Vec<Point> {
        match self {
            Self::Points(points) => points.clone(),
            Self::Line { pitch, aisle, align } => {
                let along = along(count, breaks, *pitch, *aisle, *align);
                along.map(|x| Point::new(x, 0.0)).collect()
            }
            Self::Arc { radius, pitch, aisle, align, spread } => match spread {
                Some(spread) => spread_angles(count, *spread).map(|a| on_arc(*radius, a)).collect(),
                None => along(count, breaks, *pitch, *aisle, *align)
                    .map(|length| on_arc(*radius, length / radius))
                    .collect(),
            },
        }
    }
}

/// How far along the row each seat is.
fn along(
    count: usize,
    breaks: &[u16],
    pitch: f64,
    aisle: f64,
    align: Align,
) -> impl Iterator<Item = f64> {
    let total = pitch * count.saturating_sub(1) as f64 + aisle * breaks.len() as f64;
    let shift = match align {
        Align::Left => 0.0,
        Align::Center => total / 2.0,
        Align::Right => total,
    };
    let mut passed = 0;
    (0..count).map(move |seat| {
        while breaks.get(passed).is_some_and(|&at| usize::from(at) <= seat) {
            passed += 1;
        }
        pitch * seat as f64 + aisle * passed as f64 - shift
    })
}

/// The angles of seats that are spread evenly, in radians from the middle.
fn spread_angles(count: usize, spread: f64) -> impl Iterator<Item = f64> {
    let gaps = if spread >= 360.0 { count } else { count.saturating_sub(1) }.max(1);
    let step = spread.to_radians() / gaps as f64;
    let middle = count.saturating_sub(1) as f64 / 2.0;
    (0..count).map(move |seat| (seat as f64 - middle) * step)
}

fn on_arc(radius: f64, angle: f64) -> Point {
    Point::new(radius * angle.sin(), radius * angle.cos())
}

/// The smallest rectangle around points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlanBox {
    pub(crate) low: Point,
    pub(crate) high: Point,
}

impl PlanBox {
    /// None around no point.
    pub(crate) fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points.into_iter().fold(None, |bounds: Option<Self>, point| {
            let Self { low, high } = bounds.unwrap_or(Self { low: point, high: point });
            Some(Self {
                low: Point::new(low.x.min(point.x), low.y.min(point.y)),
                high: Point::new(high.x.max(point.x), high.y.max(point.y)),
            })
        })
    }

    pub(crate) fn width(&self) -> f64 {
        self.high.x - self.low.x
    }

    pub(crate) fn height(&self) -> f64 {
        self.high.y - self.low.y
    }

    pub(crate) fn corners(&self) -> [Point; 4] {
        let (low, high) = (self.low, self.high);
        [low, Point::new(high.x, low.y), high, Point::new(low.x, high.y)]
    }

    pub(crate) fn center(&self) -> Point {
        Point::new((self.low.x + self.high.x) / 2.0, (self.low.y + self.high.y) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &RowShape, count: usize, breaks: &[u16], expected: &[(f64, f64)]) {
        let points = shape.points(count, breaks);
        assert_eq!(points.len(), expected.len());
        for (point, &(x, y)) in points.iter().zip(expected) {
            assert!(point.distance(Point::new(x, y)) < 1e-6, "{points:?}, not {expected:?}");
        }
    }

    #[test]
    fn seats_of_a_line_leave_room_for_breaks() {
        let line = |align| RowShape::Line { pitch: 10.0, aisle: 5.0, align };
        check(&line(Align::Left), 3, &[2], &[(0.0, 0.0), (10.0, 0.0), (25.0, 0.0)]);
        check(&line(Align::Center), 3, &[], &[(-10.0, 0.0), (0.0, 0.0), (10.0, 0.0)]);
        check(&line(Align::Right), 2, &[], &[(-10.0, 0.0), (0.0, 0.0)]);
    }

    #[test]
    fn seats_of_an_arc_face_its_centre_from_below() {
        let spread = |spread| RowShape::Arc {
            radius: 10.0,
            pitch: 1.0,
            aisle: 0.0,
            align: Align::Center,
            spread: Some(spread),
        };
        check(&spread(180.0), 3, &[], &[(-10.0, 0.0), (0.0, 10.0), (10.0, 0.0)]);
        let around = spread(360.0).points(4, &[]);
        assert!(around.iter().all(|point| (point.x.abs() - point.y.abs()).abs() < 1e-6));
        let turned = PlanFrame { at: Point::new(1.0, 0.0), angle: 90.0 };
        assert!(turned.place(Point::new(0.0, 10.0)).distance(Point::new(-9.0, 0.0)) < 1e-6);
    }
}
