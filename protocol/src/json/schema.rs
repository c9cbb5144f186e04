//! Descriptions of the protocol's own types for an OpenAPI document. Records and requests derive
//! theirs; here are the words and numbers that they are made of.

use super::time::Rfc3339;
use crate::event::{
    CurrencyCode, Description, Link, PlaceState, Publication, Sales, SalesState, VenueName,
    ZoneName,
};
use crate::id::{
    BookingCode, CustomerId, EventId, EventName, OrderNumber, PlanDigest, ReservationId, RowLabel,
    SeatLabel, SectionName, TicketType,
};
use crate::limits::{
    MAX_CUSTOMER_ID_BYTES, MAX_DESCRIPTION_BYTES, MAX_EVENT_ID_BYTES, MAX_EVENT_NAME_BYTES,
    MAX_LINK_BYTES, MAX_ORDER_NUMBER_BYTES, MAX_PAGE_ROWS, MAX_RESERVATION_PLACES,
    MAX_SEAT_LABEL_BYTES, MAX_SECTION_NAME_BYTES, MAX_VENUE_BYTES, MAX_ZONE_BYTES,
};
use crate::request::PageLimit;
use crate::reservation::{PlaceCount, Status};
use std::borrow::Cow;
use std::collections::HashMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The characters that visible text does not have, in brackets of a regular expression. Of those
/// that some scripts and emoji need, none is here; nor does the expression know the normal form C.
macro_rules! deceptive {
    () => {
        concat!(
            r"\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f",
            r"\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0d\ufeff\uffa0",
            r"\ufff0-\ufffb",
            "\u{e0000}-\u{e0fff}"
        )
    };
}

/// Visible text: no white space at its ends, and nothing that is invisible or reorders its neighbours.
const VISIBLE: &str =
    concat!(r"^[^\s", deceptive!(), r"]([^", deceptive!(), r"]*[^\s", deceptive!(), r"])?$");

/// The same in lines.
const VISIBLE_LINES: &str =
    concat!(r"^[^\s", deceptive!(), r"](([^", deceptive!(), r"]|\n)*[^\s", deceptive!(), r"])?$");

/// Describes types: the name in the document, the description, and what JSON has for them.
macro_rules! describe {
    ($($type:ty, $name:literal, $description:literal, $object:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $object.description(Some($description)).build().into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )*};
}

describe! {
    EventId, "EventId",
        "An event's slug, chosen by its creator: lower-case letters, digits and hyphens.",
        words(MAX_EVENT_ID_BYTES, "dune-2").pattern(Some("^[a-z0-9][a-z0-9-]*$"));
    EventName, "EventName",
        "What people call an event: visible text of at most 200 bytes of UTF-8, in Unicode's normal \
         form C.",
        words(MAX_EVENT_NAME_BYTES, "Dune: Part Two").pattern(Some(VISIBLE));
    VenueName, "VenueName",
        "What the place of an event is called: visible text of at most 128 bytes of UTF-8, in Unicode's \
         normal form C.",
        words(MAX_VENUE_BYTES, "Staatsoper").pattern(Some(VISIBLE));
    Description, "Description",
        "What an event is: visible text of at most 2048 bytes of UTF-8, in Unicode's normal form C, which \
         may have line breaks (U+000A) between its characters.",
        words(MAX_DESCRIPTION_BYTES, "An opera in three acts.").pattern(Some(VISIBLE_LINES));
    Link, "Link",
        "An address of the web in ASCII: https:// or http://, a host, and what may follow it.",
        words(MAX_LINK_BYTES, "https://example.org/opera")
            .pattern(Some(r"^https?://[A-Za-z0-9\[][!$-.0-;=A-Z\[\]_a-z~]*([/?#][!#-;=?-Z\[\]_a-z~]*)?$"));
    SectionName, "SectionName",
        "Letters, digits and marks of any script, and between them spaces, hyphens, underscores, dots \
         and apostrophes; at most 32 bytes of UTF-8.",
        words(MAX_SECTION_NAME_BYTES, "stalls");
    TicketType, "TicketType",
        "The name of a type of tickets, of the same characters as a section's.",
        words(MAX_SECTION_NAME_BYTES, "adult");
    CustomerId, "CustomerId",
        "The person a reservation is for, in the shop's own words: an e-mail address, a UUID, … \
         Visible text of at most 128 bytes of UTF-8, in Unicode's normal form C.",
        words(MAX_CUSTOMER_ID_BYTES, "ann@example.com").pattern(Some(VISIBLE));
    ReservationId, "ReservationId",
        "A UUID of version 7 that the client chooses before it sends. It is unique within its \
         event, and at most 24 hours older and 5 minutes newer than the server's time. Sending it \
         again never has a second effect.",
        text("0192d3a0-7b1c-7def-8a12-3456789abcde")
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .pattern(Some("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
    BookingCode, "BookingCode",
        "The word by which people find a reservation: 8 characters of Crockford's base 32. Two \
         reservations may have the same one, and it gives no right. Requests may write it as people \
         do: in either case, with hyphens, `O` for `0`, `I` or `L` for `1`.",
        text("7K3M9QPA").pattern(Some("^[ -]*([0-9A-TV-Za-tv-z][ -]*){8}$"));
    OrderNumber, "OrderNumber",
        "The shop's own number of a sale: visible text of at most 64 bytes of UTF-8, in Unicode's normal \
         form C. Several reservations of an event may have the same one.",
        words(MAX_ORDER_NUMBER_BYTES, "2026-000123").pattern(Some(VISIBLE));
    PlanDigest, "PlanDigest",
        "The name of a plan: SHA-256 of its canonical form, in hexadecimal digits.",
        text("6f5902ac237024bdd0c176cb93063dc4ae0ad1b5a0d6c2c9ba3ec0ad2b4e9a11")
            .pattern(Some("^[0-9a-f]{64}$"));
    SeatLabel, "SeatLabel",
        "A seat: the letters of its row and its number, after the section's name where several \
         sections are seated. Requests may write it as people do (`a 12`, `Row A Seat 12`), and \
         several as a range (`A4..A6`) or a list.",
        words(MAX_SEAT_LABEL_BYTES, "A12").pattern(Some(VISIBLE));
    RowLabel, "RowLabel",
        "The letters of a row: A to Z, AA, AB and so on.",
        text("A").pattern(Some("^[A-Z]{1,3}$"));
    CurrencyCode, "Currency",
        "A code of ISO 4217; a new event's has to be in the server's list.",
        text("EUR").pattern(Some("^[A-Z]{3}$"));
    Rfc3339, "Time",
        "RFC 3339 with an offset, from 1970 on. Answers are in UTC with milliseconds.",
        text("2026-12-24T19:00:00.000Z")
            .pattern(Some("^(19[7-9][0-9]|[2-9][0-9]{3})-"))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    ZoneName, "ZoneName",
        "The name of a time zone in IANA's database.",
        words(MAX_ZONE_BYTES, "Europe/Berlin").pattern(Some("^[A-Za-z0-9_+/-]+$"));
    PlaceCount, "PlaceCount", "A number of places.", number(MAX_RESERVATION_PLACES, 2);
    PageLimit, "PageLimit", "The most rows of a page.", number(MAX_PAGE_ROWS, 50);
    Sales, "Sales",
        "What an operator says about an event's sales.",
        one_of(Sales::ALL.map(Sales::as_str));
    SalesState, "SalesState",
        "Whether an event can be reserved; the first that is true of draft, cancelled, ended, closed, scheduled, open.",
        one_of(SalesState::ALL.map(SalesState::as_str));
    Publication, "Publication",
        "Whether an event is in lists (listed), found by its id only (unlisted), or seen by admins and agents only (draft).",
        one_of(Publication::ALL.map(Publication::as_str));
    PlaceState, "PlaceState",
        "The state of a place.",
        one_of([PlaceState::Free, PlaceState::Held, PlaceState::Sold, PlaceState::Blocked]
            .map(PlaceState::as_str));
    Status, "Status",
        "Where a reservation is in its life.",
        one_of(Status::ALL.map(Status::as_str));
}

fn text(example: &str) -> ObjectBuilder {
    with_example(ObjectBuilder::new().schema_type(Type::String), example.into())
}

fn words(max: usize, example: &str) -> ObjectBuilder {
    text(example).min_length(Some(1)).max_length(Some(max))
}

fn number(max: u32, example: u32) -> ObjectBuilder {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(max));
    with_example(number, example.into())
}

#[expect(deprecated, reason = "the derived descriptions have `example`, too")]
fn with_example(object: ObjectBuilder, example: serde_json::Value) -> ObjectBuilder {
    object.example(Some(example))
}

fn one_of<const N: usize>(words: [&'static str; N]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

/// The seats of each row, or a number of rows of equal length.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what `CreateEventRequest` reads by hand")]
pub(super) enum Rows {
    /// The seats of each row, the front one first.
    #[schema(example = json!([18, 20, 22]))]
    Each(Vec<u16>),
    /// The same number of seats in each row.
    Alike(AlikeRows),
}

/// `10x20`: ten rows of twenty seats.
#[derive(ToSchema)]
#[schema(value_type = String, example = "10x20", pattern = "^([1-9][0-9]{0,2}x[1-9][0-9]{0,2}|[1-3][0-9]{3}x[1-9][0-9]?)$")]
#[expect(dead_code, reason = "it only describes what `CreateEventRequest` reads by hand")]
pub(super) struct AlikeRows(String);

/// A time as the clocks of the zone show it, or with its offset as RFC 3339 has it; from 1970 on.
#[derive(ToSchema)]
#[schema(value_type = String, example = "2026-12-24T20:00:00", pattern = "^(19[7-9][0-9]|[2-9][0-9]{3})-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]")]
#[expect(dead_code, reason = "it only describes what `CreateEventRequest` hands on")]
pub(super) struct WrittenTime(String);

/// The places that a reservation keeps: a list of seats, or a number of standing places.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what `EndingRequest` reads by hand")]
pub(super) enum Keep {
    /// The seats that it keeps.
    #[schema(example = json!(["A1", "A2"]))]
    Seats(Vec<SeatLabel>),
    /// The number of standing places that it keeps.
    Standing(PlaceCount),
    /// The number of standing places of each ticket type that it keeps.
    #[schema(example = json!({"adult": 2, "child": 1}))]
    Types(HashMap<String, PlaceCount>),
}

/// The types of tickets: one for each place, or the number of each.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what is read and written by hand")]
pub(super) enum TicketTypes {
    /// The type of each place.
    #[schema(example = json!(["adult", "child"]))]
    Each(Vec<TicketType>),
    /// The number of each type.
    #[schema(example = json!({"adult": 2, "child": 1}))]
    Counts(HashMap<String, PlaceCount>),
}
