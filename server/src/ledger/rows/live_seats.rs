//! The seats of live reservations, a row each: their key finds a seat that was sold twice.
//!
//! A server never sells one twice, and what follows a log does not rely on that.

use super::columns::{number, seat as seat_number};
use super::error::{RowsError, Tried};
use super::sold_twice::{SeatTaker, SoldTwice};
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::{Change, Recorded, TakenPlaces};
use boxoffice_protocol::id::{EventId, ReservationId, Seat};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

/// The statements about live seats.
pub(super) struct LiveSeats<'c> {
    take: CachedStatement<'c>,
    taker: CachedStatement<'c>,
    let_go: CachedStatement<'c>,
    end: CachedStatement<'c>,
    end_all: CachedStatement<'c>,
}

impl<'c> LiveSeats<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> Result<Self, RowsError> {
        let prepared = |sql| connection.prepare_cached(sql).tried("prepare to write live seats");
        Ok(Self {
            take: prepared("INSERT OR IGNORE INTO live_seats VALUES (?1, ?2, ?3, ?4)")?,
            taker: prepared(
                "SELECT reservation, version FROM live_seats WHERE slug = ?1 AND seat = ?2",
            )?,
            let_go: prepared("DELETE FROM live_seats WHERE slug = ?1 AND seat = ?2")?,
            end: prepared("DELETE FROM live_seats WHERE slug = ?1 AND reservation = ?2")?,
            end_all: prepared("DELETE FROM live_seats WHERE slug = ?1")?,
        })
    }

    /// Writes what a change comes to.
    pub(super) fn follow(&mut self, event: &EventId, recorded: &Recorded) -> Result<(), RowsError> {
        match &recorded.change {
            Change::Held(new) | Change::Reserved(new) => {
                let taker = SeatTaker { reservation: new.id, version: recorded.version };
                self.take(event, taker, &new.places)
            }
            Change::Reinstated { id, places, .. } => {
                let taker = SeatTaker { reservation: *id, version: recorded.version };
                self.take(event, taker, places)
            }
            Change::Exchanged { id, from, to } => {
                let taker = SeatTaker { reservation: *id, version: recorded.version };
                self.let_go(event, from)?;
                self.take(event, taker, to)
            }
            Change::Confirmed { let_go: Some(gone), .. }
            | Change::Released { let_go: Some(gone), .. }
            | Change::Cancelled { let_go: Some(gone), .. } => self.let_go(event, gone),
            Change::Released { id, let_go: None } | Change::Cancelled { id, let_go: None } => {
                self.end(event, id)
            }
            Change::Expired { ids } => ids.iter().try_for_each(|id| self.end(event, id)),
            Change::Deleted => self.end_all(event),
            Change::Created(_)
            | Change::Updated(_)
            | Change::Confirmed { let_go: None, .. }
            | Change::Extended { .. }
            | Change::Transferred { .. }
            | Change::SalesMoved { .. }
            | Change::Ordered { .. }
            | Change::ConfirmedTogether { .. }
            | Change::Forfeited { .. } => Ok(()),
        }
    }

    /// Writes those of an event that has none here.
    pub(super) fn take_over(&mut self, event: &Inventory) -> Result<(), RowsError> {
        for reservation in event.saved_reservations().filter(|it| it.status.is_live()) {
            let taker = SeatTaker { reservation: reservation.id, version: reservation.version };
            self.take(event.id(), taker, &reservation.places)?;
        }
        Ok(())
    }

    /// Removes those of an event.
    pub(super) fn end_all(&mut self, event: &EventId) -> Result<(), RowsError> {
        self.end_all.execute([event.as_str()]).tried("write live seats").map(drop)
    }

    fn take(
        &mut self,
        event: &EventId,
        taker: SeatTaker,
        places: &TakenPlaces,
    ) -> Result<(), RowsError> {
        let Some(seats) = places.seats() else { return Ok(()) };
        for &seat in seats.iter() {
            let (id, version) = (taker.reservation.as_bytes(), number(taker.version));
            let row = params![event.as_str(), seat_number(seat), id.as_slice(), version];
            if self.take.execute(row).tried("write live seats")? == 0 {
                let first = self.taker(event, seat)?;
                let (event, takers) = (event.clone(), [first, taker]);
                return Err(RowsError::SoldTwice(Box::new(SoldTwice { event, seat, takers })));
            }
        }
        Ok(())
    }

    fn taker(&mut self, event: &EventId, seat: Seat) -> Result<SeatTaker, RowsError> {
        let found = self.taker.query_row(params![event.as_str(), seat_number(seat)], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?))
        });
        let place = || format!("table live_seats, event {event}, seat {}", seat_number(seat));
        let found = found.optional().tried("read live seats")?;
        let (id, version) = found.ok_or_else(|| RowsError::damaged(place(), "it is missing"))?;
        let reservation = ReservationId::from_uuid(uuid::Uuid::from_bytes(id))
            .map_err(|why| RowsError::damaged(place(), why.to_string()))?;
        Ok(SeatTaker { reservation, version: version.cast_unsigned() })
    }

    fn let_go(&mut self, event: &EventId, places: &TakenPlaces) -> Result<(), RowsError> {
        let Some(seats) = places.seats() else { return Ok(()) };
        for &seat in seats.iter() {
            let row = params![event.as_str(), seat_number(seat)];
            self.let_go.execute(row).tried("write live seats")?;
        }
        Ok(())
    }

    fn end(&mut self, event: &EventId, id: &ReservationId) -> Result<(), RowsError> {
        let row = params![event.as_str(), id.as_bytes().as_slice()];
        self.end.execute(row).tried("write live seats").map(drop)
    }
}
