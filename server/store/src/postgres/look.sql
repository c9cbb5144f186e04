-- What the logs have from the predecessors' places on, and the time.
SELECT n.place, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
       b.log, b.first_version, b.last_version, b.id, b.predecessor, b.at_ms, b.body, b.checksum
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS n (log, first_version, place)
LEFT JOIN LATERAL (
    SELECT * FROM boxoffice_batch b
    WHERE b.log = n.log COLLATE "C" AND b.first_version >= coalesce((
        SELECT max(p.first_version) FROM boxoffice_batch p
        WHERE p.log = n.log COLLATE "C" AND p.first_version < n.first_version
    ), 0)
    ORDER BY b.first_version LIMIT $3
) b ON true
ORDER BY n.place, b.first_version
