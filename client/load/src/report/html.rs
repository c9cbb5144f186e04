//! Text and tables, safe to put into a page.

use std::borrow::Cow;
use std::fmt::Write;

/// Text in a page: nothing in it is markup, and nothing deceives.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in crate::output::escape(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Which side a column's cells stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table; without headings it begins with the first row.
pub(super) fn table<'a>(
    class: &str,
    columns: &[(&str, Side)],
    rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>,
) -> String {
    let class_of = |side| if side == Side::Right { "number" } else { "break" };
    let mut html = format!("<table class=\"{class}\">");
    if columns.iter().any(|(heading, _)| !heading.is_empty()) {
        html.push_str("<thead><tr>");
        for (heading, side) in columns {
            push(
                &mut html,
                format_args!("<th class=\"{}\">{}</th>", class_of(*side), escape(heading)),
            );
        }
        html.push_str("</tr></thead>");
    }
    html.push_str("<tbody>");
    for row in rows {
        html.push_str("<tr>");
        for (cell, (_, side)) in row.iter().zip(columns) {
            push(
                &mut html,
                format_args!("<td class=\"{}\">{}</td>", class_of(*side), escape(cell)),
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            escape("<b a='1'>\"&\u{202e}\x1b"),
            "&lt;b a=&#39;1&#39;&gt;&quot;&amp;\\u{202e}\\u{1b}"
        );
    }
}
