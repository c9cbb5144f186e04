//! Markdown tables that are as readable before they are rendered, and figures as people read them.

use std::fmt::{self, Display, Formatter};

/// A table; its first column is text, the others are figures.
#[derive(Debug)]
pub(crate) struct Table {
    /// The first is the heading; all are of one length.
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<Cell: AsRef<str>>(heading: impl IntoIterator<Item = Cell>) -> Self {
        let heading = heading.into_iter().map(|cell| escaped(cell.as_ref()));
        Self { rows: vec![heading.collect()] }
    }

    /// Adds a row. What is missing of it is left empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let columns = self.rows[0].len();
        let cells = cells.into_iter().map(|cell| escaped(&cell));
        self.rows.push(cells.chain(std::iter::repeat(String::new())).take(columns).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default().max(3)
        };
        (0..self.rows[0].len()).map(width).collect()
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (index, row) in self.rows.iter().enumerate() {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(formatter, "| {cell:<width$} ")?,
                    _ => write!(formatter, "| {cell:>width$} ")?,
                }
            }
            writeln!(formatter, "|")?;
            if index == 0 {
                for (column, &width) in widths.iter().enumerate() {
                    let end = if column == 0 { "-" } else { ":" };
                    write!(formatter, "|{}{end}", "-".repeat(width + 1))?;
                }
                writeln!(formatter, "|")?;
            }
        }
        Ok(())
    }
}

/// A bar would end the cell.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

/// A rate or an amount, to three figures: `950`, `94.1k`, `1.59M`.
pub(crate) fn amount(value: f64) -> String {
    match value {
        value if value >= 999_500.0 => format!("{}M", three_figures(value / 1_000_000.0)),
        value if value >= 999.5 => format!("{}k", three_figures(value / 1_000.0)),
        value => three_figures(value),
    }
}

/// A value to three figures: `0.912`, `3.64`, `94.1`, `1234`.
pub(crate) fn three_figures(value: f64) -> String {
    let decimals = match value {
        value if value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        value if value >= 0.9995 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}
