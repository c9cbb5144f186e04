//! Lines of CSV (RFC 4180) that a spreadsheet shows as they are.

use std::borrow::Cow;

/// The beginnings of a cell that a spreadsheet calculates, or that hide such a beginning
/// (<https://owasp.org/www-community/attacks/CSV_Injection>); the last one is what makes others
/// harmless.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\''];

/// Lines of CSV, in memory.
#[derive(Debug)]
pub struct CsvLines {
    lines: csv::Writer<Vec<u8>>,
    delimiter: u8,
}

impl Default for CsvLines {
    fn default() -> Self {
        Self::delimited_by(b',')
    }
}

impl CsvLines {
    /// Lines with this character between the cells.
    pub fn delimited_by(delimiter: u8) -> Self {
        let mut lines = csv::WriterBuilder::new();
        // The bytes go into memory, which needs no large buffer in front.
        let lines =
            lines.buffer_capacity(512).flexible(true).delimiter(delimiter).from_writer(Vec::new());
        Self { lines, delimiter }
    }

    /// Appends a line. A cell that a spreadsheet would take for a formula gets an apostrophe in
    /// front: without one leading apostrophe it is what it was.
    pub fn push(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        for cell in cells {
            self.lines.write_field(inert(cell.as_ref()).as_bytes()).expect("memory takes a cell");
        }
        self.lines.write_record(None::<&[u8]>).expect("memory takes a line");
    }

    /// Takes all lines, as bytes.
    pub fn take(&mut self) -> Vec<u8> {
        let lines = std::mem::replace(self, Self::delimited_by(self.delimiter)).lines;
        lines.into_inner().expect("memory takes all lines")
    }
}

/// The cell that was written: without the apostrophe that [`CsvLines`] put in front.
pub fn original(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(BEGINNINGS)).unwrap_or(cell)
}

/// A cell that no spreadsheet calculates.
fn inert(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(BEGINNINGS) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_formula_and_everything_reads_back() {
        let formulas =
            ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", "\t=1", "\r=1"];
        let originals = formulas.into_iter().chain(["'=1", "ann", "", "a=b", "a,\"b\"\nc"]);
        for original in originals {
            let mut lines = CsvLines::default();
            lines.push([original, "end"]);
            let bytes = lines.take();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
            let record = reader.records().next().expect("a line").expect("CSV");
            let cell = &record[0];
            assert!(formulas.iter().all(|formula| cell != *formula), "{cell:?}");
            assert_eq!(super::original(cell), original);
        }
    }
}
