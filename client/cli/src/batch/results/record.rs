//! The lines of the results file: CSV, one record each, every record with the same columns.

use crate::batch::input::{InputRow, RowFingerprint};
use crate::values::rfc3339;
use boxoffice_client::protocol::id::{ReservationId, SeatLabel};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reservation::{Places, Reservation, Status};
use serde::{Deserialize, Serialize};

/// The first line of a results file.
pub(in crate::batch) const HEADER: &str = "record,row,line,hash,id,status,event,customer,seats,section,standing,total,currency,expires_at,version,refused,detail\n";

/// One line. What its kind has nothing to say about is empty. Its fields are [`HEADER`]'s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::batch) struct ResultRecord {
    record: RecordKind,
    /// The row that it is about; of [`RecordKind::Ready`], how many there are.
    pub(in crate::batch) row: u64,
    /// The line of the input.
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
    /// The refusal's name.
    refused: Option<String>,
    detail: Option<String>,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecordKind {
    /// A row, what is in it, and the id that it will be sent with, now and always.
    Planned,
    /// Every row is planned; from here on, rows may have been sent.
    Ready,
    /// What became of a row.
    Outcome,
}

/// What became of a row, in the words of the results file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RowOutcome {
    /// It is booked.
    Confirmed,
    /// It is held.
    Held,
    /// It was held, and released before the answer came.
    Released,
    /// It was held, and expired before the answer came.
    Expired,
    /// It was booked, and cancelled before the answer came.
    Cancelled,
    /// The server said no.
    Refused,
    /// It could not be sent.
    Bad,
    /// Its id grew too old to be sent before the row had an answer.
    Stale,
}

/// A line as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::batch) enum RecordFact {
    /// The row is so, and is sent with this id; a bad row has none.
    Planned { hash: RowFingerprint, id: Option<ReservationId> },
    /// Every row is planned.
    Ready,
    /// The row came to this; where it was refused, the refusal's name.
    Outcome { outcome: RowOutcome, refused: Option<String> },
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

    /// That `row` will be sent with `id`, or is bad and will not be.
    pub(in crate::batch) fn planned(row: &InputRow, id: Option<ReservationId>) -> Self {
        Self {
            line: Some(row.line),
            hash: Some(row.hash.to_text()),
            id: id.map(|id| id.to_string()),
            ..Self::new(RecordKind::Planned, row.number)
        }
    }

    /// That all of `rows` rows are planned.
    pub(in crate::batch) const fn ready(rows: u64) -> Self {
        Self::new(RecordKind::Ready, rows)
    }

    /// That the server has `reservation` for a row, at the event's `version`.
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

    /// That the server refused a row, at `version`.
    pub(in crate::batch) fn refused(row: u64, refusal: &Refusal, version: u64) -> Self {
        Self {
            status: Some(RowOutcome::Refused),
            version: Some(version),
            refused: Some(refusal.name().to_owned()),
            detail: Some(one_line(&refusal.to_string())),
            ..Self::new(RecordKind::Outcome, row)
        }
    }

    /// That a row came to `outcome`, which `detail` explains.
    pub(in crate::batch) fn without_answer(row: u64, outcome: RowOutcome, detail: &str) -> Self {
        Self {
            status: Some(outcome),
            detail: Some(one_line(detail)),
            ..Self::new(RecordKind::Outcome, row)
        }
    }

    /// What it tells; none if it lacks what its kind needs.
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

impl RowOutcome {
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

/// The beginning of a message, on one line: a record is a line.
fn one_line(message: &str) -> String {
    const LONGEST: usize = 500;
    let clipped = message.chars().take(LONGEST);
    clipped.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_and_reads_back() {
        let detail = "a \"quoted\",\nmessage with\r\neverything";
        let record = ResultRecord::without_answer(7, RowOutcome::Bad, detail);
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.serialize(&record).expect("memory can be written");
        let written = writer.into_inner().expect("memory can be written");
        assert!(written.starts_with(HEADER.as_bytes()));
        assert_eq!(written.iter().filter(|&&byte| byte == b'\n').count(), 2);
        let mut records = csv::Reader::from_reader(&written[..]).into_deserialize();
        assert_eq!(records.next().and_then(Result::ok), Some(record));
    }
}
