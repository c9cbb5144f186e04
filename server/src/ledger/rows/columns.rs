//! Values in columns: how they are written, and how they are checked when they are read.

use super::error::{RowsError, Tried};
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::event::{Currency, ZonedTime};
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use serde::de::DeserializeOwned;
use smallvec::SmallVec;
use std::fmt::Display;
use std::str::FromStr;

/// A number of 64 bits: SQLite's are signed, ours are not; what is too large looks negative there.
pub(super) const fn number(value: u64) -> i64 {
    value.cast_signed()
}

pub(super) const fn time(value: Timestamp) -> i64 {
    number(value.as_ms())
}

/// A seat, as its number.
pub(super) fn seat(seat: Seat) -> i64 {
    i64::from(seat.section()) << 24 | i64::from(seat.row()) << 12 | i64::from(seat.number())
}

/// The columns `seats`, `section` and `places` of a reservation. The one seat that most have is a
/// plain number; several are JSON, so that SQL can unfold both with `json_each`.
pub(super) fn places(places: &TakenPlaces) -> (Value, Option<u8>, u32) {
    if let Some(section) = places.section() {
        return (Value::Null, Some(section), places.count());
    }
    let value = match places.seats().map_or(&[][..], |seats| seats) {
        [one] => Value::Integer(seat(*one)),
        seats => {
            let numbers: Vec<i64> = seats.iter().map(|&one| seat(one)).collect();
            Value::Text(json(&numbers))
        }
    };
    (value, None, places.count())
}

/// The column `types` of a reservation.
pub(super) fn types(places: &TakenPlaces) -> Option<String> {
    let types = places.types();
    (!types.is_empty()).then(|| json(types))
}

/// The column `prices` of a reservation.
pub(super) fn prices(places: &TakenPlaces) -> Option<String> {
    let prices = places.prices();
    (!prices.is_empty()).then(|| json(prices))
}

/// A list of numbers as JSON.
pub(super) fn json<T: Display>(numbers: &[T]) -> String {
    let mut text = String::with_capacity(2 + numbers.len() * 10);
    for number in numbers {
        let before = if text.is_empty() { '[' } else { ',' };
        text.push(before);
        text.push_str(&number.to_string());
    }
    if text.is_empty() {
        text.push('[');
    }
    text.push(']');
    text
}

/// A row of a table that is read column by column, each of which may be anything.
#[derive(Clone, Copy)]
pub(super) struct Columns<'r> {
    table: &'static str,
    row: &'r Row<'r>,
}

impl<'r> Columns<'r> {
    /// A row whose first column tells it from others.
    pub(super) const fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { table, row }
    }

    /// Which row it is, for people.
    pub(super) fn place(self) -> String {
        let text = |column| match self.row.get_ref(column) {
            Ok(ValueRef::Integer(number)) => number.to_string(),
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            _ => "?".to_owned(),
        };
        let (table, first) = (self.table, text(0));
        match table {
            "sections" | "price_lists" => {
                format!("table {table}, event {first}, number {}", text(1))
            }
            "blocked_seats" => format!("table {table}, event {first}, seat {}", text(1)),
            _ => format!("table {table}, row {first}"),
        }
    }

    /// An error about a column.
    pub(super) fn wrong(self, column: usize, why: impl Display) -> RowsError {
        let names = self.row.as_ref();
        let name = names.column_name(column).unwrap_or("?");
        RowsError::contradiction(self.place(), format!("column {name}: {why}"))
    }

    fn value(self, column: usize) -> Result<ValueRef<'r>, RowsError> {
        self.row.get_ref(column).tried("read a column")
    }

    pub(super) fn signed(self, column: usize) -> Result<i64, RowsError> {
        self.value(column)?.as_i64().map_err(|why| self.wrong(column, why))
    }

    pub(super) fn number(self, column: usize) -> Result<u64, RowsError> {
        Ok(self.signed(column)?.cast_unsigned())
    }

    pub(super) fn small<T: TryFrom<i64>>(self, column: usize) -> Result<T, RowsError> {
        let number = self.signed(column)?;
        T::try_from(number).map_err(|_| self.wrong(column, format!("{number} is out of bounds")))
    }

    /// Checks that rows of one event are numbered from 0 without gaps.
    pub(super) fn follows(self, column: usize, expected: usize) -> Result<(), RowsError> {
        if self.small::<usize>(column)? == expected {
            return Ok(());
        }
        Err(self.wrong(column, format!("number {expected} should come here")))
    }

    pub(super) fn time(self, column: usize) -> Result<Timestamp, RowsError> {
        Ok(Timestamp::from_ms(self.number(column)?))
    }

    pub(super) fn is_null(self, column: usize) -> Result<bool, RowsError> {
        Ok(self.value(column)? == ValueRef::Null)
    }

    pub(super) fn text(self, column: usize) -> Result<&'r str, RowsError> {
        self.value(column)?.as_str().map_err(|why| self.wrong(column, why))
    }

    /// A text that is something.
    pub(super) fn parsed<T: FromStr<Err: Display>>(self, column: usize) -> Result<T, RowsError> {
        self.text(column)?.parse().map_err(|why: T::Err| self.wrong(column, why))
    }

    /// The same, or nothing.
    pub(super) fn optional<T: FromStr<Err: Display>>(
        self,
        column: usize,
    ) -> Result<Option<T>, RowsError> {
        if self.is_null(column)? { Ok(None) } else { self.parsed(column).map(Some) }
    }

    /// An instant, and the local time and the zone of the columns behind it.
    pub(super) fn zoned_time(self, column: usize) -> Result<ZonedTime, RowsError> {
        let (at, local) = (self.time(column)?, self.time(column + 1)?);
        ZonedTime::new(at, local, self.parsed(column + 2)?).map_err(|why| self.wrong(column, why))
    }

    /// The same, where there is one.
    pub(super) fn optional_zoned_time(self, column: usize) -> Result<Option<ZonedTime>, RowsError> {
        if self.is_null(column)? { Ok(None) } else { self.zoned_time(column).map(Some) }
    }

    /// A code, and the digits of the column behind it.
    pub(super) fn currency(self, column: usize) -> Result<Currency, RowsError> {
        let (code, digits) = (self.parsed(column)?, self.small(column + 1)?);
        Currency::told(code, digits).map_err(|why| self.wrong(column + 1, why))
    }

    pub(super) fn json<T: DeserializeOwned>(self, column: usize) -> Result<T, RowsError> {
        serde_json::from_str(self.text(column)?).map_err(|why| self.wrong(column, why))
    }

    pub(super) fn bytes<const N: usize>(self, column: usize) -> Result<[u8; N], RowsError> {
        let bytes = self.value(column)?.as_blob().map_err(|why| self.wrong(column, why))?;
        bytes.try_into().map_err(|_| self.wrong(column, format!("is not {N} bytes")))
    }

    pub(super) fn reservation_id(self, column: usize) -> Result<ReservationId, RowsError> {
        let id = uuid::Uuid::from_bytes(self.bytes(column)?);
        ReservationId::from_uuid(id).map_err(|why| self.wrong(column, why))
    }

    pub(super) fn seat(self, column: usize) -> Result<Seat, RowsError> {
        Ok(to_seat(self.small(column)?))
    }

    pub(super) fn status(self, column: usize) -> Result<Status, RowsError> {
        match self.text(column)? {
            "held" => Ok(Status::Held),
            "confirmed" => Ok(Status::Confirmed),
            "released" => Ok(Status::Released),
            "expired" => Ok(Status::Expired),
            "cancelled" => Ok(Status::Cancelled),
            "forfeited" => Ok(Status::Forfeited),
            other => Err(self.wrong(column, format!("{other:?} is no status"))),
        }
    }

    /// The columns `seats`, `section` and `places`, of which `seats` is the first, with the column `types`
    /// and `prices` behind it.
    pub(super) fn places(self, first: usize, types: usize) -> Result<TakenPlaces, RowsError> {
        let places = self.untyped_places(first)?;
        let count = places.count();
        let of: Vec<u8> = self.one_for_each(types, "types", count)?;
        let prices: Vec<u64> = self.one_for_each(types + 1, "prices", count)?;
        if of.is_empty() && prices.is_empty() {
            return Ok(places);
        }
        Ok(places.with_tickets(&of, &prices))
    }

    /// A list with something for each place; empty if the column is.
    fn one_for_each<T: DeserializeOwned>(
        self,
        column: usize,
        what: &str,
        places: u32,
    ) -> Result<Vec<T>, RowsError> {
        if self.is_null(column)? {
            return Ok(Vec::new());
        }
        let list: Vec<T> = self.json(column)?;
        match list.len() == places as usize {
            true => Ok(list),
            false => Err(self.wrong(column, format!("{} {what} of {places}", list.len()))),
        }
    }

    fn untyped_places(self, first: usize) -> Result<TakenPlaces, RowsError> {
        let places = self.small(first + 2)?;
        let seats: SmallVec<[Seat; 2]> = match self.value(first)? {
            ValueRef::Null => {
                return Ok(TakenPlaces::Standing { section: self.small(first + 1)?, places });
            }
            ValueRef::Integer(_) => SmallVec::from_slice(&[self.seat(first)?]),
            _ => self.json::<Vec<u32>>(first)?.into_iter().map(to_seat).collect(),
        };
        let seats = TakenPlaces::Seats(seats.into());
        if seats.count() == places {
            Ok(seats)
        } else {
            Err(self.wrong(first, format!("there are {} seats in {places} places", seats.count())))
        }
    }
}

fn to_seat(number: u32) -> Seat {
    let [section, ..] = number.to_be_bytes();
    let twelve = |bits: u32| u16::try_from(bits & 0xFFF).unwrap_or_default();
    Seat::new(section, twelve(number >> 12), twelve(number))
}
