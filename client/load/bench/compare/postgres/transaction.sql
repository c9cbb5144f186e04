\set event random(1, :events)
\set customer random(1, 100000000)
BEGIN;
SELECT free FROM events WHERE id = :event FOR UPDATE \gset
\if :free > 0
UPDATE events SET free = free - 1 WHERE id = :event;
INSERT INTO reservations (event, customer) VALUES (:event, :customer);
\endif
COMMIT;
