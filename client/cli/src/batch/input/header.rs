//! The beginning of a CSV file: blank lines, a `sep=` line, and the header with its delimiter.

use super::error::{HeaderFault, InputError};
use super::row::{InputColumn, MAX_ROW_BYTES, REASON};
use crate::values::{clip, trim};
use std::io::{BufRead, Read as _};

/// The character between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    Comma,
    Semicolon,
    Tab,
}

impl Delimiter {
    const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The word for several of them.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
        }
    }
}

/// The first bytes of a file, up to the longest row, after the lines above the header.
pub(super) struct FileHead {
    pub(super) delimiter: Delimiter,
    /// The line of the header, counted from 1.
    pub(super) line: u64,
    /// What was read from the header on; the rest is still in the reader.
    pub(super) bytes: Vec<u8>,
}

impl FileHead {
    /// Reads the head and finds the delimiter: the one of a `sep=` line, which Excel writes and reads,
    /// or else the one that separates the most names of columns.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Self, InputError> {
        let mut bytes = Vec::new();
        reader.by_ref().take(MAX_ROW_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        let (mut line, mut rest, mut told) = (1, bytes.as_slice(), None);
        while !rest.is_empty() {
            let (text, below) = split_line(rest);
            if told.is_none()
                && let Some(separator) = separator_of(text)
            {
                told = Some(separator.ok_or(HeaderFault::UnknownSeparator.at(line))?);
            } else if !is_blank(text) {
                let delimiter = told.unwrap_or_else(|| guess(text));
                let start = bytes.len() - rest.len();
                bytes.drain(..start);
                return Ok(Self { delimiter, line, bytes });
            }
            (line, rest) = (line + 1, below);
        }
        Err(InputError::Empty)
    }
}

/// The first line without its end, and the bytes below it.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return (bytes, &[]);
    };
    let after = if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
    (&bytes[..end], &bytes[after..])
}

/// Whether a line has nothing but empty cells.
fn is_blank(line: &[u8]) -> bool {
    let is_empty = |byte: &u8| matches!(byte, b' ' | b',' | b';' | b'\t' | b'"');
    line.iter().all(is_empty)
}

/// The delimiter of a line like `sep=;`; none inside if it is unknown.
fn separator_of(line: &[u8]) -> Option<Option<Delimiter>> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (word, rest) = line.split_at_checked(4)?;
    let told = rest.first().filter(|_| word.eq_ignore_ascii_case(b"sep="))?;
    Some(Delimiter::ALL.into_iter().find(|delimiter| delimiter.byte() == *told))
}

/// The delimiter that separates the most names of columns; the comma if there are none.
fn guess(header: &[u8]) -> Delimiter {
    let names = |delimiter: &Delimiter| {
        let mut reader = ::csv::ReaderBuilder::new();
        let reader = reader.delimiter(delimiter.byte()).has_headers(false).from_reader(header);
        let cells = reader.into_byte_records().next().and_then(Result::ok).unwrap_or_default();
        let texts = cells.iter().filter_map(|cell| std::str::from_utf8(cell).ok());
        texts.filter(|text| InputColumn::named(text).is_some()).count()
    };
    // Of equal ones the last is taken.
    Delimiter::ALL.into_iter().rev().max_by_key(names).unwrap_or(Delimiter::Comma)
}

/// The columns of a header.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// In the order of the file; none for a column that is ignored.
    pub(super) used: Vec<Option<InputColumn>>,
    /// The names of the ignored columns but that of reasons; empty ones at the end have none.
    pub(super) ignored: Vec<String>,
}

impl Columns {
    /// The columns with these names.
    pub(super) fn parse<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Result<Self, HeaderFault> {
        let mut columns = Self::default();
        let mut names = Vec::new();
        for cell in cells {
            let name = std::str::from_utf8(cell).map_err(|_| HeaderFault::NotText)?;
            let column = InputColumn::named(name);
            if let Some(twice) = column.filter(|_| columns.used.contains(&column)) {
                return Err(HeaderFault::DuplicateColumn(twice.name()));
            }
            columns.used.push(column);
            names.push(trim(name));
        }
        if names.iter().any(|name| name.contains('\0')) {
            return Err(HeaderFault::Unmarked16);
        }
        columns.require(&names)?;
        let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        for (index, name) in names[..named].iter().enumerate() {
            if columns.used[index].is_none() && !name.eq_ignore_ascii_case(REASON) {
                let unnamed = || format!("number {} without a name", index + 1);
                let name = Some(name).filter(|name| !name.is_empty());
                columns.ignored.push(name.map_or_else(unnamed, ToString::to_string));
            }
        }
        Ok(columns)
    }

    fn require(&self, names: &[&str]) -> Result<(), HeaderFault> {
        let has = |column: InputColumn| self.used.contains(&Some(column));
        let missing = |what| {
            let found: Vec<_> = names.iter().take(12).map(|name| clip(name)).collect();
            Err(HeaderFault::MissingColumn { what, found: found.join(", ") })
        };
        for required in [InputColumn::Event, InputColumn::Customer] {
            if !has(required) {
                return missing(required.name());
            }
        }
        let places = [InputColumn::Seats, InputColumn::Best, InputColumn::Standing];
        if places.into_iter().any(has) { Ok(()) } else { missing("seats, best or standing") }
    }
}
