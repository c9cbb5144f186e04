-- In the order of keys, so that two servers never wait for each other in a circle.
INSERT INTO boxoffice_batch
    (log, first_version, last_version, id, predecessor, at_ms, body, checksum)
SELECT n.log, n.first_version, n.last_version, n.id, n.predecessor, n.at_ms, n.body, n.checksum
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[],
            $7::bytea[], $8::bigint[])
     AS n (log, first_version, last_version, id, predecessor, at_ms, body, checksum)
WHERE n.at_ms <= floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + $9::bigint
  AND CASE
    WHEN n.predecessor IS NULL
    THEN NOT EXISTS (SELECT FROM boxoffice_batch b WHERE b.log = n.log COLLATE "C")
    ELSE EXISTS (
        SELECT FROM (
            SELECT b.last_version, b.id FROM boxoffice_batch b
            WHERE b.log = n.log COLLATE "C" ORDER BY b.first_version DESC LIMIT 1
        ) newest
        WHERE newest.last_version = n.first_version - 1 AND newest.id = n.predecessor
    )
  END
ORDER BY n.log COLLATE "C"
ON CONFLICT (log, first_version) DO NOTHING
RETURNING log
