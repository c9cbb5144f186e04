//! The output of commands beyond tables: records of JSON, and seat maps.

mod records;
mod seat_map;

pub(crate) use records::{
    EventRecord, PlacesRecord, RefusalRecord, ReservationRecord, SavedRecord, SeatsNowRecord,
    SeatsRecord, SectionNowRecord, sales, state,
};
pub(crate) use seat_map::{Drawing, draw};
