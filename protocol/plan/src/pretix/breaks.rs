//! The physical order of a row's seats, and where aisles are in it.

use crate::geometry::{Align, Point, RowShape};

/// A distance of so many times the row's median is a break.
const BREAK: f64 = 1.5;

/// Seats this near to one line are a straight row, in lengths of the row.
const STRAIGHT: f64 = 0.01;

/// The indices of points in physical order, if that is another than the one given. The seats of a
/// straight row may be listed by number; those of a curved one are taken as they come.
pub(super) fn physical_order(points: &[Point]) -> Option<Vec<usize>> {
    let first = *points.first()?;
    let far = points
        .iter()
        .copied()
        .max_by(|one, other| first.distance(*one).total_cmp(&first.distance(*other)))?;
    let length = first.distance(far);
    if !(length > 0.0 && length.is_finite()) {
        return None;
    }
    let (dx, dy) = ((far.x - first.x) / length, (far.y - first.y) / length);
    let along = |point: &Point| (point.x - first.x) * dx + (point.y - first.y) * dy;
    let aside = |point: &Point| ((point.y - first.y) * dx - (point.x - first.x) * dy).abs();
    let sorted = points.windows(2).all(|pair| along(&pair[0]) <= along(&pair[1]));
    if sorted || points.iter().any(|point| aside(point) > length * STRAIGHT) {
        return None;
    }
    let mut order: Vec<_> = (0..points.len()).collect();
    order.sort_by(|&one, &other| along(&points[one]).total_cmp(&along(&points[other])));
    // From left to right, or from front to back.
    if (dx, dy) < (0.0, 0.0) {
        order.reverse();
    }
    Some(order)
}

/// The indices of points that follow a break. The median of an even number is the lower one, so that
/// an aisle in a row of three is found.
pub(super) fn breaks(points: &[Point]) -> Vec<u16> {
    let distances: Vec<_> = points.windows(2).map(|pair| pair[0].distance(pair[1])).collect();
    let mut sorted = distances.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(&median) = sorted.get(sorted.len().saturating_sub(1) / 2) else { return Vec::new() };
    let is_wide = |distance: &f64| median > 0.0 && *distance > median * BREAK;
    let wide = distances.iter().zip(1u16..).filter(|(distance, _)| is_wide(distance));
    wide.map(|(_, index)| index).collect()
}

/// The pitch and aisle of a line that has exactly these points, if there is one.
pub(super) fn line(points: &[Point], breaks: &[u16]) -> Option<(f64, f64)> {
    let step = |index: usize| Some(points.get(index)?.x - points.get(index.checked_sub(1)?)?.x);
    let is_break = |index: usize| breaks.iter().any(|&at| usize::from(at) == index);
    let pitch = (1..points.len()).find(|&index| !is_break(index)).and_then(step)?;
    let aisle = match breaks.first() {
        Some(&at) => step(usize::from(at))? - pitch,
        None => pitch,
    };
    let shape = RowShape::Line { pitch, aisle, align: Align::Left };
    let fits = pitch > 0.0 && aisle >= 0.0 && shape.points(points.len(), breaks) == points;
    fits.then_some((pitch, aisle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(xs: &[f64]) -> Vec<Point> {
        xs.iter().map(|&x| Point::new(x, 0.0)).collect()
    }

    #[test]
    fn wide_distances_are_breaks() {
        assert_eq!(breaks(&points(&[0.0, 25.0, 90.0, 115.0])), [2]);
        assert_eq!(breaks(&points(&[0.0, 25.0, 90.0])), [2]);
        assert_eq!(breaks(&points(&[0.0, 25.0, 62.5, 87.5])), [0u16; 0]);
        assert_eq!(breaks(&points(&[0.0, 25.0, 62.6, 87.6])), [2]);
        assert!(breaks(&points(&[3.0])).is_empty() && breaks(&[]).is_empty());
        assert!(breaks(&points(&[1.0, 1.0, 1.0, 9.0])).is_empty());
    }

    #[test]
    fn a_straight_row_by_numbers_is_put_in_order() {
        assert_eq!(physical_order(&points(&[0.0, 90.0, 25.0, 115.0])), Some(vec![0, 2, 1, 3]));
        assert_eq!(physical_order(&points(&[50.0, 0.0, 25.0])), Some(vec![1, 2, 0]));
        assert_eq!(physical_order(&points(&[50.0, 25.0, 0.0])), None);
        let table = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        assert_eq!(physical_order(&table.map(|(x, y)| Point::new(x, y))), None);
    }
}
