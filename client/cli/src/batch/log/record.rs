//! The lines of the log: CSV records that all have the same columns.

use crate::batch::input::{InputRow, RowFingerprint};
use crate::values::rfc3339;
use boxoffice_client::protocol::id::{ReservationId, SeatLabel};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reservation::{Places, Reservation, Status};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Defines [`LogRecord`] and [`HEADER`] from one list of columns. The two first are in every line,
/// the others where they mean something for the kind.
macro_rules! columns {
    (
        $(#[$of_header:meta])*
        const $header:ident;
        $(#[$of_record:meta])*
        struct $name:ident { $($(#[$doc:meta])* $column:ident: $kind:ty,)* }
    ) => {
        $(#[$of_header])*
        pub(in crate::batch) const $header: &str =
            concat!("record,promise", $(",", stringify!($column),)* "\n");

        $(#[$of_record])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        pub(in crate::batch) struct $name {
            record: RecordKind,
            /// The number of the promise; for [`RecordKind::Ready`] the number of all.
            pub(in crate::batch) promise: u64,
            $($(#[$doc])* pub(in crate::batch) $column: Option<$kind>,)*
        }

        impl $name {
            const fn new(record: RecordKind, promise: u64) -> Self {
                Self { record, promise, $($column: None,)* }
            }

            /// The cells of the line.
            pub(in crate::batch) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
                let first = [Some(self.record.cell()), Some(self.promise.cell())];
                let others = [$(self.$column.as_ref().map(Cell::cell),)*];
                first.into_iter().chain(others).map(Option::unwrap_or_default)
            }
        }
    };
}

columns! {
    /// The first line of a log.
    const HEADER;
    /// One line, with the fields of [`HEADER`]. What is read back never begins like a formula, so it
    /// has no apostrophe in front.
    struct LogRecord {
        /// The line within the input.
        line: u64,
        /// The fingerprint of the row, which tells it from equal ones.
        hash: String,
        /// The fingerprint of what the row keeps when it is corrected.
        group: String,
        id: String,
        status: RowOutcome,
        event: String,
        customer: String,
        seats: String,
        section: String,
        standing: u32,
        /// In minor units of the currency.
        total: u64,
        currency: String,
        expires_at: String,
        version: u64,
        /// The name of the refusal.
        refused: String,
        detail: String,
    }
}

/// Defines an enum whose variants are words of the log.
macro_rules! words {
    (
        $(#[$of_enum:meta])*
        $access:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$of_enum])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
        $access enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Cell for $name {
            fn cell(&self) -> Cow<'_, str> {
                match self {
                    $(Self::$variant => $word.into(),)*
                }
            }
        }
    };
}

words! {
    /// The kinds of lines.
    enum RecordKind {
        /// A row with its fingerprint and its permanent id.
        Planned = "planned",
        /// All rows are planned; from here on, rows may have been sent.
        Ready = "ready",
        /// The outcome of a row.
        Outcome = "outcome",
        /// Failed rows were copied.
        Copied = "copied",
    }
}

words! {
    /// The outcome of a row, in the words of the log.
    pub(crate) enum RowOutcome {
        Confirmed = "confirmed",
        Held = "held",
        /// Held, but released before the answer came.
        Released = "released",
        /// Held, but expired before the answer came.
        Expired = "expired",
        /// Booked, but cancelled before the answer came.
        Cancelled = "cancelled",
        Refused = "refused",
        /// The row cannot be sent.
        Bad = "bad",
        /// The id became too old before the row had an answer.
        Stale = "stale",
    }
}

/// A value as a cell shows it.
trait Cell {
    fn cell(&self) -> Cow<'_, str>;
}

impl Cell for String {
    fn cell(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Cell for u64 {
    fn cell(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

impl Cell for u32 {
    fn cell(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

/// The statement of a line that is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) enum RecordFact {
    /// A bad row has no id.
    Planned {
        hash: RowFingerprint,
        group: RowFingerprint,
        line: u64,
        id: Option<ReservationId>,
    },
    Ready,
    Outcome(RowOutcome),
    /// The fingerprint of the file with the failed rows.
    Copied(RowFingerprint),
}

impl LogRecord {
    /// A row will be sent with `id`; a bad row has none.
    pub(in crate::batch) fn planned(
        promise: u64,
        row: &InputRow,
        hash: RowFingerprint,
        id: Option<ReservationId>,
    ) -> Self {
        Self {
            line: Some(row.line),
            hash: Some(hash.to_text()),
            group: Some(row.identity.group.to_text()),
            id: id.map(|id| id.to_string()),
            ..Self::new(RecordKind::Planned, promise)
        }
    }

    /// All `promises` are planned.
    pub(in crate::batch) const fn ready(promises: u64) -> Self {
        Self::new(RecordKind::Ready, promises)
    }

    /// Failed rows are in a file with this fingerprint.
    pub(in crate::batch) fn copied(file: RowFingerprint) -> Self {
        Self { hash: Some(file.to_text()), ..Self::new(RecordKind::Copied, 0) }
    }

    /// The server has a reservation for a row, at the `version` of the event.
    pub(in crate::batch) fn reserved(
        promise: u64,
        reservation: &Reservation,
        version: u64,
    ) -> Self {
        let (seats, section, standing) = match &reservation.places {
            Places::Seats(seats) => (Some(joined(seats)), None, None),
            Places::Standing { section, places } => {
                (None, Some(section.to_string()), Some(*places))
            }
        };
        let held = reservation.status == Status::Held;
        Self {
            id: Some(reservation.id.to_string()),
            status: Some(RowOutcome::of(reservation.status)),
            event: Some(reservation.event.to_string()),
            customer: Some(reservation.customer.to_string()),
            seats,
            section,
            standing,
            total: Some(reservation.total),
            currency: Some(reservation.currency.to_string()),
            expires_at: held.then(|| rfc3339(reservation.expires_at)),
            version: Some(version),
            ..Self::new(RecordKind::Outcome, promise)
        }
    }

    /// The server refused a row, at `version`.
    pub(in crate::batch) fn refused(promise: u64, refusal: &Refusal, version: u64) -> Self {
        Self {
            status: Some(RowOutcome::Refused),
            version: Some(version),
            refused: Some(refusal.name().to_owned()),
            detail: Some(one_line(&refusal.to_string())),
            ..Self::new(RecordKind::Outcome, promise)
        }
    }

    /// A row has an outcome without an answer; `detail` explains it.
    pub(in crate::batch) fn without_answer(
        promise: u64,
        outcome: RowOutcome,
        detail: &str,
    ) -> Self {
        Self {
            status: Some(outcome),
            detail: Some(one_line(detail)),
            ..Self::new(RecordKind::Outcome, promise)
        }
    }

    /// Why there is no reservation; none if there is one.
    pub(in crate::batch) fn reason(&self) -> Option<String> {
        let said = [&self.refused, &self.detail].into_iter().flatten().map(String::as_str);
        let said = said.collect::<Vec<_>>().join(": ");
        Some(said).filter(|said| !said.is_empty())
    }

    /// The statement of the line; none if a field is missing.
    pub(in crate::batch) fn fact(&self) -> Option<RecordFact> {
        match self.record {
            RecordKind::Ready => Some(RecordFact::Ready),
            RecordKind::Planned => Some(RecordFact::Planned {
                hash: RowFingerprint::parse(self.hash.as_deref()?)?,
                group: RowFingerprint::parse(self.group.as_deref()?)?,
                line: self.line?,
                id: match &self.id {
                    None => None,
                    Some(id) => Some(id.parse().ok()?),
                },
            }),
            RecordKind::Outcome => Some(RecordFact::Outcome(self.status?)),
            RecordKind::Copied => {
                Some(RecordFact::Copied(RowFingerprint::parse(self.hash.as_deref()?)?))
            }
        }
    }
}

impl RowOutcome {
    /// Whether there was a reservation, which there is only one of.
    pub(in crate::batch) const fn was_booked(self) -> bool {
        match self {
            Self::Confirmed | Self::Held | Self::Released | Self::Expired | Self::Cancelled => true,
            Self::Refused | Self::Bad | Self::Stale => false,
        }
    }

    /// Whether the row has to be corrected.
    pub(in crate::batch) const fn has_failed(self) -> bool {
        matches!(self, Self::Refused | Self::Bad)
    }

    /// The word in the log.
    pub(in crate::batch) fn word(self) -> String {
        self.cell().into_owned()
    }

    const fn of(status: Status) -> Self {
        match status {
            Status::Held => Self::Held,
            Status::Confirmed => Self::Confirmed,
            Status::Released => Self::Released,
            Status::Expired | Status::Forfeited => Self::Expired,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

fn joined(seats: &[SeatLabel]) -> String {
    seats.iter().map(SeatLabel::to_string).collect::<Vec<_>>().join(" ")
}

/// The beginning of a message, without line ends.
fn one_line(message: &str) -> String {
    const LONGEST: usize = 500;
    let clipped = message.chars().take(LONGEST);
    clipped.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_client::protocol::csv::CsvLines;

    #[test]
    fn a_record_is_one_line_and_reads_back() {
        let detail = "a \"quoted\",\nmessage with\r\neverything";
        let record = LogRecord::without_answer(7, RowOutcome::Bad, detail);
        let mut lines = CsvLines::default();
        lines.push(record.cells());
        let written = [HEADER.as_bytes(), &lines.take()].concat();
        assert_eq!(written.iter().filter(|&&byte| byte == b'\n').count(), 2);
        let mut records = csv::Reader::from_reader(&written[..]).into_deserialize();
        assert_eq!(records.next().and_then(Result::ok), Some(record));
    }
}
