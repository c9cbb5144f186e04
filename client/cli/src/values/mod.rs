//! What arguments and files say in text: spans of time, points in time, money, sections, seats.
//! Each is parsed once, and its error says what would be right.

mod money;
mod seats;
mod section;

pub(crate) use boxoffice_load::time::{Span, rfc3339, span};
pub(crate) use money::{Amount, money};
pub(crate) use seats::{SeatList, keep_of, one_list, places};
pub(crate) use section::{Limit, RowRange, SectionArg, SectionPrice, layout_of_rows};
