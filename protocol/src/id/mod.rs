//! Names and places, parsed once and valid for ever after.

mod names;
mod plan_digest;
mod reservation;
mod seat;

pub use names::{
    BackupName, ClientName, CustomerId, EventId, EventName, Principal, SectionName, Token,
};
pub use plan_digest::PlanDigest;
pub use reservation::ReservationId;
pub use seat::{LetteredSeat, RowLabel, Seat, SeatLabel};
