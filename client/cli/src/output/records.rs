//! The objects that `--json` prints, one a line. Times are RFC 3339 in UTC; money is an integer of
//! the currency's minor units (4500 is 45.00 EUR).

use crate::values::{RowRange, rfc3339};
use boxoffice_client::Saved;
use boxoffice_client::protocol::event::{
    Counts, EventDetails, EventSummary, Layout, PlaceState, Sales, SectionMap, SectionSpec,
};
use boxoffice_client::protocol::id::{
    CustomerId, EventId, EventName, ReservationId, RowLabel, SeatLabel, SectionName,
};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::{Places, Reservation, Status};
use serde::{Serialize, Serializer};

/// A reservation.
#[derive(Debug, Serialize)]
pub(crate) struct ReservationRecord<'a> {
    id: Shown<ReservationId>,
    event: &'a EventId,
    customer: &'a CustomerId,
    status: &'static str,
    seats: &'a [SeatLabel],
    standing: Option<StandingRecord<'a>>,
    total: u64,
    currency: &'a str,
    expires_at: String,
    version: u64,
}

/// Standing places of a reservation.
#[derive(Debug, Serialize)]
struct StandingRecord<'a> {
    section: &'a SectionName,
    places: u32,
}

impl<'a> ReservationRecord<'a> {
    pub(crate) fn new(reservation: &'a Reservation, version: u64) -> Self {
        let (seats, standing) = match &reservation.places {
            Places::Seats(seats) => (seats.as_slice(), None),
            Places::Standing { section, places } => {
                (&[][..], Some(StandingRecord { section, places: *places }))
            }
        };
        Self {
            id: Shown(reservation.id),
            event: &reservation.event,
            customer: &reservation.customer,
            status: Status::as_str(reservation.status),
            seats,
            standing,
            total: reservation.total,
            currency: reservation.currency.as_str(),
            expires_at: rfc3339(reservation.expires_at),
            version,
        }
    }
}

/// Something whose text is its JSON string.
#[derive(Debug)]
struct Shown<T>(T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// An event, in a list or alone.
#[derive(Debug, Serialize)]
pub(crate) struct EventRecord<'a> {
    id: &'a EventId,
    version: u64,
    name: &'a EventName,
    starts_at: String,
    sales: &'static str,
    currency: &'a str,
    price_min: u64,
    price_max: u64,
    #[serde(flatten)]
    counts: CountsRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_per_customer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sections: Option<Vec<SectionRecord<'a>>>,
}

impl<'a> EventRecord<'a> {
    /// One of a list.
    pub(crate) fn summary(event: &'a EventSummary) -> Self {
        Self {
            id: &event.id,
            version: event.version,
            name: &event.name,
            starts_at: rfc3339(event.starts_at),
            sales: sales(event.sales),
            currency: event.currency.as_str(),
            price_min: event.prices.0,
            price_max: event.prices.1,
            counts: event.counts.into(),
            max_per_customer: None,
            sections: None,
        }
    }

    /// One with its sections.
    pub(crate) fn details(event: &'a EventDetails, version: u64) -> Self {
        let sections = event.spec.sections.as_slice();
        let prices = sections.iter().map(|section| section.price);
        let records = sections.iter().zip(&event.counts);
        Self {
            id: &event.id,
            version,
            name: &event.spec.name,
            starts_at: rfc3339(event.spec.starts_at),
            sales: sales(event.sales),
            currency: event.spec.currency.as_str(),
            price_min: prices.clone().min().unwrap_or_default(),
            price_max: prices.max().unwrap_or_default(),
            counts: event.counts.iter().copied().sum::<Counts>().into(),
            max_per_customer: event.spec.max_per_customer.map(Into::into),
            sections: Some(
                records.map(|(section, &counts)| SectionRecord::new(section, counts)).collect(),
            ),
        }
    }
}

/// The word for whether an event can be reserved.
pub(crate) const fn sales(sales: Sales) -> &'static str {
    match sales {
        Sales::Open => "open",
        Sales::Closed => "closed",
    }
}

/// How many places are in which state.
#[derive(Debug, Serialize)]
struct CountsRecord {
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

impl From<Counts> for CountsRecord {
    fn from(Counts { free, held, sold, blocked }: Counts) -> Self {
        Self { free, held, sold, blocked }
    }
}

/// A section.
#[derive(Debug, Serialize)]
struct SectionRecord<'a> {
    section: &'a SectionName,
    price: u64,
    /// Seats of each row; none where people stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<&'a [u16]>,
    #[serde(flatten)]
    counts: CountsRecord,
}

impl<'a> SectionRecord<'a> {
    fn new(section: &'a SectionSpec, counts: Counts) -> Self {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(rows.as_slice()),
            Layout::Standing { .. } => None,
        };
        Self { section: &section.name, price: section.price, rows, counts: counts.into() }
    }
}

/// A section with the state of every seat: a text for each row, a letter for each of its seats:
/// `f`ree, `h`eld, `s`old or `b`locked.
#[derive(Debug, Serialize)]
pub(crate) struct SeatsRecord<'a> {
    event: &'a EventId,
    version: u64,
    section: &'a SectionName,
    price: u64,
    #[serde(flatten)]
    counts: CountsRecord,
    rows: Vec<RowRecord>,
}

#[derive(Debug, Serialize)]
struct RowRecord {
    row: Shown<RowLabel>,
    seats: String,
}

impl<'a> SeatsRecord<'a> {
    /// A section, or only these rows of it.
    pub(crate) fn new(
        event: &'a EventId,
        version: u64,
        map: &'a SectionMap,
        only: Option<RowRange>,
    ) -> Self {
        let section = &map.section;
        let mut index = 0;
        let mut rows = Vec::new();
        if let Layout::Seated { rows: seats } = &section.layout {
            for (row, &seats) in (0u16..).zip(seats) {
                let states = index..index + usize::from(seats);
                index = states.end;
                let letters = states.map(|index| map.states.state(index).map_or('?', letter));
                if only.is_some_and(|only| !only.contains(usize::from(row))) {
                    continue;
                }
                rows.push(RowRecord { row: Shown(RowLabel(row)), seats: letters.collect() });
            }
        }
        Self {
            event,
            version,
            section: &section.name,
            price: section.price,
            counts: map.counts.into(),
            rows,
        }
    }
}

const fn letter(state: PlaceState) -> char {
    match state {
        PlaceState::Free => 'f',
        PlaceState::Held => 'h',
        PlaceState::Sold => 's',
        PlaceState::Blocked => 'b',
    }
}

/// The word for a place's state.
pub(crate) const fn state(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Free => "free",
        PlaceState::Held => "held",
        PlaceState::Sold => "sold",
        PlaceState::Blocked => "blocked",
    }
}

/// An event that was created, changed or deleted.
#[derive(Debug, Serialize)]
pub(crate) struct SavedRecord<'a> {
    id: &'a EventId,
    changed: bool,
    version: u64,
}

impl<'a> SavedRecord<'a> {
    pub(crate) fn new(id: &'a EventId, saved: Saved) -> Self {
        Self { id, changed: saved.effect == Effect::Applied, version: saved.version }
    }
}

/// What a watcher sees: the seats that changed, and the counts of their sections.
#[derive(Debug, Serialize)]
pub(crate) struct PlacesRecord<'a> {
    pub(crate) event: &'a EventId,
    /// `snapshot`, `changed`, `gap` or `ended`.
    pub(crate) what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) places: Vec<SeatsNowRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sections: Vec<SectionNowRecord<'a>>,
}

/// Seats that came into one state.
#[derive(Debug, Serialize)]
pub(crate) struct SeatsNowRecord {
    pub(crate) state: &'static str,
    pub(crate) seats: Vec<SeatLabel>,
}

/// A section's counts.
#[derive(Debug, Serialize)]
pub(crate) struct SectionNowRecord<'a> {
    section: &'a SectionName,
    #[serde(flatten)]
    counts: CountsRecord,
}

impl<'a> SectionNowRecord<'a> {
    pub(crate) fn new(section: &'a SectionName, counts: Counts) -> Self {
        Self { section, counts: counts.into() }
    }
}

impl std::fmt::Display for SectionNowRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let CountsRecord { free, held, sold, blocked } = self.counts;
        write!(f, "{}: {free} free, {held} held, {sold} sold, {blocked} blocked", self.section)
    }
}

/// A refusal: its name, its frozen code, what helps, and whatever else it carries.
#[derive(Debug, Serialize)]
pub(crate) struct RefusalRecord {
    refused: &'static str,
    code: u16,
    #[serde(flatten)]
    fields: serde_json::Value,
    message: String,
    version: u64,
}

impl RefusalRecord {
    pub(crate) fn new(refusal: &Refusal, version: u64) -> Self {
        // A refusal's JSON is its name, or an object with its name and its fields.
        let fields = match serde_json::to_value(refusal) {
            Ok(serde_json::Value::Object(named)) => {
                named.into_iter().next().map(|(_, fields)| fields)
            }
            _ => None,
        };
        let fields = fields.filter(serde_json::Value::is_object);
        Self {
            refused: refusal.name(),
            code: refusal.code(),
            fields: fields.unwrap_or_else(|| serde_json::Value::Object(serde_json::Map::new())),
            message: refusal.to_string(),
            version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_carry_their_fields() {
        let seats = vec!["A1".parse().expect("a seat")];
        let json = |refusal| serde_json::to_string(&RefusalRecord::new(&refusal, 7)).expect("JSON");
        assert_eq!(
            json(Refusal::SeatsTaken { seats: seats.into() }),
            r#"{"refused":"SeatsTaken","code":16,"seats":["A1"],"message":"taken: A1","version":7}"#
        );
        assert_eq!(
            json(Refusal::SalesClosed),
            r#"{"refused":"SalesClosed","code":10,"message":"sales are closed","version":7}"#
        );
    }
}
