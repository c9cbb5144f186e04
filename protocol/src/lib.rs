//! The words and the wire of [Boxoffice](https://docs.rs/boxoffice-protocol), a ticket
//! reservation server: what clients and servers say to each other, and nothing about how either
//! does its work.
//!
//! - [`id`]: names and places, parsed once and valid for ever after.
//! - [`event`], [`reservation`]: what there is to reserve, and what was reserved.
//! - [`request`], [`reply`], [`refusal`]: what is asked and answered.
//! - [`change`]: what happened to an event, as the ledger holds it and as watchers see it.
//! - [`frame`]: the bytes of all that. `SPEC.md` in this folder describes them for other languages.
//! - [`reply_view`], [`request_view`]: replies and requests seen where they lie.
//! - `json`, with the feature `json`: all that as JSON, for HTTP and for `boxoffice --json`.
//! - `csv`, with the feature `csv`: lines for spreadsheets.
//! - [`time`]: points in time.
//! - [`limits`]: every bound.
//!
//! The crate does no I/O, reads no clock and needs no runtime.

#![forbid(unsafe_code)]

pub mod change;
#[cfg(feature = "csv")]
pub mod csv;
pub mod event;
pub mod frame;
pub mod id;
#[cfg(feature = "json")]
pub mod json;
pub mod limits;
pub mod price_list;
pub mod refusal;
pub mod reply;
pub mod reply_view;
pub mod request;
pub mod request_view;
pub mod reservation;
pub mod time;

mod currency;
mod inline_text;
mod layout;
mod list;
mod plan_part;
mod presentation;
mod publication;
mod request_names;
mod sales;
mod seat_map;
mod section;
mod taken_places;
mod terms;
mod text;
mod text_rules;
mod ticket;
mod ticket_request;
mod varint;
mod written;
mod zoned_time;

pub use list::{Bounded, List, Seats};
pub use plan_part::PlanPart;
pub use text::{InvalidField, Text};
pub use written::{escape_deceptive, replace_deceptive};
