//! Copies of rows in the shape of their file, each with a reason.

use super::reader::{Input, InputRows};
use super::row::REASON;
use crate::values::trim;
use boxoffice_client::protocol::csv::CsvLines;
use serde_json::{Map, Value};

/// The bytes in front of a file by which spreadsheets know UTF-8.
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Some rows of an input, with the header of its file. The text is in UTF-8 and every row on a line of
/// its own; columns, their order and the delimiter are the input's.
pub(in crate::batch) struct RowCopies {
    mark: &'static [u8],
    lines: Lines,
}

enum Lines {
    /// With the place of the column for reasons.
    Csv(Box<CsvLines>, usize),
    Json(Vec<u8>),
}

impl RowCopies {
    /// Of no row yet.
    pub(in crate::batch) fn of(input: &Input) -> Self {
        let mark = if input.is_plain_utf_8() { &[][..] } else { UTF_8_MARK };
        match input.rows() {
            InputRows::Json(_) => Self { mark: &[], lines: Lines::Json(Vec::new()) },
            InputRows::Csv(rows) => {
                let names = rows.names();
                let is_reason = |name: &String| trim(name).eq_ignore_ascii_case(REASON);
                let place = names.iter().position(is_reason).unwrap_or(names.len());
                let mut lines = CsvLines::delimited_by(rows.delimiter().byte());
                lines.push(with(names.to_vec(), place, REASON));
                Self { mark, lines: Lines::Csv(Box::new(lines), place) }
            }
        }
    }

    /// Copies the row that the input yielded last.
    pub(in crate::batch) fn push(&mut self, input: &Input, reason: &str) {
        match (&mut self.lines, input.rows()) {
            (Lines::Csv(lines, place), InputRows::Csv(rows)) => {
                let mut cells = rows.last_cells();
                cells.resize(rows.names().len(), String::new());
                lines.push(with(cells, *place, reason));
            }
            (Lines::Json(text), InputRows::Json(rows)) => {
                text.extend(with_reason(rows.last_line(), reason));
                text.push(b'\n');
            }
            _ => unreachable!("the copies were begun for this input"),
        }
    }

    /// The whole file.
    pub(in crate::batch) fn into_bytes(self) -> Vec<u8> {
        let lines = match self.lines {
            Lines::Csv(mut lines, _) => lines.take(),
            Lines::Json(text) => text,
        };
        [self.mark, &lines].concat()
    }
}

/// The cells with one of them set, behind the last one if there is none at this place.
fn with(mut cells: Vec<String>, place: usize, text: &str) -> Vec<String> {
    cells.resize(cells.len().max(place + 1), String::new());
    text.clone_into(&mut cells[place]);
    cells
}

/// The line with a further key at its end; as it is where it is no object.
fn with_reason(line: &[u8], reason: &str) -> Vec<u8> {
    let object = serde_json::from_slice::<Map<String, Value>>(line);
    let Ok(mut object) = object else { return line.to_vec() };
    let told = object.remove(REASON).is_some();
    let reason = Value::from(reason);
    match line.strip_suffix(b"}") {
        Some(start) if !told && !object.is_empty() => {
            [start, format!(",\"{REASON}\":{reason}}}").as_bytes()].concat()
        }
        _ => {
            object.insert(REASON.to_owned(), reason);
            Value::Object(object).to_string().into_bytes()
        }
    }
}
