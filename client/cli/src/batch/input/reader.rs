//! The reader of an input file. It yields one row at a time and never holds the whole file.

use super::assumed::Assumed;
use super::csv::CsvRows;
use super::error::InputError;
use super::identity::RowIdentity;
use super::json::JsonRows;
use super::row::{BadRow, RawRow, RowFields, RowRequest};
use crate::values::TextEncoding;
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{self, BufRead, BufReader};

/// A row with its position and fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRow {
    /// Counted from 1, without the header.
    pub(crate) number: u64,
    /// The first line of the row in the file, counted from 1.
    pub(crate) line: u64,
    pub(crate) identity: RowIdentity,
    pub(crate) request: Result<RowRequest, BadRow>,
}

/// The rows of a file, in either format.
pub(crate) struct Input {
    rows: InputRows,
    assumed: Assumed,
    has_mark: bool,
    number: u64,
}

pub(super) enum InputRows {
    Csv(Box<CsvRows<Box<dyn BufRead>>>),
    Json(JsonRows<Box<dyn BufRead>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) enum InputFormat {
    Csv,
    Json,
}

impl Input {
    /// Reads the header. Without a byte-order mark the input has the encoding that is told, or else
    /// UTF-8. An input without a format is JSONL if it begins like an object.
    pub(super) fn new(
        format: Option<InputFormat>,
        reader: Box<dyn BufRead>,
        told: Option<TextEncoding>,
    ) -> Result<Self, InputError> {
        let Decoded { mut reader, encoding, has_mark } = decoded(reader, told)?;
        let format = match format {
            Some(format) => format,
            None if reader.fill_buf()?.trim_ascii_start().starts_with(b"{") => InputFormat::Json,
            None => InputFormat::Csv,
        };
        let rows = match format {
            InputFormat::Csv => InputRows::Csv(Box::new(CsvRows::new(reader)?)),
            InputFormat::Json => InputRows::Json(JsonRows::new(reader)),
        };
        let (delimiter, ignored) = match &rows {
            InputRows::Csv(rows) => (Some(rows.delimiter()), rows.ignored().to_vec()),
            InputRows::Json(_) => (None, Vec::new()),
        };
        Ok(Self { rows, assumed: Assumed { encoding, delimiter, ignored }, has_mark, number: 0 })
    }

    /// How the file is read; none for CSV with commas in UTF-8, or for JSONL in UTF-8.
    pub(crate) fn assumed(&self) -> Option<&Assumed> {
        Some(&self.assumed).filter(|assumed| !assumed.is_plain())
    }

    /// Whether the file is in UTF-8 without a byte-order mark.
    pub(super) fn is_plain_utf_8(&self) -> bool {
        self.assumed.encoding == UTF_8 && !self.has_mark
    }

    pub(in crate::batch) fn format(&self) -> InputFormat {
        match self.rows {
            InputRows::Csv(_) => InputFormat::Csv,
            InputRows::Json(_) => InputFormat::Json,
        }
    }

    pub(super) fn rows(&self) -> &InputRows {
        &self.rows
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<InputRow>, InputError> {
        let row = match &mut self.rows {
            InputRows::Csv(rows) => rows.next()?,
            InputRows::Json(rows) => rows.next()?,
        };
        let Some(RawRow { line, hash, fields }) = row else { return Ok(None) };
        self.number += 1;
        let fields = fields.and_then(|fields| self.decodable(fields));
        let identity = fields.as_ref().map_or(RowIdentity::of_unread(hash), RowIdentity::of);
        let request = fields.and_then(|fields| RowRequest::parse(&fields));
        Ok(Some(InputRow { number: self.number, line, identity, request }))
    }

    fn decodable(&self, fields: RowFields) -> Result<RowFields, BadRow> {
        let encoding = self.assumed.encoding;
        match fields.undecodable().filter(|_| encoding != UTF_8) {
            None => Ok(fields),
            Some(column) => {
                Err(BadRow::new(column.name(), format!("must be text in {}", encoding.name())))
            }
        }
    }
}

pub(super) fn buffered<R: io::Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(64 * 1024, reader)
}

/// The text of a file in UTF-8.
struct Decoded {
    reader: Box<dyn BufRead>,
    /// What the file has.
    encoding: &'static Encoding,
    has_mark: bool,
}

/// Decodes a file by its byte-order mark, or as told. A file in UTF-8 passes unchanged, so that a fault
/// in it can be named.
fn decoded(mut reader: Box<dyn BufRead>, told: Option<TextEncoding>) -> io::Result<Decoded> {
    let (marked, mark) = Encoding::for_bom(reader.fill_buf()?).unzip();
    reader.consume(mark.unwrap_or(0));
    let encoding = marked.or(told.map(|told| told.0)).unwrap_or(UTF_8);
    let has_mark = mark.is_some();
    if encoding == UTF_8 {
        return Ok(Decoded { reader, encoding, has_mark });
    }
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoder = decoder.encoding(Some(encoding)).bom_sniffing(false).build(reader);
    Ok(Decoded { reader: Box::new(buffered(decoder)), encoding, has_mark })
}
