//! Tables: with lines at a terminal, and plain for a program to read, one row a line with tabs
//! between the columns.

use super::text::escape;
use super::{Output, Reader};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width,
};
use std::io;

/// One line, below the headings.
const LINES: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// The fewest columns of the terminal that words are squeezed into; beyond that lines run over.
const NARROWEST: u16 = 10;

/// A column's heading and the side its cells stand on.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    alignment: CellAlignment,
    wrap: Wrap,
    need: Need,
}

/// Whether a person can do without a column where the terminal is narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Always,
    IfThereIsRoom,
}

impl Column {
    /// The column, left out where the terminal has no room for it.
    pub const fn spare(self) -> Self {
        Self { need: Need::IfThereIsRoom, ..self }
    }
}

/// Whether a cell may be broken into lines where the terminal is narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Yes,
    /// An id in pieces cannot be copied.
    No,
}

/// A column of words, which may be broken into lines.
pub const fn text(heading: &'static str) -> Column {
    Column { heading, alignment: CellAlignment::Left, wrap: Wrap::Yes, need: Need::Always }
}

/// A column of ids, times or single words.
pub const fn left(heading: &'static str) -> Column {
    Column { heading, alignment: CellAlignment::Left, wrap: Wrap::No, need: Need::Always }
}

/// A column of numbers.
pub const fn right(heading: &'static str) -> Column {
    Column { heading, alignment: CellAlignment::Right, wrap: Wrap::No, need: Need::Always }
}

/// Rows under headings.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// No rows yet.
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row: a cell for each column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(|cell| escape(&cell).into_owned());
        self.rows.push(cells.collect());
    }

    /// Prints it.
    pub fn print(self, output: &Output) -> io::Result<()> {
        output.data(&match output.reader {
            Reader::Person => self.with_lines(output.width()),
            Reader::Program => self.plain(),
        })
    }

    fn plain(self) -> String {
        let headings = self.columns.iter().map(|column| column.heading.to_owned()).collect();
        let rows = std::iter::once(headings).chain(self.rows);
        rows.map(|row: Vec<String>| row.join("\t")).collect::<Vec<_>>().join("\n")
    }

    fn with_lines(mut self, width: usize) -> String {
        self.make_room(width);
        let mut table = comfy_table::Table::new();
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.load_style(LINES);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(self.columns.iter().map(|column| column.heading));
        for row in self.rows {
            table.add_row(row);
        }
        for (index, column) in self.columns.iter().enumerate() {
            if let Some(shown) = table.column_mut(index) {
                shown.set_cell_alignment(column.alignment);
                shown.set_padding((0, 1));
                shown.set_constraint(match column.wrap {
                    Wrap::Yes => ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)),
                    Wrap::No => ColumnConstraint::ContentWidth,
                });
            }
        }
        table.trim_fmt()
    }
}

impl Table {
    /// Leaves spare columns out, the last first, until the others fit.
    fn make_room(&mut self, width: usize) {
        while self.narrowest() > width {
            let spare = |column: &Column| column.need == Need::IfThereIsRoom;
            let Some(last) = self.columns.iter().rposition(spare) else { return };
            self.columns.remove(last);
            self.rows.iter_mut().for_each(|row| drop(row.remove(last)));
        }
    }

    /// How narrow it can be: two spaces between the columns, and one behind the last.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_breaks_words_and_no_ids() {
        let mut table = Table::new(&[left("id"), text("name"), right("free")]);
        table.row(["0192d3a0-7b1c".to_owned(), "A Night at the Opera".to_owned(), "7".to_owned()]);
        let drawn = table.with_lines(36);
        assert!(drawn.contains("0192d3a0-7b1c ") && drawn.contains(" A Night "), "{drawn}");
        assert!(drawn.lines().all(|line| line.chars().count() <= 36), "{drawn}");
    }

    #[test]
    fn a_narrow_terminal_does_without_spare_columns() {
        let table = || {
            let mut table = Table::new(&[left("id"), right("held").spare(), right("free")]);
            table.row(["0192d3a0".to_owned(), "5".to_owned(), "7".to_owned()]);
            table
        };
        assert!(table().with_lines(21).starts_with("id        held  free"));
        assert!(table().with_lines(20).starts_with("id        free"));
        assert_eq!(table().plain(), "id\theld\tfree\n0192d3a0\t5\t7");
    }

    #[test]
    fn a_program_gets_tabs_and_nothing_deceptive() {
        let mut table = Table::new(&[left("name"), right("free")]);
        table.row(["Dune\x1b[2J\tTwo".to_owned(), "12".to_owned()]);
        assert_eq!(table.plain(), "name\tfree\nDune\\u{1b}[2J\\u{9}Two\t12");
    }
}
