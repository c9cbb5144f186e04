//! The rows of reservations: the statements that write them, prepared once a transaction.

use super::columns::{self, Columns, number, time};
use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, cannot_follow, total};
use boxoffice_inventory::remembered_until;
use boxoffice_protocol::change::{NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::id::{EventId, Principal, ReservationId};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use rusqlite::{CachedStatement, Connection, params};

const BEGIN: &str = "\
    INSERT INTO reservations (event, status, slot, id, customer, seats, section, places, \
    price_list, total, created_at, expires_at, changed_at, fingerprint, made_by, changed_by) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?11, ?13, ?14, ?14)";

const CONFIRM: &str = "\
    UPDATE reservations SET status = 'confirmed', changed_at = ?3, changed_by = ?4 \
    WHERE id = ?1 AND event = ?2 AND status = 'held'";

const EXTEND: &str = "\
    UPDATE reservations SET expires_at = ?5, changed_at = ?3, changed_by = ?4 \
    WHERE id = ?1 AND event = ?2 AND status = 'held'";

const FIND: &str = "\
    SELECT number, slot FROM reservations WHERE id = ?1 AND event = ?2 AND status = ?3";

const END: &str = "\
    UPDATE reservations SET status = ?2, changed_at = ?3, changed_by = ?4 WHERE number = ?1";

const HAS: &str = "\
    SELECT reservations.number, seats, section, places, prices FROM reservations \
    LEFT JOIN price_lists ON price_lists.event = reservations.event \
    AND price_lists.number = reservations.price_list \
    WHERE id = ?1 AND reservations.event = ?2 AND status = ?3";

const SHRINK: &str = "\
    UPDATE reservations SET status = ?2, changed_at = ?3, changed_by = ?4, seats = ?5, \
    places = ?6, total = ?7 WHERE number = ?1";

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

    fn principal(self) -> Option<&'a str> {
        self.recorded.principal.as_ref().map(Principal::as_str)
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

/// The statements about reservations.
pub(super) struct ReservationRows<'c> {
    begin: CachedStatement<'c>,
    confirm: CachedStatement<'c>,
    extend: CachedStatement<'c>,
    find: CachedStatement<'c>,
    end: CachedStatement<'c>,
    has: CachedStatement<'c>,
    shrink: CachedStatement<'c>,
}

impl<'c> ReservationRows<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> Result<Self, RowsError> {
        let prepared = |sql| connection.prepare_cached(sql).tried("prepare to write reservations");
        Ok(Self {
            begin: prepared(BEGIN)?,
            confirm: prepared(CONFIRM)?,
            extend: prepared(EXTEND)?,
            find: prepared(FIND)?,
            end: prepared(END)?,
            has: prepared(HAS)?,
            shrink: prepared(SHRINK)?,
        })
    }

    /// A new reservation.
    pub(super) fn begin(
        &mut self,
        event: &mut CachedEvent,
        about: ReservationChange<'_>,
        new: &NewReservation,
        status: Status,
    ) -> Result<(), RowsError> {
        let total = event.total(&new.places).ok_or_else(|| about.cannot_follow(NO_PRICE))?;
        let (seats, section, places) = columns::places(&new.places);
        let written = params![
            event.now.number,
            status.as_str(),
            event.slots.take(),
            about.id(),
            new.customer.as_str(),
            seats,
            section,
            places,
            event.now.price_list,
            number(total),
            about.at(),
            time(new.expires_at),
            number(new.fingerprint),
            about.principal(),
        ];
        match self.begin.execute(written) {
            Err(error) if is_constraint(&error) => {
                Err(about.cannot_follow("which is there already"))
            }
            written => written.map(drop).tried("write a reservation"),
        }
    }

    /// A held reservation becomes confirmed, with all that it has.
    pub(super) fn confirm(
        &mut self,
        event: &CachedEvent,
        about: ReservationChange<'_>,
    ) -> Result<(), RowsError> {
        let written = params![about.id(), event.now.number, about.at(), about.principal()];
        let rows = self.confirm.execute(written).tried("write a reservation")?;
        one(rows, about)
    }

    /// A hold's deadline moves.
    pub(super) fn extend(
        &mut self,
        event: &CachedEvent,
        about: ReservationChange<'_>,
        to: Timestamp,
    ) -> Result<(), RowsError> {
        let written =
            params![about.id(), event.now.number, about.at(), about.principal(), time(to)];
        let rows = self.extend.execute(written).tried("write a reservation")?;
        one(rows, about)
    }

    /// A live reservation ends.
    pub(super) fn end(
        &mut self,
        event: &mut CachedEvent,
        about: ReservationChange<'_>,
        from: Status,
        to: Status,
    ) -> Result<(), RowsError> {
        let wanted = params![about.id(), event.now.number, from.as_str()];
        let mut found = self.find.query(wanted).tried("find a reservation")?;
        let row = found.next().tried("find a reservation")?.ok_or_else(|| about.not_so())?;
        let columns = Columns::new("reservations", row);
        let (row, slot) = (columns.signed(0)?, columns.small(1)?);
        let written = params![row, to.as_str(), about.at(), about.principal()];
        let rows = self.end.execute(written).tried("write a reservation")?;
        event.slots.end_one((remembered_until(*about.reservation, about.recorded.at), slot));
        one(rows, about)
    }

    /// A live reservation gives up some of its places.
    pub(super) fn shrink(
        &mut self,
        event: &CachedEvent,
        about: ReservationChange<'_>,
        gone: &TakenPlaces,
        from: Status,
        to: Status,
    ) -> Result<(), RowsError> {
        let wanted = params![about.id(), event.now.number, from.as_str()];
        let mut found = self.has.query(wanted).tried("find a reservation")?;
        let row = found.next().tried("find a reservation")?.ok_or_else(|| about.not_so())?;
        let columns = Columns::new("reservations", row);
        let left = columns
            .places(1)?
            .without(gone)
            .ok_or_else(|| about.cannot_follow("which has not the places that it gives up"))?;
        let prices: Vec<u64> = columns.json(4)?;
        let total = total(&prices, &left).ok_or_else(|| about.cannot_follow(NO_PRICE))?;
        let (seats, _, places) = columns::places(&left);
        let (row, status) = (columns.signed(0)?, to.as_str());
        let written =
            params![row, status, about.at(), about.principal(), seats, places, number(total)];
        let rows = self.shrink.execute(written).tried("write a reservation")?;
        one(rows, about)
    }
}

const NO_PRICE: &str = "which has places in a section that has no price";

fn one(rows: usize, about: ReservationChange<'_>) -> Result<(), RowsError> {
    if rows == 1 { Ok(()) } else { Err(about.not_so()) }
}

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
