//! The reader of an input file: a row at a time, never the whole file.

use super::csv::CsvRows;
use super::error::InputError;
use super::fingerprint::RowFingerprint;
use super::json::JsonRows;
use super::row::{BadRow, RawRow, RowRequest};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// One row of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRow {
    /// Its number among the rows, from 1; the header is none.
    pub(crate) number: u64,
    /// The line of the file that it begins in, from 1.
    pub(crate) line: u64,
    /// What is in it.
    pub(crate) hash: RowFingerprint,
    /// What it asks for.
    pub(crate) request: Result<RowRequest, BadRow>,
}

/// The rows of a file.
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
        // Looked at before it is opened: opening a pipe that nobody writes to would wait for ever.
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

    /// The next row, if there is one.
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
