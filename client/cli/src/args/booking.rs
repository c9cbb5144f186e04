//! The arguments of commands about reservations.

use crate::values::{Amount, SeatList, ShownReservation, SpanArg, TypeCountsArg, TypesArg};
use boxoffice_client::protocol::id::{
    BookingCode, CustomerId, EventId, OrderNumber, ReservationId, SectionName,
};
use clap::{ArgGroup, Args};

/// The places of a new reservation, and its customer.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("selection").required(true).args(["seats", "best", "standing"]))]
pub(crate) struct PlacesArgs {
    /// The id of the event
    pub(crate) event: EventId,
    /// These seats, all or none: A1 A2, A1..A4,B3, balcony:C4
    pub(crate) seats: Vec<SeatList>,
    /// The best N free seats
    #[arg(long, value_name = "N")]
    pub(crate) best: Option<u32>,
    /// Any N standing places
    #[arg(long, value_name = "N")]
    pub(crate) standing: Option<u32>,
    /// Only in this section
    #[arg(long, conflicts_with = "seats")]
    pub(crate) section: Option<SectionName>,
    /// The best seats must be adjacent in one row
    #[arg(long, conflicts_with_all = ["seats", "standing"])]
    pub(crate) together: bool,
    /// The types of the tickets: one for each place (adult,child), or how many of each ('adult 2,
    /// child 1'); all of the event's first type if left out
    #[arg(long, value_name = "TYPES")]
    pub(crate) types: Option<TypesArg>,
    /// Only if all of it costs at most this: 90.00
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) at_most: Option<Amount>,
    /// The customer of the reservation; if left out, the context's or the token's [env: BOXOFFICE_CUSTOMER]
    #[arg(long)]
    pub(crate) customer: Option<CustomerId>,
    /// The reservation's id, to repeat a request whose outcome is unknown; a new one if left out
    #[arg(long, value_name = "UUID")]
    pub(crate) id: Option<ReservationId>,
    /// The shop's number of the order that it belongs to
    #[arg(long)]
    pub(crate) order: Option<OrderNumber>,
}

/// The arguments of `hold`.
#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    pub(crate) places: PlacesArgs,
    /// For how long: 90s, 2m; the server's default if left out
    #[arg(long, value_name = "TIME")]
    pub(crate) ttl: Option<SpanArg>,
}

/// The arguments of `reserve`.
#[derive(Debug, Args)]
pub(crate) struct ReserveArgs {
    #[command(flatten)]
    pub(crate) places: PlacesArgs,
}

/// The key of a reservation.
#[derive(Debug, Args)]
pub(crate) struct ReservationArgs {
    /// The id of its event
    pub(crate) event: EventId,
    /// The id of the reservation
    pub(crate) id: ReservationId,
    /// The customer that has it; if left out, the context's or the token's [env: BOXOFFICE_CUSTOMER]
    #[arg(long)]
    pub(crate) customer: Option<CustomerId>,
}

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The id of its event
    pub(crate) event: EventId,
    /// The id of the reservation, or its booking code
    pub(crate) id: ShownReservation,
    /// The customer that has it; if left out, the context's or the token's, and with a booking code any [env: BOXOFFICE_CUSTOMER]
    #[arg(long)]
    pub(crate) customer: Option<CustomerId>,
}

/// The arguments of `find`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("by").required(true).multiple(true).args(["code", "order"]))]
pub(crate) struct FindArgs {
    /// The booking code: 7K3M9QPA, in either case and with hyphens or without
    #[arg(long)]
    pub(crate) code: Option<BookingCode>,
    /// The shop's number of the order
    #[arg(long)]
    pub(crate) order: Option<OrderNumber>,
    /// Only reservations of this event
    #[arg(long)]
    pub(crate) event: Option<EventId>,
    /// Only reservations of this customer
    #[arg(long)]
    pub(crate) customer: Option<CustomerId>,
}

/// The arguments of `order`.
#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// The shop's number of the order
    pub(crate) order: OrderNumber,
}

/// The arguments of `confirm-order`.
#[derive(Debug, Args)]
pub(crate) struct ConfirmOrderArgs {
    /// The id of the event
    pub(crate) event: EventId,
    /// The shop's number of the order
    pub(crate) order: OrderNumber,
}

/// The arguments of commands that may keep a part.
#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// Keep only these seats (A1,A2), or this number of standing places (2)
    #[arg(long, value_name = "SEATS|N")]
    pub(crate) keep: Option<String>,
    /// Keep only so many standing places of each type of tickets: 'adult 2, child 1'
    #[arg(long, value_name = "TYPES", conflicts_with = "keep")]
    pub(crate) keep_types: Option<TypeCountsArg>,
}

/// The arguments of `confirm`.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    #[command(flatten)]
    pub(crate) kept: KeepArgs,
    /// Confirm a hold that expired less than 24 hours ago, too, if all its places are free; otherwise
    /// it is forfeited. It takes an agent's token
    #[arg(long, conflicts_with = "keep")]
    pub(crate) reinstate: bool,
}

/// The arguments of `extend`.
#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// For how long from now: 90s, 2m; the server's default if left out
    #[arg(long, value_name = "TIME")]
    pub(crate) ttl: Option<SpanArg>,
}

/// The arguments of `transfer`.
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// The customer that has it from then on
    #[arg(long, value_name = "CUSTOMER")]
    pub(crate) to: CustomerId,
    /// Only if it is at this revision; the one that it has now if left out
    #[arg(long, value_name = "N")]
    pub(crate) if_revision: Option<u64>,
}

/// The arguments of `exchange`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("places").required(true).args(["seats", "standing"]))]
pub(crate) struct ExchangeArgs {
    /// The id of its event
    pub(crate) event: EventId,
    /// The id of the reservation
    pub(crate) id: ReservationId,
    /// All seats that it has from then on: A1 A2, A1..A4,B3, balcony:C4
    pub(crate) seats: Vec<SeatList>,
    /// Any N standing places
    #[arg(long, value_name = "N")]
    pub(crate) standing: Option<u32>,
    /// The section of the standing places
    #[arg(long, conflicts_with = "seats")]
    pub(crate) section: Option<SectionName>,
    /// The types of the tickets: one for each place (adult,child), or how many of each ('adult 2,
    /// child 1'); if left out, places that stay keep theirs
    #[arg(long, value_name = "TYPES")]
    pub(crate) types: Option<TypesArg>,
    /// Only if all of it costs at most this: 90.00
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) at_most: Option<Amount>,
    /// The customer that has it; if left out, the context's or the token's [env: BOXOFFICE_CUSTOMER]
    #[arg(long)]
    pub(crate) customer: Option<CustomerId>,
    /// Only if it is at this revision; the one that it has now if left out
    #[arg(long, value_name = "N")]
    pub(crate) if_revision: Option<u64>,
}
