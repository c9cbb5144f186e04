//! The protocol's vocabulary as JSON, one set of types for every program that speaks it: the HTTP
//! API and its event streams, and `boxoffice --json`. Feature `json`.
//!
//! - *Records* ([`EventRecord`], [`ReservationRecord`], [`SeatMapRecord`], …) are written. They
//!   borrow from the protocol's types and hold what a caller may see.
//! - *Requests* ([`CreateEventRequest`], [`ReservationRequest`], …) are parsed. A request that
//!   exists is valid, and [`BodyError`] names the field that is not by its path: `seats[1]`.
//! - Times are RFC 3339 ([`Rfc3339`]), money is whole minor units ([`MinorUnits`]).
//!
//! With the feature `openapi` every type describes itself for an OpenAPI document. The descriptions
//! of the protocol's own types are in `schema`.

mod codec;
mod event_requests;
mod events;
mod numbers;
mod places_changed;
mod plans;
mod problem;
mod reservation_requests;
mod reservations;
#[cfg(feature = "openapi")]
mod schema;
mod seat_map;
mod section_kind;
mod server;
mod text;
mod tickets;
mod time;

pub use codec::{BodyError, parse, refusal_at, to_vec};
pub use event_requests::{CreateEventRequest, ReadTime, UpdateEventRequest};
pub use events::{EventRecord, EventSummaryRecord, EventsRecord, SavedRecord};
pub use numbers::{MinorUnits, Revision, Version};
pub use places_changed::{PlacesChangedRecord, SeatsNowRecord, SectionCountsRecord};
pub use plans::PlanSavedRecord;
pub use problem::{ProblemRecord, RefusalRecord};
pub use reservation_requests::{
    ConfirmationRequest, EndingRequest, ExchangeRequest, ExtensionRequest, LeaveRequest,
    OrderRequest, ReservationRequest, SetOrderRequest, TransferRequest,
};
pub use reservations::{CursorText, OrderRecord, ReservationRecord, ReservationsRecord};
pub use seat_map::{RowRecord, SeatMapRecord, SectionSeatsRecord};
pub use server::{ServerRecord, StatsRecord, VisitorRecord};
pub use time::{Rfc3339, TimeError};
