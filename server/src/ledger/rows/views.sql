-- Views for people; the server reads none of them. Row 0 is A, row 25 is Z, row 26 is AA. In the hall of a
-- plan, which knows the labels, a seat is its row and its place in that, both from 1: 2/14.

CREATE VIEW events_readable AS
SELECT slug AS event, version, name, venue, publication, sales, currency, currency_digits, max_per_customer,
    strftime('%Y-%m-%dT%H:%M:%fZ', starts_at / 1000.0, 'unixepoch') AS starts_at,
    strftime('%Y-%m-%dT%H:%M:%S', starts_local / 1000.0, 'unixepoch') AS starts_local, zone,
    strftime('%Y-%m-%dT%H:%M:%fZ', sales_from / 1000.0, 'unixepoch') AS sales_from,
    strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(sales_until, starts_at) / 1000.0, 'unixepoch') AS sales_until,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', last_at / 1000.0, 'unixepoch') AS changed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    (SELECT sum(capacity) FROM sections WHERE sections.event = events.number) AS capacity,
    json_extract(created_as, '$.plan') AS plan, description, link,
    number
FROM events JOIN standings ON standings.event = events.number;

-- What stands before the seats of a section: nothing, or balcony: where several are seated.
CREATE VIEW section_prefixes AS
SELECT event, number AS section, name, iif((
        SELECT count(*) FROM sections AS seated
        WHERE seated.event = sections.event AND seated.rows IS NOT NULL
    ) > 1, name || ':', '') AS prefix
FROM sections;

CREATE VIEW reservations_readable AS
SELECT events.slug AS event,
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4)
        || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
    customer, status, places,
    (SELECT group_concat(prefix || CASE
            WHEN json_extract(created_as, '$.plan') IS NOT NULL THEN (row + 1) || '/'
            WHEN row < 26 THEN char(65 + row)
            WHEN row < 702 THEN char(65 + (row - 26) / 26, 65 + row % 26)
            ELSE char(65 + (row - 702) / 676, 65 + (row - 26) / 26 % 26, 65 + row % 26)
        END || seat, ' ')
        FROM (
            SELECT value >> 24 AS section, value >> 12 & 4095 AS row, (value & 4095) + 1 AS seat
            FROM json_each(reservations.seats)
        ) AS label
        JOIN section_prefixes ON section_prefixes.event = reservations.event
            AND section_prefixes.section = label.section) AS seats,
    (SELECT name FROM sections
        WHERE sections.event = reservations.event AND sections.number = reservations.section
    ) AS section,
    total, currency, currency_digits,
    strftime('%Y-%m-%dT%H:%M:%fZ', reservations.created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', expires_at / 1000.0, 'unixepoch') AS expires_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', changed_at / 1000.0, 'unixepoch') AS changed_at,
    made_by, changed_by, revision, order_number, deleted_at IS NOT NULL AS event_is_deleted,
    reservations.number AS number
FROM reservations JOIN events ON events.number = reservations.event;

-- Every place that somebody has or that is blocked now: one row a seat, and one for the standing
-- places of a reservation that have one type of tickets at one price. The price is that of one place. What is not here
-- is free.
CREATE VIEW places AS
WITH
    seats (event, seat, places, state, reservation, type, own_price) AS (
        SELECT event, one.value, 1, iif(status = 'held', 'held', 'sold'), reservations.number,
            coalesce(json_extract(types, '$[' || coalesce(one.key, 0) || ']'), 0),
            json_extract(prices, '$[' || coalesce(one.key, 0) || ']')
        FROM reservations, json_each(reservations.seats) AS one
        WHERE status IN ('held', 'confirmed')
        UNION ALL
        SELECT event, section << 24, places, iif(status = 'held', 'held', 'sold'), number, 0, NULL
        FROM reservations
        WHERE status IN ('held', 'confirmed') AND seats IS NULL AND types IS NULL AND prices IS NULL
        UNION ALL
        SELECT event, section << 24, count(*), iif(status = 'held', 'held', 'sold'),
            reservations.number,
            coalesce(json_extract(types, '$[' || one.key || ']'), 0) AS of,
            json_extract(prices, '$[' || one.key || ']') AS cost
        FROM reservations, json_each(coalesce(reservations.types, reservations.prices)) AS one
        WHERE status IN ('held', 'confirmed') AND seats IS NULL
        GROUP BY reservations.number, of, cost
        UNION ALL
        SELECT event, seat, 1, 'blocked', NULL, NULL, NULL FROM blocked_seats
        UNION ALL
        SELECT event, number << 24, blocked, 'blocked', NULL, NULL, NULL FROM sections
        WHERE blocked > 0
    )
SELECT events.slug AS event, name_of.name AS section,
    iif(section.rows IS NULL, NULL, prefix || CASE
            WHEN json_extract(created_as, '$.plan') IS NOT NULL THEN ((seat >> 12 & 4095) + 1) || '/'
            WHEN (seat >> 12 & 4095) < 26 THEN char(65 + (seat >> 12 & 4095))
            WHEN (seat >> 12 & 4095) < 702 THEN char(65 + ((seat >> 12 & 4095) - 26) / 26, 65 + (seat >> 12 & 4095) % 26)
            ELSE char(65 + ((seat >> 12 & 4095) - 702) / 676, 65 + ((seat >> 12 & 4095) - 26) / 26 % 26, 65 + (seat >> 12 & 4095) % 26)
        END || ((seat & 4095) + 1)) AS seat,
    seats.places, state, of.customer, of.id AS reservation,
    json_extract(events.tickets, '$.types[' || type || ']') AS type,
    coalesce(own_price, json_extract(price_lists.prices, '$[' || (seat >> 24) || ']'
        || iif(events.tickets IS NULL, '', '[' || type || ']'))) AS price
FROM seats
JOIN events ON events.number = seats.event AND events.deleted_at IS NULL
JOIN sections AS section ON section.event = seats.event AND section.number = seat >> 24
JOIN section_prefixes AS name_of
    ON name_of.event = seats.event AND name_of.section = seat >> 24
LEFT JOIN reservations_readable AS of ON of.number = seats.reservation
LEFT JOIN reservations AS bought ON bought.number = seats.reservation
LEFT JOIN price_lists
    ON price_lists.event = bought.event AND price_lists.number = bought.price_list;

-- Law 1, for people: free + held + sold + blocked = capacity.
CREATE VIEW counts AS
SELECT events.slug AS event, sections.name AS section, sections.capacity,
    sections.capacity - coalesce(sum(places.places), 0) AS free,
    coalesce(sum(places.places) FILTER (WHERE places.state = 'held'), 0) AS held,
    coalesce(sum(places.places) FILTER (WHERE places.state = 'sold'), 0) AS sold,
    coalesce(sum(places.places) FILTER (WHERE places.state = 'blocked'), 0) AS blocked
FROM events
JOIN sections ON sections.event = events.number
LEFT JOIN places ON places.event = events.slug AND places.section = sections.name
WHERE events.deleted_at IS NULL
GROUP BY events.number, sections.number;
