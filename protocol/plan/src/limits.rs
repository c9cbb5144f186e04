//! Every bound of a plan, with why.

/// Bytes of a plan's file and of its canonical form: a hall of 100,000 seats, each with a position
/// and an id, fits.
pub const MAX_PLAN_BYTES: usize = boxoffice_protocol::limits::MAX_PLAN_BYTES;

/// Seats of one plan over all its sections.
pub const MAX_PLAN_SEATS: usize = 1_000_000;

/// Sections of one plan (a [`SeatNumber`](crate::SeatNumber) has 8 bits for it).
pub const MAX_PLAN_SECTIONS: usize = 255;

/// Rows of one plan over all its sections.
pub const MAX_PLAN_ROWS: usize = 100_000;

/// Rows of one section; the wire has 12 bits for it.
pub const MAX_SECTION_ROWS: usize = 4_096;

/// Seats of one row; the wire has 12 bits for it.
pub const MAX_ROW_SEATS: usize = 4_096;

/// Places of one standing section.
pub const MAX_CAPACITY: u32 = 1_000_000_000;

/// Categories of one plan, those that a section has of its own included.
pub const MAX_CATEGORIES: usize = 1_000;

/// Shapes and outlines of one plan, drawn and nothing else.
pub const MAX_SHAPES: usize = 20_000;

/// Points of one outline or polygon.
pub const MAX_OUTLINE_POINTS: usize = 10_000;

/// Entries about single seats in one section.
pub const MAX_SEAT_TABLES: usize = 100_000;

/// Characters of a label of a row or a seat: it has to fit on a ticket.
pub const MAX_LABEL_CHARS: usize = 16;

/// Bytes of a label: four for each of its characters.
pub const MAX_LABEL_BYTES: usize = 64;

/// Bytes of a section's name.
pub const MAX_SECTION_NAME_BYTES: usize = 32;

/// Bytes of the name of a plan.
pub const MAX_PLAN_NAME_BYTES: usize = 200;

/// Bytes of the name of a category or a floor.
pub const MAX_CATEGORY_NAME_BYTES: usize = 64;

/// Bytes of the id that a seat has in another system.
pub const MAX_GUID_BYTES: usize = 128;

/// Bytes of a text that is drawn.
pub const MAX_DRAWN_TEXT_BYTES: usize = 1_000;

/// Bytes of a colour's name.
pub const MAX_COLOR_BYTES: usize = 32;

/// The largest coordinate, length or angle, either side of zero. Sums of them stay exact enough to
/// draw.
pub const MAX_COORDINATE: f64 = 1e9;

/// Bytes of what a person writes to name seats.
pub const MAX_SEATS_TEXT_BYTES: usize = 64 * 1024;

/// Ranges of seats that one text may name: as many as a plan has rows.
pub const MAX_LISTED_RANGES: usize = MAX_PLAN_ROWS;

/// Faults of one file that are told one by one.
pub const MAX_FAULTS: usize = 20;
