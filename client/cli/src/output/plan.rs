//! Plans as tables, lines of JSON and rows of glyphs.

use crate::console::Colors;
use boxoffice_load::escape::escape;
use boxoffice_load::table::{Table, right, text};
use boxoffice_plan::{
    Plan, PlanDigest, PlanRow, PlanSection, PlanSummary, SectionPlaces, SourcePlan, View,
};
use serde::Serialize;
use std::fmt::{self, Write};

/// What a plan has.
#[derive(Debug, Serialize)]
pub(crate) struct PlanLine {
    name: String,
    /// SHA-256 of the plan's canonical form, in hexadecimal.
    digest: String,
    seats: u64,
    standing: u64,
    rows: u64,
    accessible: u64,
    companions: u64,
    restricted: u64,
    whole_rows: u64,
    categories: Vec<PlanCategoryLine>,
    sections: Vec<PlanSectionLine>,
}

#[derive(Debug, Serialize)]
struct PlanCategoryLine {
    name: String,
    places: u64,
}

#[derive(Debug, Serialize)]
struct PlanSectionLine {
    name: String,
    kind: &'static str,
    floor: Option<String>,
    rows: u64,
    places: u64,
    categories: Vec<String>,
    accessible: u64,
    companions: u64,
    restricted: u64,
    whole_rows: u64,
}

impl PlanLine {
    pub(crate) fn new(source: &SourcePlan, digest: PlanDigest) -> Self {
        let summary = PlanSummary::of(&source.plan);
        let categories = summary.categories.into_iter();
        let sections = summary.sections.into_iter().map(|section| PlanSectionLine {
            name: section.name,
            kind: if section.is_seated { "seated" } else { "standing" },
            floor: section.floor,
            rows: section.rows,
            places: section.places,
            categories: section.categories,
            accessible: section.accessible,
            companions: section.companions,
            restricted: section.restricted,
            whole_rows: section.whole_rows,
        });
        Self {
            name: source.plan.name.clone(),
            digest: digest.to_string(),
            seats: summary.seats,
            standing: summary.standing,
            rows: summary.rows,
            accessible: summary.accessible,
            companions: summary.companions,
            restricted: summary.restricted,
            whole_rows: summary.whole_rows,
            categories: categories
                .map(|(name, places)| PlanCategoryLine { name, places })
                .collect(),
            sections: sections.collect(),
        }
    }
}

impl fmt::Display for PlanLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.sections.len() as u64, "sections"),
            (self.rows, "rows"),
            (self.seats, "seats"),
            (self.standing, "standing places"),
            (self.categories.len() as u64, "categories"),
            (self.accessible, "accessible"),
            (self.companions, "for companions"),
            (self.restricted, "with a restricted view"),
            (self.whole_rows, "rows taken entirely"),
        ];
        let counts: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        write!(f, "{}: {}; digest {}", escape(&self.name), counts.join(", "), self.digest)
    }
}

/// A row for each section, and one for all.
pub(crate) fn plan_table(summary: &PlanSummary) -> Table {
    let mut table = Table::new([
        text("section"),
        text("floor"),
        text("kind"),
        right("rows"),
        right("places"),
        right("accessible"),
        text("categories"),
    ]);
    for section in &summary.sections {
        let kind = match (section.is_seated, section.whole_rows) {
            (false, _) => "standing",
            (true, 0) => "seated",
            (true, _) => "seated, rows taken entirely",
        };
        table.row([
            escape(&section.name).into_owned(),
            escape(section.floor.as_deref().unwrap_or_default()).into_owned(),
            kind.to_owned(),
            section.rows.to_string(),
            section.places.to_string(),
            section.accessible.to_string(),
            escape(&section.categories.join(", ")).into_owned(),
        ]);
    }
    table.row([
        "all".to_owned(),
        String::new(),
        String::new(),
        summary.rows.to_string(),
        (summary.seats + summary.standing).to_string(),
        summary.accessible.to_string(),
        summary.categories.len().to_string(),
    ]);
    table
}

/// The most rows of a section that is drawn without being asked for.
const MOST_ROWS: usize = 60;

/// The colours of categories.
const COLORS: &[&str] = &["\x1b[32m", "\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[34m", "\x1b[31m"];

/// Sections seat by seat, where they fit the terminal.
pub(crate) fn plan_map(plan: &Plan, only: Option<&str>, width: usize, colors: Colors) -> String {
    let mut map = String::new();
    let mut folded = Vec::new();
    for section in plan.sections.iter().filter(|it| only.is_none_or(|only| it.name == only)) {
        let SectionPlaces::Seated { rows } = &section.places else { continue };
        let lines: Vec<_> = rows.iter().map(|row| row_line(row, colors)).collect();
        let widest = rows.iter().map(row_width).max().unwrap_or_default();
        let label = rows.iter().map(|row| row.label.chars().count()).max().unwrap_or_default();
        if widest + label + 2 > width || rows.len() > MOST_ROWS && only.is_none() {
            folded.push(escape(&section.name).into_owned());
            continue;
        }
        push(&mut map, format_args!("\n{}\n", headline(section)));
        for (row, line) in rows.iter().zip(lines) {
            let indent = (widest - row_width(row)) / 2;
            push(&mut map, format_args!("{:>label$}  {:indent$}{line}\n", escape(&row.label), ""));
        }
    }
    if !folded.is_empty() {
        push(
            &mut map,
            format_args!(
                "\ntoo large to draw here: {}; `plan export --format svg` draws all\n",
                folded.join(", ")
            ),
        );
    }
    map.push_str(
        "\n○ seat   ◌ restricted view   ■ accessible   □ companion   [ ] taken entirely\n",
    );
    map
}

fn headline(section: &PlanSection) -> String {
    let floor = section.floor.as_ref().map(|floor| format!(", {}", escape(floor)));
    format!("{}{}: {}", escape(&section.name), floor.unwrap_or_default(), section.capacity())
}

/// The columns of a row: two for each seat, and one more for each break.
fn row_width(row: &PlanRow) -> usize {
    let seats = usize::from(row.seats.count());
    seats * 2 - 1 + row.seats.breaks().len() * 2 + usize::from(row.whole) * 2
}

fn row_line(row: &PlanRow, colors: Colors) -> String {
    let mut line = String::new();
    let mut color = "";
    line.push_str(if row.whole { "[" } else { "" });
    for (at, run) in row.seats.runs().enumerate() {
        line.push_str(if at > 0 { "   " } else { "" });
        for index in run.clone() {
            line.push_str(if index > run.start { " " } else { "" });
            let wanted = COLORS[usize::from(row.category_of(index)) % COLORS.len()];
            if colors == Colors::On && wanted != color {
                color = wanted;
                line.push_str(color);
            }
            line.push(glyph(row, index));
        }
    }
    line.push_str(if color.is_empty() { "" } else { "\x1b[0m" });
    line.push_str(if row.whole { "]" } else { "" });
    line
}

fn glyph(row: &PlanRow, index: u16) -> char {
    let mark = row.mark(index);
    if mark.is_some_and(|mark| mark.accessible) {
        '■'
    } else if mark.is_some_and(|mark| mark.companion_of.is_some()) {
        '□'
    } else if row.view_of(index) == View::Restricted {
        '◌'
    } else {
        '○'
    }
}

fn push(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes any text");
}
