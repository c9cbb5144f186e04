//! Seating plans of pretix: `seating-plan.schema.json` of the open-source ticket shop, as of 2025.
//!
//! What a plan has words for becomes part of it; everything else stays under `pretix`, so that
//! [`export`] gives the JSON that [`import`] read. `differences` finds what has to stay.

mod areas;
mod breaks;
mod differences;
mod export;
mod export_rows;
mod import;
mod import_labels;
mod import_rows;
mod json;
mod keys;

pub use export::{PretixExport, export};
pub use import::{PretixImport, import};
