//! What the texts and numbers in JSON may be, for the description of the API. The protocol's types
//! say it in code, and know nothing of JSON.
#![allow(dead_code, reason = "they stand for the protocol's types in the description")]

use super::EventRecord;
use super::events::MoreOfEvent;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What an event is called in addresses: lower-case letters, digits and hyphens. Its creator
/// chooses it.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9-]*$", min_length = 1, max_length = 64,
    example = "dune-2")]
pub(crate) struct EventId(String);

/// What people call an event.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 200, example = "Dune: Part Two")]
pub(crate) struct EventName(String);

/// Letters and digits of any script, hyphens and underscores.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 32, example = "stalls")]
pub(crate) struct SectionName(String);

/// Whom a reservation is for: an e-mail address, a UUID, whatever their shop calls them.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 64, example = "ann@example.com")]
pub(crate) struct CustomerId(String);

/// A UUID of version 7 that the client chooses before it sends. It is unique within its event, and
/// from 24 hours before to 5 minutes after the server's time. Sending it again never does anything
/// twice.
#[derive(ToSchema)]
#[schema(value_type = String, format = "uuid",
    pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    example = "0192d3a0-7b1c-7def-8a12-3456789abcde")]
pub(crate) struct ReservationId(String);

/// A seat: its row's letters and its number, behind its section's name where several are seated.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^(.{1,32}:)?[A-Z]{1,3}[1-9][0-9]{0,3}$", example = "A12")]
pub(crate) struct SeatLabel(String);

/// A row's letters: A to Z, AA, AB and so on.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{1,3}$", example = "A")]
pub(crate) struct RowLabel(String);

/// An ISO 4217 code.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "EUR")]
pub(crate) struct Currency(String);

/// RFC 3339, with an offset. Answers have it in UTC with milliseconds.
#[derive(ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-12-24T19:00:00.000Z")]
pub(crate) struct Time(String);

/// Money in the event's currency, in minor units: 4500 is 45.00 EUR.
#[derive(ToSchema)]
#[schema(value_type = u64, minimum = 0, maximum = 1_000_000_000_000_u64, example = 4_500)]
pub(crate) struct Minor(u64);

/// An event's version: how many changes it has had.
#[derive(ToSchema)]
#[schema(value_type = u64, minimum = 0, example = 7)]
pub(crate) struct Version(u64);

/// How many places.
#[derive(ToSchema)]
#[schema(value_type = u32, minimum = 1, maximum = 100, example = 2)]
pub(crate) struct PlaceCount(u32);

/// How many rows of a list.
#[derive(ToSchema)]
#[schema(value_type = u32, minimum = 1, maximum = 1_000, example = 50)]
pub(crate) struct PageLimit(u32);

/// Whether an event can be reserved.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Sales {
    Open,
    Closed,
}

/// Whether a section has seats or only a capacity.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Kind {
    Seated,
    Standing,
}

/// Where a reservation is in its life.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Status {
    Held,
    Confirmed,
    Released,
    Expired,
    Cancelled,
}

/// The state of a place.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum PlaceState {
    Free,
    Held,
    Sold,
    Blocked,
}

/// Seats of each row, or how many rows of how many seats.
#[derive(ToSchema)]
#[serde(untagged)]
pub(crate) enum Rows {
    /// The seats of each row, the front one first.
    #[schema(example = json!([18, 20, 22]))]
    Each(Vec<u16>),
    /// The same number of seats in each.
    Alike(AlikeRows),
}

/// `10x20`: ten rows of twenty seats.
#[derive(ToSchema)]
#[schema(value_type = String, example = "10x20", pattern = "^[0-9]{1,4}x[0-9]{1,4}$")]
pub(crate) struct AlikeRows(String);

/// An event, with its sections.
#[derive(ToSchema)]
#[schema(as = Event)]
pub(crate) struct WholeEvent {
    #[serde(flatten)]
    summary: EventRecord<'static>,
    #[serde(flatten)]
    more: MoreOfEvent<'static>,
}

/// The server's figures: numbers, and texts where they are none.
#[derive(ToSchema)]
#[schema(value_type = HashMap<String, Figure>, example = json!({ "events": 3, "ledger": "journal" }))]
pub(crate) struct Figures(HashMap<String, Figure>);

/// One of them.
#[derive(ToSchema)]
#[serde(untagged)]
pub(crate) enum Figure {
    Count(u64),
    Text(String),
}
