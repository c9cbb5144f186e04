-- Beside the tables of schema.sql, where rows follow the logs of a store that several servers share.

-- The batch of its log up to which the rows of each event have come.
CREATE TABLE IF NOT EXISTS followed (
    slug TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    batch BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The seats that live reservations have. The key is a detector: a seat that was sold twice has no second row.
CREATE TABLE IF NOT EXISTS live_seats (
    slug TEXT NOT NULL,
    seat INTEGER NOT NULL,
    reservation BLOB NOT NULL,
    version INTEGER NOT NULL,           -- of the event, made by the change that took it
    PRIMARY KEY (slug, seat)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS live_seats_by_reservation ON live_seats (reservation, slug);
