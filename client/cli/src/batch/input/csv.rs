//! The rows of a CSV file, read in bounded memory whatever the file holds.

use super::error::InputError;
use super::fingerprint::{RowFingerprint, RowFingerprinter};
use super::row::{BadRow, InputColumn, MAX_ROW_BYTES, RawRow, RowFields};
use crate::values::clip;
use std::io::{self, BufRead};

/// One more than a header can have.
const MAX_COLUMNS: usize = InputColumn::ALL.len() + 1;

/// The rows below a header.
pub(super) struct CsvRows<R> {
    records: CsvRecords<R>,
    columns: Vec<InputColumn>,
    header: RowFingerprint,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header of the file.
    pub(super) fn new(reader: R) -> Result<Self, InputError> {
        let mut records = CsvRecords::new(reader);
        let Some(record) = records.next(None)? else { return Err(InputError::Empty) };
        let columns = columns_of(&records, &record)?;
        Ok(Self { records, columns, header: record.hash })
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        let Some(record) = self.records.next(Some(&self.header))? else { return Ok(None) };
        let fields = self.fields(&record);
        Ok(Some(RawRow { line: record.line, hash: record.hash, fields }))
    }

    fn fields(&self, record: &CsvRecord) -> Result<RowFields, BadRow> {
        if record.flaw == Some(RecordFlaw::TooLong) {
            return Err(BadRow::whole(format!(
                "the row is longer than {MAX_ROW_BYTES} bytes and ends in line {}; is a quote left open?",
                record.last_line
            )));
        }
        if record.flaw.is_some() || record.fields != self.columns.len() {
            return Err(BadRow::whole(format!(
                "the row has {}{} fields, and the header {}",
                record.fields,
                if record.flaw.is_some() { " or more" } else { "" },
                self.columns.len()
            )));
        }
        let mut fields = RowFields::default();
        for (index, &column) in self.columns.iter().enumerate() {
            let text = std::str::from_utf8(self.records.field(index))
                .map_err(|_| BadRow::new(column.name(), "must be text in UTF-8"))?;
            fields.set(column, text);
        }
        Ok(fields)
    }
}

fn columns_of<R>(
    records: &CsvRecords<R>,
    record: &CsvRecord,
) -> Result<Vec<InputColumn>, InputError> {
    if record.flaw == Some(RecordFlaw::TooLong) {
        return Err(InputError::HeaderTooLong);
    }
    let mut columns = Vec::new();
    for index in 0..record.fields.min(InputColumn::ALL.len()) {
        let bytes = records.field(index);
        let Ok(name) = std::str::from_utf8(bytes) else { return Err(InputError::HeaderNotText) };
        let name = name.trim();
        let Some(column) = InputColumn::named(name) else {
            return Err(InputError::UnknownColumn {
                name: clip(name).escape_debug().to_string(),
                known: InputColumn::names(),
            });
        };
        if columns.contains(&column) {
            return Err(InputError::DuplicateColumn(column.name()));
        }
        columns.push(column);
    }
    if record.fields > columns.len() {
        return Err(InputError::TooManyColumns { known: InputColumn::names() });
    }
    for required in [InputColumn::Event, InputColumn::Customer] {
        if !columns.contains(&required) {
            return Err(InputError::MissingColumn(required.name()));
        }
    }
    if !columns
        .iter()
        .any(|c| matches!(c, InputColumn::Seats | InputColumn::Best | InputColumn::Standing))
    {
        return Err(InputError::MissingColumn("seats, best or standing"));
    }
    Ok(columns)
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
    text: Vec<u8>,
    ends: [usize; MAX_COLUMNS],
}

impl<R> CsvRecords<R> {
    fn new(reader: R) -> Self {
        let text = vec![0; MAX_ROW_BYTES];
        Self { reader, core: csv_core::Reader::new(), line: 1, text, ends: [0; MAX_COLUMNS] }
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
            self.line += row.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
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
                    fields = MAX_COLUMNS - 1;
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
            self.line += input[..blank].iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
            self.reader.consume(blank);
        }
    }
}

/// The line end is no part of a row: the last line may get one later.
fn without_line_end(row: &[u8]) -> &[u8] {
    match row {
        [start @ .., b'\r' | b'\n'] => start,
        whole => whole,
    }
}
