-- What a web shop would reserve from: a row for each event with what is left of it, and a row for
-- each reservation. Half of each page is left free, so that counting down changes no index.
CREATE TABLE events (
    id int PRIMARY KEY,
    free bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE reservations (
    id bigserial PRIMARY KEY,
    event int NOT NULL,
    customer bigint NOT NULL
);

INSERT INTO events SELECT event, 2000000000 FROM generate_series(1, 1000) AS event;

-- A hundred reservations in one transaction; in the order of events, so that two never deadlock.
CREATE FUNCTION reserve_hundred(events int, customer bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    chosen int;
BEGIN
    FOR chosen IN
        SELECT 1 + floor(random() * reserve_hundred.events)::int FROM generate_series(1, 100) ORDER BY 1
    LOOP
        UPDATE events SET free = free - 1 WHERE id = chosen AND free > 0;
        IF FOUND THEN
            INSERT INTO reservations (event, customer) VALUES (chosen, reserve_hundred.customer);
        END IF;
    END LOOP;
END
$$;

VACUUM ANALYZE;
