//! Text and numbers in an SVG file.

use crate::geometry::Point;
use std::fmt::{self, Write};

/// Adds to the drawing.
pub(super) fn put(svg: &mut String, arguments: fmt::Arguments<'_>) {
    svg.write_fmt(arguments).expect("a string takes any text");
}

/// A text between tags or in an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A number with at most one decimal.
pub(super) struct Short(pub(super) f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        write!(f, "{}", if tenths == 0.0 { 0.0 } else { tenths })
    }
}

/// Points as the corners of a polygon.
pub(super) fn corners(points: impl IntoIterator<Item = Point>) -> String {
    let mut text = String::new();
    for Point { x, y } in points {
        put(&mut text, format_args!("{},{} ", Short(x), Short(y)));
    }
    text.truncate(text.trim_end().len());
    text
}
