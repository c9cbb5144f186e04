//! Colours of what is drawn.

use crate::name::check_color;
use crate::source::SourcePlan;

/// The colours of categories that have none.
const PALETTE: &[&str] = &[
    "#4269d0", "#c98a00", "#d6455b", "#3d9a85", "#7f9f00", "#a463f2", "#b5651d", "#9c6b4e",
    "#5f7d95", "#2f8f4e",
];

/// A colour that is one, or another.
pub(crate) fn color<'a>(color: Option<&'a str>, other: &'a str) -> &'a str {
    color.filter(|color| check_color(color).is_ok()).unwrap_or(other)
}

/// The colour of each category.
pub(crate) fn category_colors(source: &SourcePlan) -> Vec<String> {
    let names = source.plan.categories.iter().zip(PALETTE.iter().cycle());
    names
        .map(|(name, other)| {
            let table = source.file.category.iter().find(|table| table.name == *name);
            color(table.and_then(|table| table.color.as_deref()), other).to_owned()
        })
        .collect()
}
