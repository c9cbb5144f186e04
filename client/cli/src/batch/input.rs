//! The input: a CSV or JSONL file, read a row at a time, never held whole.

use super::csv_rows::CsvRows;
use super::json_rows::JsonRows;
use super::row::{BadRow, Fields, Wish};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::fmt::Write as _;
use std::fs::File;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use thiserror::Error;

/// The longest row, in bytes. A hundred seats of named sections take a tenth of it.
pub(crate) const MAX_ROW_BYTES: usize = 64 * 1024;

/// Why the input as a whole cannot be used.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is a pipe, a folder or a device.
    #[error("is not a regular file; a batch reads its file again when it is run again")]
    NotAFile,
    /// The name says neither CSV nor JSONL.
    #[error("must be called something.csv or something.jsonl, which says how to read it")]
    UnknownFormat,
    /// There is nothing in it.
    #[error("is empty; a CSV file begins with a header like event,customer,seats")]
    Empty,
    /// The header is no text.
    #[error("line 1: the header must be text in UTF-8; save the file as UTF-8 CSV")]
    HeaderNotText,
    /// The header does not end.
    #[error("line 1: the header is longer than {MAX_ROW_BYTES} bytes; is it a CSV file?")]
    HeaderTooLong,
    /// The header has more columns than there are.
    #[error("line 1: too many columns; there are only {known}")]
    TooManyColumns {
        /// All the columns there are.
        known: String,
    },
    /// The header has a column that nobody knows.
    #[error("line 1: unknown column \"{name}\"; the columns are {known}, separated by commas")]
    UnknownColumn {
        /// As it is written, its beginning.
        name: String,
        /// All the columns there are.
        known: String,
    },
    /// The header has a column twice.
    #[error("line 1: the column {0} is there twice")]
    DuplicateColumn(&'static str),
    /// The header lacks a column.
    #[error(
        "line 1: there is no column {0}; a header has event, customer, and seats, best or standing"
    )]
    MissingColumn(&'static str),
}

/// One row of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number among the rows, from 1; the header is none.
    pub(crate) number: u64,
    /// The line of the file that it begins in, from 1.
    pub(crate) line: u64,
    /// What is in it.
    pub(crate) hash: RowHash,
    /// What it asks for.
    pub(crate) wish: Result<Wish, BadRow>,
}

/// A row as its format gives it.
pub(super) struct HashedRow {
    pub(super) line: u64,
    pub(super) hash: RowHash,
    pub(super) fields: Result<Fields, BadRow>,
}

/// The rows of a file.
pub(crate) struct Input {
    rows: Rows,
    number: u64,
}

enum Rows {
    Csv(Box<CsvRows<Box<dyn BufRead>>>),
    Json(JsonRows<Box<dyn BufRead>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

impl Input {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, InputError> {
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Format::Csv,
            Some("jsonl" | "ndjson") => Format::Json,
            _ => return Err(InputError::UnknownFormat),
        };
        // Looked at before it is opened: opening a pipe that nobody writes to would wait for ever.
        if !std::fs::metadata(path)?.is_file() {
            return Err(InputError::NotAFile);
        }
        Self::new(format, Box::new(BufReader::with_capacity(64 * 1024, File::open(path)?)))
    }

    fn new(format: Format, mut reader: Box<dyn BufRead>) -> Result<Self, InputError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        if reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            reader.consume(BYTE_ORDER_MARK.len());
        }
        let rows = match format {
            Format::Csv => Rows::Csv(Box::new(CsvRows::new(reader)?)),
            Format::Json => Rows::Json(JsonRows::new(reader)),
        };
        Ok(Self { rows, number: 0 })
    }

    /// The next row, if there is one.
    pub(crate) fn next(&mut self) -> io::Result<Option<Row>> {
        let row = match &mut self.rows {
            Rows::Csv(rows) => rows.next(),
            Rows::Json(rows) => rows.next(),
        };
        let Some(HashedRow { line, hash, fields }) = row? else { return Ok(None) };
        self.number += 1;
        let wish = fields.and_then(|fields| Wish::parse(&fields));
        Ok(Some(Row { number: self.number, line, hash, wish }))
    }
}

/// What is in a row, and under which header: SipHash-1-3 of 128 bits with a key of zeros. It tells
/// edits, not attackers: who can write the input can write the results too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowHash([u8; 16]);

impl RowHash {
    /// As 32 hexadecimal digits.
    pub(crate) fn to_text(self) -> String {
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Reads [`to_text`](Self::to_text).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| well_formed)?;
        Some(Self(number.to_be_bytes()))
    }
}

pub(super) struct RowHasher(SipHasher13);

impl RowHasher {
    pub(super) fn new(header: Option<&RowHash>) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(header.map_or(&[], |header| header.0.as_slice()));
        Self(hasher)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(super) fn finish(&self) -> RowHash {
        RowHash(self.0.finish128().as_bytes())
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
