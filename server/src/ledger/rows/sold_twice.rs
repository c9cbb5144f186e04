//! A seat that was sold twice, which must not be.

use boxoffice_protocol::id::{EventId, ReservationId, Seat};
use std::fmt;

/// A seat that two reservations have at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldTwice {
    pub event: EventId,
    pub seat: Seat,
    /// The reservations that took it, in this order.
    pub takers: [SeatTaker; 2],
}

/// A reservation that took a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatTaker {
    pub reservation: ReservationId,
    /// The event's version that the change made which took it.
    pub version: u64,
}

impl fmt::Display for SoldTwice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event, seat, takers: [one, two] } = self;
        let (section, row, number) = (seat.section(), seat.row(), seat.number());
        let (first, second) = (one.reservation, two.reservation);
        write!(
            f,
            "event {event}: seat {number} in row {row} of section {section}, each counted from 0,"
        )?;
        write!(f, " was sold to reservation {first} by version {}", one.version)?;
        write!(f, " and to reservation {second} by version {}", two.version)
    }
}
