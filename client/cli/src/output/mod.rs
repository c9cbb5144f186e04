//! The output of commands beyond tables: records of JSON, and seat maps.

mod records;
mod seat_map;

pub(crate) use records::{PingLine, RefusalLine, SectionLine, WatchLine};
pub(crate) use seat_map::{Drawing, draw};
