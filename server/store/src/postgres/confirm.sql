-- Batches that are there already are written once more: this commit is acknowledged as an append's
-- is, also where the wait of the first one for a standby was cut.
UPDATE boxoffice_batch b SET checksum = b.checksum
FROM unnest($1::text[], $2::bigint[]) AS n (log, first_version)
WHERE b.log = n.log COLLATE "C" AND b.first_version = n.first_version
RETURNING b.log
