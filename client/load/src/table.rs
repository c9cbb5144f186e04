//! Tables: one model, written for a terminal, as tab-separated lines, as Markdown or as HTML.

use crate::escape::{escape, escape_html};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width,
};
use std::borrow::Cow;
use std::fmt::Write;

/// A single line below the headings.
const LINES: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// The least width that a column of words is squeezed into.
const NARROWEST: u16 = 10;

/// The least width of a Markdown column: that of its rule.
const NARROWEST_MARKDOWN: usize = 3;

/// A heading, and how its cells are laid out.
#[derive(Debug, Clone)]
pub struct TableColumn {
    heading: Cow<'static, str>,
    side: ColumnSide,
    wrap: Wrap,
    need: ColumnNeed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnSide {
    Left,
    Right,
}

/// Whether a cell may be broken into lines where the terminal is narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Yes,
    /// An id in pieces cannot be copied.
    No,
}

/// Whether a narrow terminal shows the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ColumnNeed {
    Always,
    /// The one with the highest number goes first.
    IfThereIsRoom(u8),
}

/// A table as a terminal shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalTable {
    pub text: String,
    /// The headings of the columns that had no room.
    pub left_out: Vec<String>,
}

/// A column of words, which may be broken into lines.
pub fn text(heading: impl Into<Cow<'static, str>>) -> TableColumn {
    TableColumn { wrap: Wrap::Yes, ..left(heading) }
}

/// A column of ids, times or single words.
pub fn left(heading: impl Into<Cow<'static, str>>) -> TableColumn {
    let (heading, side) = (heading.into(), ColumnSide::Left);
    TableColumn { heading, side, wrap: Wrap::No, need: ColumnNeed::Always }
}

/// A column of numbers.
pub fn right(heading: impl Into<Cow<'static, str>>) -> TableColumn {
    TableColumn { side: ColumnSide::Right, ..left(heading) }
}

impl TableColumn {
    /// The column, left out where the terminal has no room for it; of several the one with the highest
    /// rank first.
    #[must_use]
    pub fn spare(self, rank: u8) -> Self {
        Self { need: ColumnNeed::IfThereIsRoom(rank), ..self }
    }
}

/// Rows under headings. Every writer escapes the cells for its format.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<TableColumn>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = TableColumn>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// A table whose first column names the rows, and whose other columns are numbers.
    pub fn of_figures<H: Into<Cow<'static, str>>>(headings: impl IntoIterator<Item = H>) -> Self {
        let mut headings = headings.into_iter();
        let first = headings.next().map(left);
        Self::new(first.into_iter().chain(headings.map(right)))
    }

    /// Adds a row. Missing cells are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().chain(std::iter::repeat(String::new()));
        self.rows.push(cells.take(self.columns.len()).collect());
    }

    /// The headings, and then the cells of each row.
    pub fn lines(&self) -> impl Iterator<Item = Vec<Cow<'_, str>>> {
        let headings = self.columns.iter().map(|column| Cow::Borrowed(column.heading.as_ref()));
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| escape(cell)).collect());
        std::iter::once(headings.collect()).chain(rows)
    }

    /// For a program: one line a row, with tabs between the cells.
    pub fn to_tabs(&self) -> String {
        self.lines().map(|cells| cells.join("\t")).collect::<Vec<_>>().join("\n")
    }

    /// For a person at a terminal with `width` columns. Spare columns that have no room are left
    /// out; where the others have none either, all of them are broken into lines.
    pub fn to_terminal(&self, width: usize) -> TerminalTable {
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| escape(cell).into_owned()));
        let mut shown =
            Self { columns: self.columns.clone(), rows: rows.map(Iterator::collect).collect() };
        let left_out = shown.drop_spare_columns(width);
        let fits = shown.narrowest() <= width;
        // With the space behind it, which the boundary of a drawn column has, too.
        let least = |column| u16::try_from(shown.narrowest_column(column) + 1).unwrap_or(u16::MAX);
        let least: Vec<_> = (0..shown.columns.len()).map(least).collect();
        let mut table = comfy_table::Table::new();
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.load_style(LINES);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(shown.columns.iter().map(|column| column.heading.as_ref()));
        for row in shown.rows {
            table.add_row(row);
        }
        for (index, column) in shown.columns.iter().enumerate() {
            if let Some(drawn) = table.column_mut(index) {
                drawn.set_cell_alignment(match column.side {
                    ColumnSide::Left => CellAlignment::Left,
                    ColumnSide::Right => CellAlignment::Right,
                });
                drawn.set_padding((0, 1));
                match column.wrap {
                    _ if !fits => {}
                    Wrap::Yes => {
                        let least = Width::Fixed(least[index]);
                        drawn.set_constraint(ColumnConstraint::LowerBoundary(least));
                    }
                    Wrap::No => {
                        drawn.set_constraint(ColumnConstraint::ContentWidth);
                    }
                }
            }
        }
        TerminalTable { text: table.trim_fmt(), left_out }
    }

    /// As Markdown whose source is aligned too.
    pub fn to_markdown(&self) -> String {
        // A bar or a line end would end the cell.
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let headings = self.columns.iter().map(|column| cell(&column.heading)).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|text| cell(text)).collect());
        let rows: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default().max(NARROWEST_MARKDOWN)
        };
        let columns: Vec<_> =
            self.columns.iter().enumerate().map(|(at, column)| (column.side, width(at))).collect();
        let mut markdown = String::new();
        for (index, row) in rows.iter().enumerate() {
            for (cell, &(side, width)) in row.iter().zip(&columns) {
                match side {
                    ColumnSide::Left => push(&mut markdown, format_args!("| {cell:<width$} ")),
                    ColumnSide::Right => push(&mut markdown, format_args!("| {cell:>width$} ")),
                }
            }
            markdown.push_str("|\n");
            if index == 0 {
                for &(side, width) in &columns {
                    let end = if side == ColumnSide::Left { "-" } else { ":" };
                    push(&mut markdown, format_args!("|{}{end}", "-".repeat(width + 1)));
                }
                markdown.push_str("|\n");
            }
        }
        markdown
    }

    /// As an HTML table of a class. Without headings it has no head.
    pub(crate) fn to_html(&self, class: &str) -> String {
        let class_of = |column: &TableColumn| match column.side {
            ColumnSide::Left => "break",
            ColumnSide::Right => "number",
        };
        let mut html = format!("<table class=\"{class}\">");
        if self.columns.iter().any(|column| !column.heading.is_empty()) {
            html.push_str("<thead><tr>");
            for column in &self.columns {
                let (class, heading) = (class_of(column), escape_html(&column.heading));
                push(&mut html, format_args!("<th class=\"{class}\">{heading}</th>"));
            }
            html.push_str("</tr></thead>");
        }
        html.push_str("<tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for (cell, column) in row.iter().zip(&self.columns) {
                let (class, cell) = (class_of(column), escape_html(cell));
                push(&mut html, format_args!("<td class=\"{class}\">{cell}</td>"));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }

    /// Drops spare columns until the others fit, the least important first. Returns their headings.
    fn drop_spare_columns(&mut self, width: usize) -> Vec<String> {
        let mut left_out = Vec::new();
        while self.narrowest() > width {
            let needs = self.columns.iter().map(|column| column.need).enumerate();
            let Some((least, _)) =
                needs.max_by_key(|(_, need)| *need).filter(|(_, need)| *need > ColumnNeed::Always)
            else {
                break;
            };
            left_out.push(self.columns.remove(least).heading.into_owned());
            self.rows.iter_mut().for_each(|row| drop(row.remove(least)));
        }
        left_out
    }

    /// The least width: two spaces between the columns, and one behind the last.
    fn narrowest(&self) -> usize {
        let columns = 0..self.columns.len();
        columns.map(|column| self.narrowest_column(column) + 2).sum::<usize>().saturating_sub(1)
    }

    fn narrowest_column(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        let cells = match self.columns[column].wrap {
            Wrap::Yes => widest.min(NARROWEST.into()),
            Wrap::No => widest,
        };
        cells.max(self.columns[column].heading.len())
    }
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_breaks_words_and_no_ids() {
        let mut table = Table::new([left("id"), text("name"), right("free")]);
        table.row(["0192d3a0-7b1c".to_owned(), "A Night at the Opera".to_owned(), "7".to_owned()]);
        let drawn = table.to_terminal(36).text;
        assert!(drawn.contains("0192d3a0-7b1c ") && drawn.contains(" A Night "), "{drawn}");
        assert!(drawn.lines().all(|line| line.chars().count() <= 36), "{drawn}");
    }

    #[test]
    fn a_short_column_of_words_takes_no_more_than_it_has() {
        let mut table = Table::new([left("id"), text("places"), text("total").spare(1)]);
        table.row(["0192d3a0-7b1c", "A3", "12.00 EUR"].map(str::to_owned));
        for width in 16..60 {
            let drawn = table.to_terminal(width).text;
            assert!(drawn.lines().all(|line| line.chars().count() <= width), "{width}:\n{drawn}");
        }
    }

    #[test]
    fn a_narrow_terminal_does_without_spare_columns() {
        let columns = [left("id"), right("held").spare(1), right("sold").spare(2), right("free")];
        let mut table = Table::new(columns);
        table.row(["0192d3a0", "5", "6", "7"].map(str::to_owned));
        let drawn = [27, 26, 20, 10].map(|width| table.to_terminal(width));
        for (drawn, headings) in drawn.iter().zip(["held  sold  free", "held  free", "free", ""]) {
            let first = drawn.text.lines().next().expect("headings");
            assert!(first.ends_with(headings), "{first}");
        }
        assert_eq!(drawn.each_ref().map(|drawn| drawn.left_out.len()), [0, 1, 2, 2]);
        assert_eq!(drawn[2].left_out, ["sold", "held"]);
        assert!(drawn[3].text.lines().all(|line| line.chars().count() <= 10), "{}", drawn[3].text);
        assert_eq!(table.to_tabs(), "id\theld\tsold\tfree\n0192d3a0\t5\t6\t7");
    }

    #[test]
    fn a_program_gets_tabs_and_nothing_deceptive() {
        let mut table = Table::new([left("name"), right("free")]);
        table.row(["Dune\x1b[2J\tTwo".to_owned(), "12".to_owned()]);
        assert_eq!(table.to_tabs(), "name\tfree\nDune\\u{1b}[2J\\u{9}Two\t12");
    }

    #[test]
    fn markdown_is_aligned_and_escaped() {
        let mut table = Table::new([left("what"), right("×1")]);
        table.row(["a|b".to_owned(), "94.1k".to_owned()]);
        table.row(["nothing".to_owned()]);
        let expected = "\
            | what    |    ×1 |\n\
            |---------|------:|\n\
            | a\\|b    | 94.1k |\n\
            | nothing |       |\n";
        assert_eq!(table.to_markdown(), expected);
    }
}
