//! Every bound of the wire, in one place, with why.
//!
//! A peer may rely on these without asking. What a server may lower (hold times, requests in
//! flight) is told in [`Welcome`](crate::reply::Welcome).

/// The first bytes of every connection's [`Hello`](crate::request::Hello), so that a stray
/// client of another protocol is recognised at once.
pub const MAGIC: [u8; 4] = *b"BXOF";

/// The version of the protocol that this crate speaks.
pub const PROTOCOL_VERSION: u16 = 1;

/// Every version of the protocol that this crate can speak.
pub const SUPPORTED_VERSIONS: &[u16] = &[PROTOCOL_VERSION];

/// Bytes of the frame header: the length (u32) and the correlation id (u32), little endian.
pub const FRAME_HEADER_BYTES: usize = 8;

/// The largest value of a request frame's length field, in bytes. An update that blocks a thousand
/// seats fits; a connection's input buffer stays small.
pub const MAX_REQUEST_FRAME_BYTES: usize = 64 * 1024;

/// The largest value of a reply frame's length field, in bytes: the seat map of the largest event
/// ([`MAX_EVENT_SEATS`] and [`MAX_EVENT_ROWS`]) takes half of it.
pub const MAX_REPLY_FRAME_BYTES: usize = 1024 * 1024;

/// Once a list page holds this many bytes it ends, whatever limit was asked for.
pub const PAGE_BYTES: usize = 256 * 1024;

/// Rows in one page of a list.
pub const MAX_PAGE_ROWS: u32 = 1_000;

/// Requests that one connection may have in flight if its `Hello` asks for nothing.
pub const DEFAULT_IN_FLIGHT: u32 = 128;

/// Requests in flight that a `Hello` may ask for.
pub const MAX_IN_FLIGHT: u32 = 16_384;

/// Events that one connection may watch at once.
pub const MAX_WATCHES: usize = 64;

/// Bytes of an event's id.
pub const MAX_EVENT_ID_BYTES: usize = 64;

/// Bytes of a customer's id: an e-mail address fits, and a name in any script.
pub const MAX_CUSTOMER_ID_BYTES: usize = 128;

/// Bytes of a principal: the name of a token.
pub const MAX_PRINCIPAL_BYTES: usize = 64;

/// Bytes of an order number.
pub const MAX_ORDER_NUMBER_BYTES: usize = 64;

/// Reservations of an event that one order has, at most: they are confirmed in one decision.
pub const MAX_ORDER_RESERVATIONS: usize = 32;

/// Bytes of an event's name.
pub const MAX_EVENT_NAME_BYTES: usize = 200;

/// Bytes of a venue's name.
pub const MAX_VENUE_BYTES: usize = 128;

/// Bytes of an event's description: some paragraphs.
pub const MAX_DESCRIPTION_BYTES: usize = 2_048;

/// Bytes of an event's link.
pub const MAX_LINK_BYTES: usize = 512;

/// Bytes of a time zone's name.
pub const MAX_ZONE_BYTES: usize = 64;

/// Bytes of a section's name, and of a ticket type's.
pub const MAX_SECTION_NAME_BYTES: usize = 32;

/// Bytes of a text that names seats: the longest label that is printed has 162, and a range two of them
/// without a second section.
pub const MAX_SEAT_LABEL_BYTES: usize = 300;

/// Bytes of a client's name in `Hello`.
pub const MAX_CLIENT_NAME_BYTES: usize = 64;

/// Bytes of a token in `Hello`.
pub const MAX_TOKEN_BYTES: usize = 256;

/// Bytes of a backup's name: a file name with room for what is put behind it while it is made.
pub const MAX_BACKUP_NAME_BYTES: usize = 64;

/// Sections of one event.
pub const MAX_SECTIONS: usize = 255;

/// Types of tickets of one event.
pub const MAX_TICKET_TYPES: usize = 16;

/// Prices of an event that differ from those of their categories: one for each section and type.
pub const MAX_TICKET_PRICES: usize = MAX_SECTIONS * MAX_TICKET_TYPES;

/// Rows of one seated section (a [`Seat`](crate::id::Seat) has 12 bits for it).
pub const MAX_ROWS: usize = 4_096;

/// Seats of one row (a [`Seat`](crate::id::Seat) has 12 bits for it).
pub const MAX_ROW_SEATS: u16 = 4_096;

/// Seats of one event over all its sections: its seat map is then 250 kB.
pub const MAX_EVENT_SEATS: usize = 1_000_000;

/// Rows of one event over all its sections: a row costs up to three bytes of a seat map.
pub const MAX_EVENT_ROWS: usize = 100_000;

/// Places of one standing section.
pub const MAX_STANDING_CAPACITY: u32 = 1_000_000_000;

/// Places that one reservation may ask for.
pub const MAX_RESERVATION_PLACES: u32 = 100;

/// Seats that one update may block, and as many that it may unblock.
pub const MAX_UPDATE_SEATS: usize = 2_000;

/// Bytes of a plan's canonical form.
pub const MAX_PLAN_BYTES: usize = 16 * 1024 * 1024;

/// Bytes of one part of a plan: a request with it fits a frame.
pub const MAX_PLAN_PART_BYTES: usize = 60 * 1024;

/// A price, in minor units: a hundred places at this price are far from overflowing a `u64`.
pub const MAX_PRICE_MINOR: u64 = 1_000_000_000_000;

/// When an event begins, in milliseconds since 1970: the end of the year 9999, the last that
/// RFC 3339 can write.
pub const MAX_STARTS_AT_MS: u64 = 253_402_300_799_999;

/// How long after its deadline a hold can be paid late, in milliseconds (24 h).
pub const MAX_LATE_MS: u64 = 24 * 60 * 60 * 1_000;

/// How long an ended reservation is remembered at least, in milliseconds (24 h and a minute). Longer
/// than it can be asked about with an effect, so that no server over a shared store, whose clocks
/// differ by a second at most, has forgotten what another one repeats or reinstates.
pub const REMEMBERED_MS: u64 = MAX_ID_AGE_MS + 60 * 1_000;

const _: () = assert!(MAX_LATE_MS < REMEMBERED_MS);

/// Holds that one change expires, at most.
pub const MAX_EXPIRED_TOGETHER: usize = 64;

/// A hold that is left ends after so many milliseconds (20 s): within them its customer's next page
/// can extend it, also over a slow network.
pub const LEFT_HOLD_MS: u64 = 20_000;

/// A reservation's id may be this much older than the server's time when it is first sent, in
/// milliseconds (24 h): so long can an outage be that a client retries across. A server forgets
/// ended reservations only after it.
pub const MAX_ID_AGE_MS: u64 = 24 * 60 * 60 * 1_000;

/// A reservation's id may be this far ahead of the server's time, in milliseconds (5 min): so
/// wrong may a client's clock be.
pub const MAX_ID_AHEAD_MS: u64 = 5 * 60 * 1_000;
