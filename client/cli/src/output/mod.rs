//! The output of commands beyond tables: records of JSON, seat maps, and plans.

mod plan;
mod records;
mod row_names;
mod seat_map;

pub(crate) use plan::{PlanLine, plan_map, plan_table};
pub(crate) use records::{PingLine, RefusalLine, SectionLine, WatchLine};
pub(crate) use row_names::RowNames;
pub(crate) use seat_map::{Drawing, draw};
