//! The statements of rows in PostgreSQL. Rows go in and come out as JSON.

/// Tables are made by one server at a time.
pub(super) const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(7118)";

pub(super) const FIND: &str = "SELECT 'there' WHERE to_regclass('boxoffice.head') IS NOT NULL";

pub(super) const MAKE: &str = "CREATE SCHEMA IF NOT EXISTS boxoffice; SET LOCAL search_path = boxoffice;
    CREATE TABLE head (one boolean PRIMARY KEY CHECK (one), format bigint NOT NULL, key bigint NOT NULL)";

/// Says the version of the tables, and the key of their checksums.
pub(super) fn head(format: &str, key: i64) -> String {
    format!("INSERT INTO head VALUES (true, {format}, {key})")
}

pub(super) const HEAD: &str = "SELECT format || ' ' || key FROM boxoffice.head";

/// It ends with the connection.
pub(super) const LOCK: &str = "SELECT pg_try_advisory_lock(7119)::text";

pub(super) const MARKS: &str =
    "SELECT slug || ' ' || version || ' ' || batch FROM boxoffice.followed";

/// The rows of one table that a join finds, as an array.
macro_rules! rows {
    ($name:literal, $from:literal) => {
        concat!(
            "'",
            $name,
            "', (SELECT coalesce(json_agg(t), '[]') FROM boxoffice.",
            $name,
            " t ",
            $from,
            ")"
        )
    };
}

/// The own rows of the newest event of a slug.
pub(super) const EVENT: &str = concat!(
    "WITH newest AS (SELECT max(number) AS number FROM boxoffice.events WHERE slug = $1::text)
    SELECT json_build_object(",
    rows!("events", "JOIN newest ON t.number = newest.number"),
    ", ",
    rows!("standings", "JOIN newest ON t.event = newest.number"),
    ", ",
    rows!("sections", "JOIN newest ON t.event = newest.number"),
    ", ",
    rows!("price_lists", "JOIN newest ON t.event = newest.number"),
    ", ",
    rows!("blocked_seats", "JOIN newest ON t.event = newest.number"),
    ")::text"
);

/// Reservations of the newest event of a slug by their ids or by seats that they have.
pub(super) const TOUCHED: &str = concat!(
    "WITH newest AS (SELECT max(number) AS number FROM boxoffice.events WHERE slug = $1::text),
    ids AS (
        SELECT value::uuid AS id FROM json_array_elements_text($2::text::json)
        UNION
        SELECT reservation FROM boxoffice.live_seats WHERE slug = $1::text AND seat IN
            (SELECT value::bigint FROM json_array_elements_text($3::text::json)))
    SELECT json_build_object(",
    rows!("reservations", "JOIN ids ON t.id = ids.id JOIN newest ON t.event = newest.number"),
    ", ",
    rows!("live_seats", "JOIN ids ON t.reservation = ids.id WHERE t.slug = $1::text"),
    ", 'mark', (SELECT slug || ' ' || version || ' ' || batch FROM boxoffice.followed
        WHERE slug = $1::text)",
    ", 'last_event', (SELECT coalesce(max(number), 0) FROM boxoffice.events)",
    ", 'last_reservation', (SELECT coalesce(max(number), 0) FROM boxoffice.reservations))::text"
);

/// Numbers of an array.
macro_rules! among {
    ($table:literal, $key:literal) => {
        concat!(
            "DELETE FROM boxoffice.",
            $table,
            " WHERE ",
            $key,
            " IN (SELECT value::bigint FROM json_array_elements_text($1::text::json))"
        )
    };
}

pub(super) const DELETE_RESERVATIONS: &str = among!("reservations", "number");

/// An event's own rows.
pub(super) const DELETE_PARTS: [&str; 5] = [
    among!("events", "number"),
    among!("standings", "event"),
    among!("sections", "event"),
    among!("price_lists", "event"),
    among!("blocked_seats", "event"),
];

pub(super) const DELETE_LIVE_SEATS: &str = "DELETE FROM boxoffice.live_seats
    WHERE slug = $1::text AND reservation IN
        (SELECT value::uuid FROM json_array_elements_text($2::text::json))";

/// All that belongs to events of a slug.
macro_rules! of_slug {
    ($table:literal) => {
        concat!(
            "DELETE FROM boxoffice.",
            $table,
            " WHERE event IN (SELECT number FROM boxoffice.events WHERE slug = $1::text)"
        )
    };
}

pub(super) const DELETE_STANDING: &str = among!("standings", "event");

pub(super) const DELETE_ALL_LIVE_SEATS: &str =
    "DELETE FROM boxoffice.live_seats WHERE slug = $1::text";

/// All rows of a slug.
pub(super) const DELETE_ALL: [&str; 7] = [
    of_slug!("reservations"),
    of_slug!("blocked_seats"),
    of_slug!("price_lists"),
    of_slug!("sections"),
    of_slug!("standings"),
    "DELETE FROM boxoffice.events WHERE slug = $1::text",
    DELETE_ALL_LIVE_SEATS,
];

macro_rules! put {
    ($table:literal) => {
        concat!(
            "INSERT INTO boxoffice.",
            $table,
            " SELECT * FROM json_populate_recordset(null::boxoffice.",
            $table,
            ", $1::text::json)"
        )
    };
}

/// Inserts an array of rows into a table.
pub(super) fn insert(table: &str) -> &'static str {
    match table {
        "events" => put!("events"),
        "standings" => put!("standings"),
        "sections" => put!("sections"),
        "price_lists" => put!("price_lists"),
        "blocked_seats" => put!("blocked_seats"),
        "reservations" => put!("reservations"),
        "live_seats" => put!("live_seats"),
        other => unreachable!("{other} is no table of an event"),
    }
}

pub(super) const FIRST_MARK: &str = "INSERT INTO boxoffice.followed
    VALUES ($1::text, $2::text::bigint, $3::text) ON CONFLICT (slug) DO NOTHING RETURNING slug";

pub(super) const NEXT_MARK: &str = "UPDATE boxoffice.followed
    SET version = $4::text::bigint, batch = $5::text
    WHERE slug = $1::text AND version = $2::text::bigint AND batch = $3::text RETURNING slug";

pub(super) const NO_MARK: &str = "DELETE FROM boxoffice.followed
    WHERE slug = $1::text AND version = $2::text::bigint AND batch = $3::text RETURNING slug";
