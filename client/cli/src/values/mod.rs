//! Values in arguments, files and messages: spans and points in time, money, sections, seats,
//! encodings. Each is parsed once, and its error says what is expected.

mod edit;
mod encoding;
mod money;
mod pasted;
mod seats;
mod section;
mod server_name;
mod shown;
mod status;
mod tickets;
mod time;

pub(crate) use boxoffice_load::format::rfc3339;
pub(crate) use edit::EditArg;
pub(crate) use encoding::TextEncoding;
pub(crate) use money::{Amount, money};
pub(crate) use pasted::{is_hyphen, trim};
pub(crate) use seats::{SeatList, clip, keep_of, one_list, places, seats_of};
pub(crate) use section::{
    BlockArg, LimitArg, RowRange, SalesTimeArg, SectionArg, SectionPrice, layout_of_rows,
};
pub(crate) use server_name::ServerName;
pub(crate) use shown::ShownReservation;
pub(crate) use status::StatusArg;
pub(crate) use tickets::{
    NOT_SOLD, PriceArg, TypeCountsArg, TypeNames, TypesArg, offer, parted, prices_of, ticket_price,
    tickets,
};
pub(crate) use time::{SpanArg, local_time, span, venue_time};
