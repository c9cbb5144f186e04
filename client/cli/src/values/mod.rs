//! Values in arguments, files and messages: spans and points in time, money, sections, seats. Each is
//! parsed once, and its error says what is expected.

mod money;
mod seats;
mod section;
mod time;

pub(crate) use boxoffice_load::format::rfc3339;
pub(crate) use money::{Amount, money};
pub(crate) use seats::{SeatList, clip, keep_of, one_list, places, seats_of};
pub(crate) use section::{LimitArg, RowRange, SectionArg, SectionPrice, layout_of_rows};
pub(crate) use time::{SpanArg, span};
