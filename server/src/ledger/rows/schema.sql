-- The state file of Boxoffice, format 1. Made for people too: begin with the views events_readable,
-- reservations_readable and places. Times are milliseconds since 1970, amounts are minor units.
-- Read it whenever you like, and write to it never: each row has a checksum of its other columns, and
-- each _rows and _sum has the number of rows and the sum of their checksums. A row that does not fit
-- them is damage, and the server does not start on it.

-- One row: whose file it is, and how far it has got.
CREATE TABLE boxoffice (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    folder INTEGER NOT NULL,            -- which data folder it belongs to
    fingerprint_key BLOB NOT NULL,      -- tells a repeated request from another one
    sequence INTEGER NOT NULL,          -- the last batch of the journal that is in here,
    position INTEGER NOT NULL,          -- how many changes the ledger had with it,
    checksum INTEGER NOT NULL,          -- its checksum,
    at INTEGER NOT NULL,                -- and its time.
    event_rows INTEGER NOT NULL,        -- of the table events
    event_sum INTEGER NOT NULL,
    standing_rows INTEGER NOT NULL,     -- of the table standings
    standing_sum INTEGER NOT NULL,
    catalog_before INTEGER NOT NULL,    -- versions of the catalog that no event here accounts for
    row_checksum INTEGER NOT NULL,      -- of the columns above, but not of
    stands_alone INTEGER NOT NULL       -- 1: new or a backup, and whole without a journal;
        CHECK (stands_alone IN (0, 1))  -- 0: what happened last may be in its journal only
) STRICT;

-- A slug that is deleted and created again is another row; its version goes on.
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    starts_local INTEGER NOT NULL,      -- what the clocks of its zone show then
    zone TEXT NOT NULL,
    sales_from INTEGER,                 -- when sales open; none: they were open from the beginning
    sales_from_local INTEGER,
    sales_from_zone TEXT,
    sales_until INTEGER,                -- when sales end; none: when the event begins
    sales_until_local INTEGER,
    sales_until_zone TEXT,
    publication TEXT NOT NULL CHECK (publication IN ('listed', 'unlisted', 'draft')),
    sales TEXT NOT NULL CHECK (sales IN ('open', 'closed', 'cancelled')), -- open: within those times
    currency TEXT NOT NULL,
    currency_digits INTEGER NOT NULL,   -- of its minor unit: 2 where 4500 is 45.00
    max_per_customer INTEGER,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    created_as TEXT NOT NULL,           -- JSON: what the request that created it said
    section_rows INTEGER NOT NULL,      -- of its sections
    section_sum INTEGER NOT NULL,
    price_list_rows INTEGER NOT NULL,   -- of its price_lists
    price_list_sum INTEGER NOT NULL,
    blocked_rows INTEGER NOT NULL,      -- of its blocked_seats
    blocked_sum INTEGER NOT NULL,
    tickets TEXT,                       -- JSON: types of tickets, and prices that differ from their sections'
    venue TEXT,                         -- what people read about it
    description TEXT,
    link TEXT,
    row_checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_slug ON events (slug);

-- What every change of an event changes: apart, because many such rows fit on a page.
CREATE TABLE standings (
    event INTEGER PRIMARY KEY REFERENCES events,
    version INTEGER NOT NULL,
    last_at INTEGER NOT NULL,           -- when it was changed last
    reservation_rows INTEGER NOT NULL,  -- of its reservations
    reservation_sum INTEGER NOT NULL,
    row_checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE sections (
    event INTEGER NOT NULL REFERENCES events,
    number INTEGER NOT NULL,            -- from 0
    name TEXT NOT NULL,
    price INTEGER NOT NULL,
    capacity INTEGER NOT NULL,
    rows TEXT,                          -- JSON: the seats of each row; none where people stand
    blocked INTEGER NOT NULL,           -- standing places that are not for sale
    row_checksum INTEGER NOT NULL,
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

-- The prices of all sections, as they were and as they are: a reservation keeps the list that it
-- was made under.
CREATE TABLE price_lists (
    event INTEGER NOT NULL REFERENCES events,
    number INTEGER NOT NULL,            -- from 0
    prices TEXT NOT NULL,               -- JSON: one for each section; a list of one for each type of
                                        -- tickets where there are types, null for what is not sold
    row_checksum INTEGER NOT NULL,
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked_seats (
    event INTEGER NOT NULL REFERENCES events,
    seat INTEGER NOT NULL,              -- section << 24 | row << 12 | seat, each from 0
    row_checksum INTEGER NOT NULL,
    PRIMARY KEY (event, seat)
) STRICT, WITHOUT ROWID;

-- Plans of halls. They never change.
CREATE TABLE plans (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,               -- SHA-256 of the file, in hexadecimal digits
    at INTEGER NOT NULL,                -- when it came
    file TEXT NOT NULL,                 -- JSON: see docs/plans.md
    row_checksum INTEGER NOT NULL
) STRICT;

-- Every reservation that ever was, in the order in which they were made.
CREATE TABLE reservations (
    number INTEGER PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES events,
    status TEXT NOT NULL,               -- held, confirmed, released, expired, cancelled, forfeited
    version INTEGER NOT NULL,           -- of its event, made by its beginning: the order of lists
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
    changed_by TEXT,
    revision INTEGER NOT NULL,          -- how often it was transferred or exchanged
    order_number TEXT,                  -- the shop's own number of the sale, if it was said
    types TEXT,                         -- JSON: the type of each place, from 0; none if all are 0
    prices TEXT,                        -- JSON: the price of each place; none if they are of price_list
    row_checksum INTEGER NOT NULL
) STRICT;

-- Ids begin with the time they were made at, so that this index grows at its end.
CREATE UNIQUE INDEX reservations_by_id ON reservations (id, event);
