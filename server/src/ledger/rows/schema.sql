-- The state file of Boxoffice, format 1. Made for people too: begin with the views events_readable,
-- reservations_readable and places. Times are milliseconds since 1970, amounts are minor units.
-- Write to it only while no server runs; read whenever you like.

-- One row: whose file it is, and how far it has got.
CREATE TABLE boxoffice (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    folder INTEGER NOT NULL,            -- which data folder it belongs to
    fingerprint_key BLOB NOT NULL,      -- tells a repeated request from another one
    sequence INTEGER NOT NULL,          -- the last batch of the journal that is in here,
    position INTEGER NOT NULL,          -- how many changes the ledger had with it,
    checksum INTEGER NOT NULL,          -- its checksum,
    at INTEGER NOT NULL,                -- and its time.
    stands_alone INTEGER NOT NULL       -- 1: new or a backup, and whole without a journal;
        CHECK (stands_alone IN (0, 1))  -- 0: what happened last may be in its journal only
) STRICT;

-- A slug that is deleted and created again is another row; its version goes on.
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    sales TEXT NOT NULL CHECK (sales IN ('open', 'closed')),
    currency TEXT NOT NULL,
    max_per_customer INTEGER,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    created_as TEXT NOT NULL            -- JSON: what the request that created it said
) STRICT;

CREATE INDEX events_by_slug ON events (slug);

-- What every change of an event changes: apart, because many such rows fit on a page.
CREATE TABLE standings (
    event INTEGER PRIMARY KEY REFERENCES events,
    version INTEGER NOT NULL,
    last_at INTEGER NOT NULL,           -- when it was changed last
    slots INTEGER NOT NULL,             -- reservations that were in memory at once, at most
    forgotten_until INTEGER NOT NULL,   -- ended reservations up to here, by the end of their
    forgotten_slot INTEGER NOT NULL     -- memory and their slot, are history only
) STRICT;

CREATE TABLE sections (
    event INTEGER NOT NULL REFERENCES events,
    number INTEGER NOT NULL,            -- from 0
    name TEXT NOT NULL,
    price INTEGER NOT NULL,
    capacity INTEGER NOT NULL,
    rows TEXT,                          -- JSON: the seats of each row; none where people stand
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

-- The prices of all sections, as they were and as they are: a reservation keeps the list that it
-- was made under.
CREATE TABLE price_lists (
    event INTEGER NOT NULL REFERENCES events,
    number INTEGER NOT NULL,            -- from 0
    prices TEXT NOT NULL,               -- JSON: one for each section
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked_seats (
    event INTEGER NOT NULL REFERENCES events,
    seat INTEGER NOT NULL,              -- section << 24 | row << 12 | seat, each from 0
    PRIMARY KEY (event, seat)
) STRICT, WITHOUT ROWID;

-- Every reservation that ever was, in the order in which they were made.
CREATE TABLE reservations (
    number INTEGER PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES events,
    status TEXT NOT NULL,               -- held, confirmed, released, expired, cancelled
    slot INTEGER NOT NULL,              -- its place in lists
    id BLOB NOT NULL,                   -- a UUID
    customer TEXT NOT NULL,
    seats ANY,                          -- a seat as above, or several as JSON; none where people stand
    section INTEGER,                    -- where they stand
    places INTEGER NOT NULL,            -- how many
    price_list INTEGER NOT NULL,
    total INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,        -- of an ended one, when it ended
    fingerprint INTEGER NOT NULL,       -- of the request that made it
    made_by TEXT,                       -- who asked, where tokens are in use
    changed_by TEXT
) STRICT;

-- Ids begin with the time they were made at, so that this index grows at its end.
CREATE UNIQUE INDEX reservations_by_id ON reservations (id, event);

-- Row 0 is A, row 25 is Z, row 26 is AA.
CREATE TABLE row_letters (row INTEGER PRIMARY KEY, letters TEXT NOT NULL) STRICT;

WITH RECURSIVE numbers (row) AS (SELECT 0 UNION ALL SELECT row + 1 FROM numbers WHERE row < 4095)
INSERT INTO row_letters
SELECT row, CASE
    WHEN row < 26 THEN char(65 + row)
    WHEN row < 702 THEN char(65 + (row - 26) / 26, 65 + row % 26)
    ELSE char(65 + (row - 702) / 676, 65 + (row - 26) / 26 % 26, 65 + row % 26)
END FROM numbers;
