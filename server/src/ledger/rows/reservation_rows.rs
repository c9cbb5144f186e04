//! The rows of reservations: the statements that write them, prepared once a transaction.

use super::checksums::{ChecksumKey, PRICE_LISTS, RESERVATIONS};
use super::columns::{self, Columns, number, time};
use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, Catalog, cannot_follow};
use boxoffice_protocol::change::{NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::id::{CustomerId, EventId, OrderNumber, Principal, ReservationId};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, params};

/// Every column by which a row can be changed, in a row of all columns.
const UPDATE: &str = "\
    UPDATE reservations SET status = ?3, customer = ?6, seats = ?7, section = ?8, places = ?9, \
    total = ?11, expires_at = ?13, changed_at = ?14, changed_by = ?17, revision = ?18, \
    order_number = ?19, types = ?20, prices = ?21, row_checksum = ?22 \
    WHERE number = ?1";

const PRICES: &str = "\
    SELECT event, number, prices, row_checksum FROM price_lists WHERE event = ?1 AND number = ?2";

/// Where a row of all columns has those that are read or changed.
mod column {
    pub(super) const STATUS: usize = 2;
    pub(super) const CUSTOMER: usize = 5;
    pub(super) const SEATS: usize = 6;
    pub(super) const SECTION: usize = 7;
    pub(super) const PLACES: usize = 8;
    pub(super) const PRICE_LIST: usize = 9;
    pub(super) const TOTAL: usize = 10;
    pub(super) const EXPIRES_AT: usize = 12;
    pub(super) const CHANGED_AT: usize = 13;
    pub(super) const CHANGED_BY: usize = 16;
    pub(super) const REVISION: usize = 17;
    pub(super) const ORDER: usize = 18;
    pub(super) const TYPES: usize = 19;
    pub(super) const PRICES: usize = 20;
    pub(super) const ALL: usize = 21;
}

/// A change about one reservation.
#[derive(Clone, Copy)]
pub(super) struct ReservationChange<'a> {
    pub(super) event: &'a EventId,
    pub(super) recorded: &'a Recorded,
    pub(super) reservation: &'a ReservationId,
}

impl<'a> ReservationChange<'a> {
    fn id(self) -> &'a [u8] {
        self.reservation.as_bytes()
    }

    fn at(self) -> i64 {
        time(self.recorded.at)
    }

    fn principal(self) -> ValueRef<'a> {
        let principal = self.recorded.principal.as_ref().map(Principal::as_str);
        principal.map_or(ValueRef::Null, |name| ValueRef::Text(name.as_bytes()))
    }

    fn cannot_follow(self, why: &str) -> RowsError {
        let why = format!("is about reservation {}, {why}", self.reservation);
        cannot_follow(self.event, self.recorded, why)
    }

    /// There is no such reservation, or it is in another state than the change says.
    fn not_so(self) -> RowsError {
        self.cannot_follow("which is not there or not in the state for it")
    }
}

/// What a change makes of a reservation's row.
#[derive(Clone, Copy)]
pub(super) struct RowChange<'a> {
    what: RowStep<'a>,
    expires_at: Option<Timestamp>,
    /// Places that it gives up.
    gone: Option<&'a TakenPlaces>,
}

#[derive(Clone, Copy)]
enum RowStep<'a> {
    /// From one status to another one, or the same.
    Status(Status, Status),
    /// From one customer to another one, in whatever status that has places.
    Customer(&'a CustomerId, &'a CustomerId),
    /// From some places to others, in whatever status that has places.
    Places(&'a TakenPlaces, &'a TakenPlaces),
    /// From none to an order, in whatever status that has places.
    Order(&'a OrderNumber),
}

impl<'a> RowChange<'a> {
    /// Its status changes.
    pub(super) const fn new(from: Status, to: Status) -> Self {
        Self { what: RowStep::Status(from, to), expires_at: None, gone: None }
    }

    /// It becomes another customer's.
    pub(super) const fn transferred(from: &'a CustomerId, to: &'a CustomerId) -> Self {
        Self { what: RowStep::Customer(from, to), expires_at: None, gone: None }
    }

    /// It has other places.
    pub(super) const fn exchanged(from: &'a TakenPlaces, to: &'a TakenPlaces) -> Self {
        Self { what: RowStep::Places(from, to), expires_at: None, gone: None }
    }

    /// It becomes one of an order.
    pub(super) const fn ordered(order: &'a OrderNumber) -> Self {
        Self { what: RowStep::Order(order), expires_at: None, gone: None }
    }

    /// Its hold's deadline moves.
    pub(super) const fn extended(self, to: Timestamp) -> Self {
        Self { expires_at: Some(to), ..self }
    }

    /// It gives up some of its places.
    pub(super) const fn without(self, gone: Option<&'a TakenPlaces>) -> Self {
        Self { gone, ..self }
    }

    /// Whether it can follow a row.
    fn follows(&self, columns: Columns<'_>) -> Result<bool, RowsError> {
        let status = columns.status(column::STATUS)?;
        Ok(match self.what {
            RowStep::Status(from, _) => status == from,
            RowStep::Customer(from, _) => {
                status.is_live() && columns.text(column::CUSTOMER)? == from.as_str()
            }
            RowStep::Places(from, _) => {
                status.is_live() && columns.places(column::SEATS, column::TYPES)? == *from
            }
            RowStep::Order(_) => status.is_live() && columns.is_null(column::ORDER)?,
        })
    }
}

/// A reservation's row that is added.
pub(super) struct AddedRow<'a> {
    pub(super) status: Status,
    pub(super) version: u64,
    pub(super) id: &'a ReservationId,
    pub(super) customer: &'a str,
    pub(super) places: &'a TakenPlaces,
    pub(super) price_list: u32,
    pub(super) total: u64,
    /// When it was made, until when it is held, and when it was changed last.
    pub(super) times: [Timestamp; 3],
    pub(super) fingerprint: u64,
    /// The token that made it and changed it last.
    pub(super) principal: ValueRef<'a>,
    pub(super) revision: u64,
    pub(super) order: Option<&'a OrderNumber>,
}

/// The statements about reservations.
pub(super) struct ReservationRows<'c> {
    key: ChecksumKey,
    insert: CachedStatement<'c>,
    find: CachedStatement<'c>,
    update: CachedStatement<'c>,
    prices: CachedStatement<'c>,
}

impl<'c> ReservationRows<'c> {
    pub(super) fn prepare(connection: &'c Connection, key: ChecksumKey) -> Result<Self, RowsError> {
        let prepared =
            |sql: &str| connection.prepare_cached(sql).tried("prepare to write reservations");
        Ok(Self {
            key,
            insert: prepared(&RESERVATIONS.insert())?,
            find: prepared(&RESERVATIONS.select("WHERE id = ?1 AND event = ?2"))?,
            update: prepared(UPDATE)?,
            prices: prepared(PRICES)?,
        })
    }

    /// Adds a reservation that a change begins.
    pub(super) fn begin(
        &mut self,
        event: &mut CachedEvent,
        catalog: &mut Catalog,
        about: ReservationChange<'_>,
        new: &NewReservation,
        status: Status,
    ) -> Result<(), RowsError> {
        let total = event.total(&new.places).ok_or_else(|| about.cannot_follow(NO_PRICE))?;
        let at = about.recorded.at;
        let row = AddedRow {
            status,
            version: about.recorded.version,
            id: about.reservation,
            customer: new.customer.as_str(),
            places: &new.places,
            price_list: event.now.price_list,
            total,
            times: [at, new.expires_at, at],
            fingerprint: new.fingerprint,
            principal: about.principal(),
            revision: 0,
            order: new.order.as_ref(),
        };
        match self.add(event, catalog, &row) {
            Err(error) if is_constraint(&error) => {
                Err(about.cannot_follow("which is there already"))
            }
            added => added.tried("write a reservation"),
        }
    }

    /// Adds a reservation as it is.
    pub(super) fn add(
        &mut self,
        event: &mut CachedEvent,
        catalog: &mut Catalog,
        row: &AddedRow<'_>,
    ) -> rusqlite::Result<()> {
        let (seats, section, places) = columns::places(row.places);
        let (types, prices) = (columns::types(row.places), columns::prices(row.places));
        let [created_at, expires_at, changed_at] = row.times.map(time);
        catalog.last_reservation += 1;
        let values: [ValueRef<'_>; column::ALL] = [
            ValueRef::Integer(catalog.last_reservation),
            ValueRef::Integer(event.now.number),
            ValueRef::Text(row.status.as_str().as_bytes()),
            ValueRef::Integer(number(row.version)),
            ValueRef::Blob(row.id.as_bytes()),
            ValueRef::Text(row.customer.as_bytes()),
            ValueRef::from(&seats),
            optional(section),
            ValueRef::Integer(places.into()),
            ValueRef::Integer(row.price_list.into()),
            ValueRef::Integer(number(row.total)),
            ValueRef::Integer(created_at),
            ValueRef::Integer(expires_at),
            ValueRef::Integer(changed_at),
            ValueRef::Integer(number(row.fingerprint)),
            row.principal,
            row.principal,
            ValueRef::Integer(number(row.revision)),
            text(row.order.map(OrderNumber::as_str)),
            text(types.as_deref()),
            text(prices.as_deref()),
        ];
        let checksum = self.key.write(&RESERVATIONS, &mut self.insert, &values)?;
        event.now.tallies.reservations.add(checksum);
        Ok(())
    }

    /// Changes the row of a reservation that is in a state for it, once the row is verified.
    pub(super) fn change(
        &mut self,
        event: &mut CachedEvent,
        about: ReservationChange<'_>,
        to: RowChange<'_>,
    ) -> Result<(), RowsError> {
        let wanted = params![about.id(), event.now.number];
        let mut found = self.find.query(wanted).tried("find a reservation")?;
        let row = found.next().tried("find a reservation")?.ok_or_else(|| about.not_so())?;
        let before = self.key.verified(&RESERVATIONS, row)?;
        let columns = Columns::new(RESERVATIONS.name, row);
        if !to.follows(columns)? {
            return Err(about.not_so());
        }
        let mut values = [ValueRef::Null; column::ALL];
        for (index, value) in values.iter_mut().enumerate() {
            *value = row.get_ref(index).tried("read a column")?;
        }
        match to.what {
            RowStep::Status(_, status) => {
                values[column::STATUS] = ValueRef::Text(status.as_str().as_bytes());
            }
            RowStep::Customer(_, customer) => {
                values[column::CUSTOMER] = ValueRef::Text(customer.as_str().as_bytes());
            }
            RowStep::Places(..) => {}
            RowStep::Order(order) => values[column::ORDER] = text(Some(order.as_str())),
        }
        if matches!(to.what, RowStep::Customer(..) | RowStep::Places(..)) {
            let revision = columns.number(column::REVISION)?.saturating_add(1);
            values[column::REVISION] = ValueRef::Integer(number(revision));
        }
        values[column::CHANGED_AT] = ValueRef::Integer(about.at());
        values[column::CHANGED_BY] = about.principal();
        if let Some(expires_at) = to.expires_at {
            values[column::EXPIRES_AT] = ValueRef::Integer(time(expires_at));
        }
        let left = match (to.what, to.gone) {
            (RowStep::Places(_, to), _) => Some(to.clone()),
            (_, Some(gone)) => {
                Some(columns.places(column::SEATS, column::TYPES)?.without(gone).ok_or_else(
                    || about.cannot_follow("which has not the places that it gives up"),
                )?)
            }
            (_, None) => None,
        };
        let (seats, types, own);
        if let Some(left) = left {
            let list = values[column::PRICE_LIST];
            let prices = prices(self.key, &mut self.prices, event.now.number, list)?;
            let total = prices.total(&left).ok_or_else(|| about.cannot_follow(NO_PRICE))?;
            (types, own) = (columns::types(&left), columns::prices(&left));
            let (left, section, places) = columns::places(&left);
            seats = left;
            values[column::TYPES] = text(types.as_deref());
            values[column::PRICES] = text(own.as_deref());
            values[column::SEATS] = ValueRef::from(&seats);
            values[column::SECTION] = optional(section);
            values[column::PLACES] = ValueRef::Integer(places.into());
            values[column::TOTAL] = ValueRef::Integer(number(total));
        }
        let after = self.key.write(&RESERVATIONS, &mut self.update, &values);
        event.now.tallies.reservations.replace(before, after.tried("write a reservation")?);
        Ok(())
    }
}

fn optional(section: Option<u8>) -> ValueRef<'static> {
    section.map_or(ValueRef::Null, |section| ValueRef::Integer(section.into()))
}

fn text(text: Option<&str>) -> ValueRef<'_> {
    text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes()))
}

/// The prices of a list.
fn prices(
    key: ChecksumKey,
    statement: &mut CachedStatement<'_>,
    event: i64,
    list: ValueRef<'_>,
) -> Result<PriceList, RowsError> {
    let wanted = params![event, ToSqlOutput::Borrowed(list)];
    let mut rows = statement.query(wanted).tried("read prices")?;
    let row = rows.next().tried("read prices")?.ok_or_else(|| {
        RowsError::damaged(format!("table price_lists, event {event}"), "a list is missing")
    })?;
    key.verified(&PRICE_LISTS, row)?;
    Columns::new(PRICE_LISTS.name, row).json(2)
}

const NO_PRICE: &str = "which has places in a section that has no price";

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
