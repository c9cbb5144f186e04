//! `boxoffice-server export`: reservations and changes for other programs.

use super::data_folder::DataFolderOption;
use super::output::{COULD_NOT_LOOK, failed, note, note_server};
use super::records::{ChangeLine, ExportLine, ReservationLine};
use boxoffice_protocol::csv::CsvLines;
use boxoffice_server::inspect::{self, Reservations};
use boxoffice_server::ledger::InspectionError;
use boxoffice_server::ledger::rows::RowsError;
use clap::{Args, ValueEnum};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;
use std::process::ExitCode;
use thiserror::Error;

/// Writes every reservation that ever was to stdout, as the journal's end has them, in the order in
/// which they were made: all at one moment. Ended ones, and those of deleted events, are among
/// them.
///
/// It changes nothing, and may run while a server uses the folder. Exits with 0 if everything was
/// written, with 1 if something is damaged, and with 2 if it could not look.
#[derive(Debug, Args)]
#[command(after_long_help = COLUMNS)]
pub(crate) struct Export {
    #[command(flatten)]
    data: DataFolderOption,

    /// The format to write
    #[arg(long, value_enum)]
    format: ExportFormat,

    /// The changes that the journal still has, in order, in place of reservations
    #[arg(long)]
    changes: bool,
}

const COLUMNS: &str = "\
Columns of reservations; in JSON lines the keys of each object:
  event, id, code, customer
                    code is the booking code
  status            held, confirmed, released, expired or cancelled
  seats             A1 A2, or balcony:C4; a list in JSON. What an ended one had at last
  section, places   where they stand, and how many places it has of either kind
  total             in minor units of the currency: 4500 is 45.00 EUR
  currency, currency_digits
  created_at, expires_at, changed_at, event_deleted_at
                    RFC 3339, UTC; changed_at of an ended one is when it ended
  made_by, changed_by
                    the token that asked, where tokens are in use; an expiry has none
  revision          how often it was transferred or exchanged
  order             the shop's own number of the sale
With --changes:
  position, event, version, at, principal
  kind              created, updated, held, reserved, confirmed, extended, released, expired,
                    cancelled, deleted, transferred, ordered, confirmed_together or
                    exchanged
  details           what is particular to the kind, an object; seats in it are the section's number,
                    from 0, and the seat: 0:A1

JSON lines are exact. In CSV, a text that a spreadsheet would take for a formula, because it begins
with = + - @, their full-width forms, a tab or a carriage return, has an apostrophe in front; so has
one that begins with an apostrophe.";

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// Comma-separated values, with a line of names first
    Csv,
    /// An object of JSON a line
    Jsonl,
}

/// Why not everything was written.
#[derive(Debug, Error)]
enum ExportError {
    #[error(transparent)]
    Look(#[from] InspectionError),
    #[error("cannot write to stdout: {0}")]
    Write(#[from] io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<RowsError> for ExportError {
    fn from(error: RowsError) -> Self {
        Self::Look(error.into())
    }
}

impl Export {
    /// Writes what was asked for.
    pub(crate) fn run(&self, setting: Option<&Path>) -> ExitCode {
        let folder = self.data.folder(setting);
        let written =
            if self.changes { self.write_changes(folder) } else { self.write_reservations(folder) };
        match written {
            Ok(()) => ExitCode::SUCCESS,
            Err(ExportError::Look(error)) => failed(&error),
            // The reader has seen enough.
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                note(&error.to_string());
                ExitCode::from(COULD_NOT_LOOK)
            }
        }
    }

    fn write_reservations(&self, folder: &Path) -> Result<(), ExportError> {
        let reservations = Reservations::open(folder)?;
        note_server(reservations.server(), reservations.position());
        let mut writer = Writer::new::<ReservationLine>(self.format)?;
        reservations.each(|exported| writer.write(&ReservationLine::new(&exported)))?;
        writer.finish()
    }

    fn write_changes(&self, folder: &Path) -> Result<(), ExportError> {
        let mut server = None;
        let mut writer = Writer::new::<ChangeLine>(self.format)?;
        let end = inspect::changes(
            folder,
            |uses| server = uses.map(str::to_owned),
            |position, event, recorded| writer.write(&ChangeLine::new(position, event, recorded)),
        )?;
        writer.finish()?;
        note_server(server.as_deref(), end);
        Ok(())
    }
}

fn is_broken_pipe(error: &ExportError) -> bool {
    let kind = match error {
        ExportError::Write(error) => error.kind(),
        ExportError::Json(error) => error.io_error_kind().unwrap_or(io::ErrorKind::Other),
        ExportError::Look(_) => return false,
    };
    kind == io::ErrorKind::BrokenPipe
}

/// Bytes of a block.
const BLOCK: usize = 64 * 1024;

/// Writes records to stdout, in blocks.
struct Writer {
    stdout: BufWriter<StdoutLock<'static>>,
    /// The line of CSV that is being made; none for JSON lines.
    csv: Option<CsvLines>,
}

impl Writer {
    fn new<R: ExportLine>(format: ExportFormat) -> Result<Self, ExportError> {
        let csv = (format == ExportFormat::Csv).then(CsvLines::default);
        let mut writer = Self { stdout: BufWriter::with_capacity(BLOCK, io::stdout().lock()), csv };
        if let Some(lines) = &mut writer.csv {
            lines.push(R::COLUMNS);
            writer.stdout.write_all(&lines.take())?;
        }
        Ok(writer)
    }

    fn write(&mut self, record: &impl ExportLine) -> Result<(), ExportError> {
        if let Some(lines) = &mut self.csv {
            lines.push(record.cells());
            self.stdout.write_all(&lines.take())?;
        } else {
            serde_json::to_writer(&mut self.stdout, record)?;
            self.stdout.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), ExportError> {
        Ok(self.stdout.flush()?)
    }
}
