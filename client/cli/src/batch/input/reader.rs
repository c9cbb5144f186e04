//! The reader of an input file. It yields one row at a time and never holds the whole file.

use super::csv::CsvRows;
use super::error::InputError;
use super::fingerprint::RowFingerprint;
use super::json::JsonRows;
use super::row::{BadRow, RawRow, RowRequest};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// A row with its position and fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRow {
    /// Counted from 1, without the header.
    pub(crate) number: u64,
    /// The first line of the row in the file, counted from 1.
    pub(crate) line: u64,
    pub(crate) hash: RowFingerprint,
    pub(crate) request: Result<RowRequest, BadRow>,
}

/// The rows of a file, in either format.
pub(crate) struct Input {
    rows: InputRows,
    number: u64,
}

enum InputRows {
    Csv(Box<CsvRows<Box<dyn BufRead>>>),
    Json(JsonRows<Box<dyn BufRead>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputFormat {
    Csv,
    Json,
}

impl Input {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, InputError> {
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => InputFormat::Csv,
            Some("jsonl" | "ndjson") => InputFormat::Json,
            _ => return Err(InputError::UnknownFormat),
        };
        // Checked before it is opened: opening a pipe without a writer would wait for ever.
        if !std::fs::metadata(path)?.is_file() {
            return Err(InputError::NotAFile);
        }
        Self::new(format, Box::new(BufReader::with_capacity(64 * 1024, File::open(path)?)))
    }

    pub(super) fn new(
        format: InputFormat,
        mut reader: Box<dyn BufRead>,
    ) -> Result<Self, InputError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        if reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            reader.consume(BYTE_ORDER_MARK.len());
        }
        let rows = match format {
            InputFormat::Csv => InputRows::Csv(Box::new(CsvRows::new(reader)?)),
            InputFormat::Json => InputRows::Json(JsonRows::new(reader)),
        };
        Ok(Self { rows, number: 0 })
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<InputRow>> {
        let row = match &mut self.rows {
            InputRows::Csv(rows) => rows.next(),
            InputRows::Json(rows) => rows.next(),
        };
        let Some(RawRow { line, hash, fields }) = row? else { return Ok(None) };
        self.number += 1;
        let request = fields.and_then(|fields| RowRequest::parse(&fields));
        Ok(Some(InputRow { number: self.number, line, hash, request }))
    }
}
