//! Names and places, parsed once and valid for ever after.

mod booking_code;
mod lettered_seat;
mod names;
mod plan_digest;
mod reservation;
mod seat;
mod seat_label;

pub use booking_code::BookingCode;
pub use lettered_seat::{LetteredSeat, RowLabel};
pub use names::{
    BackupName, ClientName, CustomerId, EventId, EventName, OrderNumber, Principal, SectionName,
    TicketType, Token,
};
pub use plan_digest::PlanDigest;
pub use reservation::ReservationId;
pub use seat::Seat;
pub use seat_label::{LabelText, SeatLabel};
