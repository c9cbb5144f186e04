\set event random(1, :events)
\set customer random(1, 100000000)
WITH taken AS (UPDATE events SET free = free - 1 WHERE id = :event AND free > 0 RETURNING id)
INSERT INTO reservations (event, customer) SELECT id, :customer FROM taken;
