//! Copies of rows in the shape of their file, each with a reason.

use super::reader::{Input, InputRows};
use super::row::REASON;
use crate::values::trim;
use boxoffice_client::protocol::csv::CsvLines;
use serde_json::{Map, Value};

/// The bytes in front of a file by which spreadsheets know UTF-8.
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Some rows of an input, with the header of its file. The text is in UTF-8 and every row on a line of
/// its own; columns, their order and the delimiter are the input's. A row that has too few cells or too
/// many has as many here: it must not become a good one by being copied.
pub(in crate::batch) struct RowCopies {
    bytes: Vec<u8>,
    lines: Lines,
}

enum Lines {
    Csv(Box<CsvLines>, ReasonColumn),
    Json,
}

/// The place of the reason in a line.
#[derive(Clone, Copy)]
enum ReasonColumn {
    /// In front of all that the input has.
    New,
    /// The input has it here.
    At(usize),
}

impl RowCopies {
    /// Of no row yet.
    pub(in crate::batch) fn of(input: &Input) -> Self {
        let InputRows::Csv(rows) = input.rows() else {
            return Self { bytes: Vec::new(), lines: Lines::Json };
        };
        let mark = if input.is_plain_utf_8() { &[][..] } else { UTF_8_MARK };
        let names = rows.names();
        let is_reason = |name: &String| trim(name).eq_ignore_ascii_case(REASON);
        let column = names.iter().position(is_reason).map_or(ReasonColumn::New, ReasonColumn::At);
        let mut lines = Box::new(CsvLines::delimited_by(rows.delimiter().byte()));
        lines.push(column.with(REASON, names.to_vec()));
        Self { bytes: mark.to_vec(), lines: Lines::Csv(lines, column) }
    }

    /// Copies the row that the input yielded last.
    pub(in crate::batch) fn push(&mut self, input: &Input, reason: &str) {
        match (&mut self.lines, input.rows()) {
            (Lines::Csv(lines, column), InputRows::Csv(rows)) => {
                lines.push(column.with(reason, rows.last_cells()));
            }
            (Lines::Json, InputRows::Json(rows)) => {
                self.bytes.extend(with_reason(rows.last_line(), reason));
                self.bytes.push(b'\n');
            }
            _ => unreachable!("the copies were begun for this input"),
        }
    }

    /// Takes what was copied since the last time.
    pub(in crate::batch) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        if let Lines::Csv(lines, _) = &mut self.lines {
            bytes.extend(lines.take());
        }
        bytes
    }
}

impl ReasonColumn {
    /// The cells with the reason in its place.
    fn with(self, reason: &str, mut cells: Vec<String>) -> Vec<String> {
        match self {
            Self::New => cells.insert(0, reason.to_owned()),
            Self::At(place) => {
                if let Some(cell) = cells.get_mut(place) {
                    reason.clone_into(cell);
                }
            }
        }
        cells
    }
}

/// The line with a further key at its end, or with that of an earlier copy replaced; as it is where it is
/// no object. All else stays as it is, mistakes too.
fn with_reason(line: &[u8], reason: &str) -> Vec<u8> {
    let is_object = |text: &[u8]| serde_json::from_slice::<Map<String, Value>>(text).is_ok();
    let Some(start) = line.strip_suffix(b"}").filter(|_| is_object(line)) else {
        return line.to_vec();
    };
    let key = format!(",\"{REASON}\":");
    let before = start.windows(key.len()).rposition(|text| text == key.as_bytes());
    let before =
        before.map(|end| &start[..end]).filter(|text| is_object(&[text, &b"}"[..]].concat()));
    let separator = if start.trim_ascii_end().ends_with(b"{") { "" } else { "," };
    let told = format!("{separator}\"{REASON}\":{}}}", Value::from(reason));
    [before.unwrap_or(start), told.as_bytes()].concat()
}
