//! The rules of single values.

use crate::fault::Faults;
use crate::geometry::Point;
use crate::limits::{MAX_COORDINATE, MAX_GUID_BYTES};

/// What a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Any,
    NotNegative,
    Positive,
}

/// Checks a coordinate, length or angle.
pub(super) fn number(
    faults: &mut Faults,
    path: &dyn Fn(&str) -> String,
    key: &str,
    value: Option<f64>,
    sign: Sign,
) {
    let Some(value) = value else { return };
    let fault = match sign {
        _ if value.is_nan() || value.abs() > MAX_COORDINATE => "must be a number from -1e9 to 1e9",
        Sign::Positive if value <= 0.0 => "must be more than 0",
        Sign::NotNegative if value < 0.0 => "must not be negative",
        _ => return,
    };
    faults.add(path(key), fault);
}

/// Checks both coordinates of a point.
pub(super) fn point(
    faults: &mut Faults,
    path: &dyn Fn(&str) -> String,
    key: &str,
    value: Option<Point>,
) {
    let Some(Point { x, y }) = value else { return };
    number(faults, &|_| path(&format!("{key}[0]")), key, Some(x), Sign::Any);
    number(faults, &|_| path(&format!("{key}[1]")), key, Some(y), Sign::Any);
}

/// Checks the corners of an outline, of which there are at least three, or the points of seats.
pub(super) fn points(
    faults: &mut Faults,
    path: &dyn Fn(&str) -> String,
    key: &str,
    values: &[Point],
) {
    for (index, value) in values.iter().enumerate() {
        point(faults, &|_| path(&format!("{key}[{index}]")), key, Some(*value));
    }
}

/// Checks the id of a seat in another system.
pub(super) fn guid(guid: &str) -> Result<(), String> {
    if guid.is_empty() || guid.len() > MAX_GUID_BYTES {
        return Err(format!("a guid has 1 to {MAX_GUID_BYTES} bytes, this has {}", guid.len()));
    }
    if guid.chars().any(char::is_control) {
        return Err("a guid has no control characters".to_owned());
    }
    Ok(())
}
