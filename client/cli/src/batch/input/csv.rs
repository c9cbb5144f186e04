//! The rows of a CSV file, read in bounded memory whatever the file holds.

use super::error::{HeaderFault, InputError};
use super::fingerprint::{RowFingerprint, RowFingerprinter};
use super::header::{Columns, Delimiter, FileHead};
use super::row::{BadRow, MAX_COLUMNS, MAX_ROW_BYTES, RawRow, RowFields};
use crate::values::trim;
use boxoffice_client::protocol::csv as csv_lines;
use std::io::{self, BufRead, Chain, Cursor, Read as _};

/// One more than a header can have.
const MAX_FIELDS: usize = MAX_COLUMNS + 1;

/// The rows below a header.
pub(super) struct CsvRows<R> {
    records: CsvRecords<Chain<Cursor<Vec<u8>>, R>>,
    columns: Columns,
    delimiter: Delimiter,
    header: RowFingerprint,
    /// The cells of the header, as they are.
    names: Vec<String>,
    /// The cells of the row that was yielded last.
    last: usize,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header of the file.
    pub(super) fn new(mut reader: R) -> Result<Self, InputError> {
        let FileHead { delimiter, line, bytes } = FileHead::read(&mut reader)?;
        let mut records = CsvRecords::new(Cursor::new(bytes).chain(reader), delimiter, line);
        let Some(record) = records.next(None)? else { return Err(InputError::Empty) };
        let columns = match record.flaw {
            Some(RecordFlaw::TooLong) => Err(HeaderFault::TooLong),
            Some(RecordFlaw::TooManyFields) => Err(HeaderFault::TooManyColumns),
            None if record.fields > MAX_COLUMNS => Err(HeaderFault::TooManyColumns),
            None => Columns::parse((0..record.fields).map(|index| records.field(index))),
        };
        let columns = columns.map_err(|fault| fault.at(record.line))?;
        let names = cells(&records, record.fields);
        Ok(Self { records, columns, delimiter, header: record.hash, names, last: 0 })
    }

    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// The names of the columns that are ignored.
    pub(super) fn ignored(&self) -> &[String] {
        &self.columns.ignored
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The cells of the row that was yielded last. One that is too long or has too many has none, and
    /// where they are not in UTF-8 the character for that.
    pub(super) fn last_cells(&self) -> Vec<String> {
        cells(&self.records, self.last)
    }

    /// The next row that is not empty; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<RawRow>, InputError> {
        loop {
            let Some(record) = self.records.next(Some(&self.header))? else { return Ok(None) };
            if record.flaw.is_some() || !self.are_blank(0, record.fields) {
                let fields = self.fields(&record)?;
                self.last = if record.flaw.is_some() { 0 } else { record.fields };
                return Ok(Some(RawRow { line: record.line, hash: record.hash, fields }));
            }
        }
    }

    fn are_blank(&self, first: usize, end: usize) -> bool {
        (first..end).all(|index| {
            std::str::from_utf8(self.records.field(index)).is_ok_and(|text| trim(text).is_empty())
        })
    }

    fn fields(&self, record: &CsvRecord) -> Result<Result<RowFields, BadRow>, InputError> {
        if record.flaw == Some(RecordFlaw::TooLong) {
            return Ok(Err(BadRow::whole(format!(
                "the row is longer than {MAX_ROW_BYTES} bytes and ends in line {}; is a quote left open?",
                record.last_line
            ))));
        }
        if record.flaw.is_some() || !self.fits(record.fields) {
            return Ok(Err(BadRow::whole(format!(
                "the row has {}{} fields, and the header {}",
                record.fields,
                if record.flaw.is_some() { " or more" } else { "" },
                self.columns.used.len()
            ))));
        }
        let mut fields = RowFields::default();
        for (index, column) in self.columns.used.iter().enumerate().take(record.fields) {
            let Some(column) = *column else { continue };
            let Ok(text) = std::str::from_utf8(self.records.field(index)) else {
                return Err(InputError::NotText { line: record.line, column: column.name() });
            };
            fields.set(column, csv_lines::original(text));
        }
        Ok(Ok(fields))
    }

    /// Whether a row may have so many fields: some programs add empty ones, or leave out the last ones
    /// where they are empty. A column that is used must be there, because the row may be torn.
    fn fits(&self, fields: usize) -> bool {
        let columns = &self.columns.used;
        let missing = columns.get(fields..).unwrap_or_default();
        missing.iter().all(Option::is_none) && self.are_blank(columns.len(), fields)
    }
}

fn cells<R>(records: &CsvRecords<R>, number: usize) -> Vec<String> {
    let text = |index| String::from_utf8_lossy(records.field(index));
    (0..number).map(|index| csv_lines::original(&text(index)).to_owned()).collect()
}

/// One record. Its fields are in [`CsvRecords`] until the next one is read.
struct CsvRecord {
    line: u64,
    last_line: u64,
    hash: RowFingerprint,
    fields: usize,
    flaw: Option<RecordFlaw>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RecordFlaw {
    TooLong,
    TooManyFields,
}

/// Splits bytes into records. At most [`MAX_ROW_BYTES`] of one are kept; the rest is skipped.
struct CsvRecords<R> {
    reader: R,
    core: csv_core::Reader,
    line: u64,
    /// Whether a line feed would belong to the line end before it.
    after_return: bool,
    text: Vec<u8>,
    ends: [usize; MAX_FIELDS],
}

impl<R> CsvRecords<R> {
    fn new(reader: R, delimiter: Delimiter, line: u64) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter.byte()).build();
        let text = vec![0; MAX_ROW_BYTES];
        Self { reader, core, line, after_return: false, text, ends: [0; MAX_FIELDS] }
    }

    fn field(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }
}

impl<R: BufRead> CsvRecords<R> {
    fn next(&mut self, header: Option<&RowFingerprint>) -> io::Result<Option<CsvRecord>> {
        self.skip_blank_lines()?;
        let (line, mut flaw) = (self.line, None);
        let mut hasher = RowFingerprinter::new(header);
        let (mut text, mut fields) = (0, 0);
        loop {
            let input = self.reader.fill_buf()?;
            let (result, taken, written, ended) =
                self.core.read_record(input, &mut self.text[text..], &mut self.ends[fields..]);
            let row = &input[..taken];
            let done = result == csv_core::ReadRecordResult::Record;
            hasher.write(if done { without_line_end(row) } else { row });
            self.line += line_ends(row, &mut self.after_return);
            self.reader.consume(taken);
            (text, fields) = (text + written, fields + ended);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => {
                    (text, flaw) = (0, Some(RecordFlaw::TooLong));
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    flaw = flaw.or(Some(RecordFlaw::TooManyFields));
                    // Skip the rest: the ends of its fields go to the last place, which is not used.
                    fields = MAX_FIELDS - 1;
                }
                csv_core::ReadRecordResult::Record => {
                    let (hash, last_line) = (hasher.finish(), self.line);
                    return Ok(Some(CsvRecord { line, last_line, hash, fields, flaw }));
                }
                csv_core::ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Skips them outside of `core`, so that `line` is the first line of the record.
    fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            let input = self.reader.fill_buf()?;
            let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if blank == 0 {
                return Ok(());
            }
            self.line += line_ends(&input[..blank], &mut self.after_return);
            self.reader.consume(blank);
        }
    }
}

/// The number of line ends: line feeds, returns, and pairs of them.
fn line_ends(bytes: &[u8], after_return: &mut bool) -> u64 {
    let mut number = 0;
    for &byte in bytes {
        number += u64::from(byte == b'\r' || (byte == b'\n' && !*after_return));
        *after_return = byte == b'\r';
    }
    number
}

/// The line end is no part of a row: the last line may get one later.
fn without_line_end(row: &[u8]) -> &[u8] {
    match row {
        [start @ .., b'\r' | b'\n'] => start,
        whole => whole,
    }
}
