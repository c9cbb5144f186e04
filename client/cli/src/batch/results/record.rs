//! The lines of the results file: CSV records that all have the same columns.

use crate::batch::input::{InputRow, RowFingerprint};
use crate::values::rfc3339;
use boxoffice_client::protocol::id::{ReservationId, SeatLabel};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reservation::{Places, Reservation, Status};
use serde::Deserialize;
use std::borrow::Cow;

/// The first line of a results file.
pub(in crate::batch) const HEADER: &str = "record,row,line,hash,id,status,event,customer,seats,section,standing,total,currency,expires_at,version,refused,detail\n";

/// One line, with the fields of [`HEADER`]. Fields without a meaning for the kind are empty. What is
/// read back never begins like a formula, so it has no apostrophe in front.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::batch) struct ResultRecord {
    record: RecordKind,
    /// The number of the row; for [`RecordKind::Ready`] the number of all rows.
    pub(in crate::batch) row: u64,
    /// The line within the input.
    line: Option<u64>,
    hash: Option<String>,
    id: Option<String>,
    status: Option<RowOutcome>,
    event: Option<String>,
    customer: Option<String>,
    seats: Option<String>,
    section: Option<String>,
    standing: Option<u32>,
    /// In minor units of the currency.
    total: Option<u64>,
    currency: Option<String>,
    expires_at: Option<String>,
    version: Option<u64>,
    /// The name of the refusal.
    refused: Option<String>,
    detail: Option<String>,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecordKind {
    /// A row with its fingerprint and its permanent id.
    Planned,
    /// All rows are planned; from here on, rows may have been sent.
    Ready,
    /// The outcome of a row.
    Outcome,
}

/// The outcome of a row, in the words of the results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RowOutcome {
    Confirmed,
    Held,
    /// Held, but released before the answer came.
    Released,
    /// Held, but expired before the answer came.
    Expired,
    /// Booked, but cancelled before the answer came.
    Cancelled,
    Refused,
    /// The row cannot be sent.
    Bad,
    /// The id became too old before the row had an answer.
    Stale,
}

/// The statement of a line that is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::batch) enum RecordFact {
    /// A bad row has no id.
    Planned {
        hash: RowFingerprint,
        id: Option<ReservationId>,
    },
    Ready,
    /// With the name of the refusal, if there is one.
    Outcome {
        outcome: RowOutcome,
        refused: Option<String>,
    },
}

impl ResultRecord {
    const fn new(record: RecordKind, row: u64) -> Self {
        Self {
            record,
            row,
            line: None,
            hash: None,
            id: None,
            status: None,
            event: None,
            customer: None,
            seats: None,
            section: None,
            standing: None,
            total: None,
            currency: None,
            expires_at: None,
            version: None,
            refused: None,
            detail: None,
        }
    }

    /// A row will be sent with `id`; a bad row has none.
    pub(in crate::batch) fn planned(row: &InputRow, id: Option<ReservationId>) -> Self {
        Self {
            line: Some(row.line),
            hash: Some(row.hash.to_text()),
            id: id.map(|id| id.to_string()),
            ..Self::new(RecordKind::Planned, row.number)
        }
    }

    /// All `rows` rows are planned.
    pub(in crate::batch) const fn ready(rows: u64) -> Self {
        Self::new(RecordKind::Ready, rows)
    }

    /// The server has a reservation for a row, at the `version` of the event.
    pub(in crate::batch) fn reserved(row: u64, reservation: &Reservation, version: u64) -> Self {
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
            ..Self::new(RecordKind::Outcome, row)
        }
    }

    /// The server refused a row, at `version`.
    pub(in crate::batch) fn refused(row: u64, refusal: &Refusal, version: u64) -> Self {
        Self {
            status: Some(RowOutcome::Refused),
            version: Some(version),
            refused: Some(refusal.name().to_owned()),
            detail: Some(one_line(&refusal.to_string())),
            ..Self::new(RecordKind::Outcome, row)
        }
    }

    /// A row has an outcome without an answer; `detail` explains it.
    pub(in crate::batch) fn without_answer(row: u64, outcome: RowOutcome, detail: &str) -> Self {
        Self {
            status: Some(outcome),
            detail: Some(one_line(detail)),
            ..Self::new(RecordKind::Outcome, row)
        }
    }

    /// The cells of the line.
    pub(in crate::batch) fn cells(&self) -> [Cow<'_, str>; 17] {
        fn text(text: Option<&String>) -> Cow<'_, str> {
            text.map_or_else(Cow::default, Cow::from)
        }
        fn number<N: ToString>(number: Option<N>) -> Cow<'static, str> {
            number.map_or_else(Cow::default, |number| number.to_string().into())
        }
        [
            self.record.as_str().into(),
            number(Some(self.row)),
            number(self.line),
            text(self.hash.as_ref()),
            text(self.id.as_ref()),
            self.status.map_or_else(Cow::default, |status| status.as_str().into()),
            text(self.event.as_ref()),
            text(self.customer.as_ref()),
            text(self.seats.as_ref()),
            text(self.section.as_ref()),
            number(self.standing),
            number(self.total),
            text(self.currency.as_ref()),
            text(self.expires_at.as_ref()),
            number(self.version),
            text(self.refused.as_ref()),
            text(self.detail.as_ref()),
        ]
    }

    /// The statement of the line; none if a field is missing.
    pub(in crate::batch) fn fact(&self) -> Option<RecordFact> {
        match self.record {
            RecordKind::Ready => Some(RecordFact::Ready),
            RecordKind::Planned => Some(RecordFact::Planned {
                hash: RowFingerprint::parse(self.hash.as_deref()?)?,
                id: match &self.id {
                    None => None,
                    Some(id) => Some(id.parse().ok()?),
                },
            }),
            RecordKind::Outcome => {
                Some(RecordFact::Outcome { outcome: self.status?, refused: self.refused.clone() })
            }
        }
    }
}

impl RecordKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Ready => "ready",
            Self::Outcome => "outcome",
        }
    }
}

impl RowOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Held => "held",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Bad => "bad",
            Self::Stale => "stale",
        }
    }

    const fn of(status: Status) -> Self {
        match status {
            Status::Held => Self::Held,
            Status::Confirmed => Self::Confirmed,
            Status::Released => Self::Released,
            Status::Expired => Self::Expired,
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
        let record = ResultRecord::without_answer(7, RowOutcome::Bad, detail);
        let mut lines = CsvLines::default();
        lines.push(record.cells());
        let written = [HEADER.as_bytes(), &lines.take()].concat();
        assert_eq!(written.iter().filter(|&&byte| byte == b'\n').count(), 2);
        let mut records = csv::Reader::from_reader(&written[..]).into_deserialize();
        assert_eq!(records.next().and_then(Result::ok), Some(record));
    }
}
